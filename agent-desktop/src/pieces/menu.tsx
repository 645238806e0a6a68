import { cloneElement, lazy, type ReactElement, Suspense, useRef, useState } from 'react';
import type { ButtonProps } from './button.tsx';
import type { IconName } from './icon.tsx';

/** Loaded with the first menu that is opened. */
const MenuList = lazy(() => import('./menu-list.tsx'));

export interface MenuEntry {
  readonly id: string;
  readonly text: string;
  readonly icon?: IconName;
  readonly shortcut?: string;
  readonly isDisabled?: boolean;
  /** Set where entries are choices: whether this one is chosen. */
  readonly isChosen?: boolean;
  readonly run: () => void;
}

export interface MenuProps {
  /** What the menu is of, for screen readers. */
  readonly label: string;
  /** The button that opens it: a `Button` of pieces/. */
  readonly button: ReactElement<ButtonProps>;
  readonly entries: readonly MenuEntry[];
}

export function Menu({ label, button, entries }: MenuProps) {
  const [isOpen, setIsOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <>
      {cloneElement(button, { ref: trigger, onPress: () => setIsOpen(true), hasPopup: true, isExpanded: isOpen })}
      {isOpen && (
        <Suspense>
          <MenuList label={label} entries={entries} trigger={trigger} onClose={() => setIsOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
