import type { ReactNode } from 'react';
import { Menu as AriaMenu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { Icon, type IconName } from './icon.tsx';
import { Kbd } from './kbd.tsx';

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
  readonly button: ReactNode;
  readonly entries: readonly MenuEntry[];
}

export function Menu({ label, button, entries }: MenuProps) {
  return (
    <MenuTrigger>
      {button}
      <Popover className="menu-popover" placement="bottom end">
        <AriaMenu
          className="menu"
          aria-label={label}
          onAction={(id) => entries.find((entry) => entry.id === id)?.run()}
          disabledKeys={entries.filter((entry) => entry.isDisabled).map((entry) => entry.id)}
        >
          {entries.map((entry) => (
            <MenuItem key={entry.id} id={entry.id} className="menu-entry" textValue={entry.text}>
              {entry.icon && <Icon name={entry.icon} />}
              <span className="menu-text">{entry.text}</span>
              {entry.isChosen && <Icon name="check" size="small" />}
              {entry.shortcut && <Kbd keys={entry.shortcut} />}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
