import { useEffect, useRef } from 'react';
import { ShortcutLayer } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { CustomerFinder, type CustomerFinderProps } from './customer-finder.tsx';

export interface FindOverlayProps extends Pick<CustomerFinderProps, 'opened' | 'onChoose' | 'newCallers' | 'notice'> {
  readonly onClose: () => void;
}

/**
 * The find box of the bar, grown from where it is. The browser's own modal dialog: it is there at once, so that no letter of a fast
 * typist is lost, it keeps the focus inside, and gives it back.
 */
export function FindOverlay({ onClose, opened, onChoose, newCallers, notice }: FindOverlayProps) {
  const { t } = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector('input')?.focus();
    return () => element?.close();
  }, []);
  const close = () => {
    // Closed while it is in the page: the browser gives the focus back to what had it. After a choice the new customer has it.
    dialog.current?.close();
    onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the dialog hears Escape
    <dialog
      ref={dialog}
      className="find-panel"
      aria-label={t('Find a customer')}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === event.currentTarget && close()}
    >
      <ShortcutLayer>
        <CustomerFinder opened={opened} onChoose={onChoose} newCallers={newCallers} notice={notice} isClosable />
      </ShortcutLayer>
    </dialog>
  );
}
