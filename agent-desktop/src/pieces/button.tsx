import type { ReactNode, Ref } from 'react';
import { Icon, type IconName } from './icon.tsx';
import { Kbd } from './kbd.tsx';

export interface ButtonProps {
  /** One `primary` for each place. `fail` asks again what failed. `bare` has no look of its own. */
  readonly kind?: 'primary' | 'outline' | 'quiet' | 'fail' | 'bare';
  readonly size?: 'normal' | 'small';
  readonly icon?: IconName;
  /** Needed when there are no words in the button: what it does. */
  readonly label?: string;
  /** The key that does the same, printed on the button; `useShortcut` makes it work. */
  readonly shortcut?: string;
  readonly onPress?: () => void;
  readonly isDisabled?: boolean;
  /** True while what it does is under way: it keeps the focus, and does nothing a second time. */
  readonly isPending?: boolean;
  readonly type?: 'button' | 'submit';
  readonly hasPopup?: boolean;
  readonly isExpanded?: boolean;
  readonly isPressed?: boolean;
  readonly autoFocus?: boolean;
  readonly className?: string;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly children?: ReactNode;
}

export function Button(props: ButtonProps) {
  const { kind = 'outline', size = 'normal', icon, label, shortcut, children, isPending = false, className = '' } = props;
  const isSquare = children === undefined;
  const look = `button button-${kind} ${size === 'small' ? 'button-small' : ''} ${isSquare ? 'button-square' : ''}`;
  return (
    <button
      ref={props.ref}
      type={props.type ?? 'button'}
      className={`${kind === 'bare' ? '' : look} ${className}`}
      aria-label={label}
      aria-haspopup={props.hasPopup ? 'menu' : undefined}
      aria-expanded={props.isExpanded}
      aria-pressed={props.isPressed}
      aria-disabled={isPending || undefined}
      data-pending={isPending || undefined}
      disabled={props.isDisabled}
      // biome-ignore lint/a11y/noAutofocus: where a sheet or a question comes up, its first act is meant
      autoFocus={props.autoFocus}
      onClick={(event) => {
        if (isPending) return event.preventDefault();
        props.onPress?.();
      }}
    >
      {icon && <Icon name={icon} size={size === 'small' ? 'small' : 'normal'} />}
      {children}
      {shortcut && <Kbd keys={shortcut} />}
    </button>
  );
}
