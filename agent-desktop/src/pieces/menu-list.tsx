import type { RefObject } from 'react';
import { Menu, MenuItem } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { AriaLanguage } from './aria-language.tsx';
import { Icon } from './icon.tsx';
import { Kbd } from './kbd.tsx';
import type { MenuProps } from './menu.tsx';

export interface MenuListProps extends Pick<MenuProps, 'label' | 'entries'> {
  /** The button below which it stands, and which gets the focus back. */
  readonly trigger: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

/** The entries of an open menu. */
export default function MenuList({ label, entries, trigger, onClose }: MenuListProps) {
  return (
    <AriaLanguage>
      <Popover
        aria-label={label}
        className="menu-popover"
        placement="bottom end"
        trigger="MenuTrigger"
        triggerRef={trigger}
        isOpen
        onOpenChange={(isOpen) => !isOpen && onClose()}
      >
        <Menu
          className="menu"
          aria-label={label}
          autoFocus="first"
          onClose={onClose}
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
        </Menu>
      </Popover>
    </AriaLanguage>
  );
}
