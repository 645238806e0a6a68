import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Icon, type IconName } from './icon.tsx';
import { Kbd } from './kbd.tsx';

export interface ButtonProps {
  /** One `primary` for each place. `fail` asks again what failed. */
  readonly kind?: 'primary' | 'outline' | 'quiet' | 'fail';
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
  readonly slot?: string;
  readonly children?: ReactNode;
}

export function Button(props: ButtonProps) {
  const { kind = 'outline', size = 'normal', icon, label, shortcut, children, className = '' } = props;
  const isSquare = children === undefined;
  return (
    <AriaButton
      className={`button button-${kind} ${size === 'small' ? 'button-small' : ''} ${isSquare ? 'button-square' : ''} ${className}`}
      aria-label={label}
      aria-haspopup={props.hasPopup ? 'menu' : undefined}
      aria-expanded={props.isExpanded}
      aria-pressed={props.isPressed}
      onPress={props.onPress}
      isDisabled={props.isDisabled}
      isPending={props.isPending}
      type={props.type ?? 'button'}
      autoFocus={props.autoFocus}
      slot={props.slot}
    >
      {icon && <Icon name={icon} size={size === 'small' ? 'small' : 'normal'} />}
      {children}
      {shortcut && <Kbd keys={shortcut} />}
    </AriaButton>
  );
}
