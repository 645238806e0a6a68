import type { IconName } from './icon-names.ts';
import sprite from './icons.svg?url';

export type { IconName } from './icon-names.ts';

export interface IconProps {
  readonly name: IconName;
  readonly size?: 'normal' | 'small';
  readonly className?: string;
}

/** A picture that only repeats what a word beside it says: screen readers leave it out. */
export function Icon({ name, size = 'normal', className = '' }: IconProps) {
  return (
    <svg className={`icon ${size === 'small' ? 'icon-small' : ''} ${className}`} aria-hidden="true" focusable="false">
      <use href={`${sprite}#${name}`} />
    </svg>
  );
}
