import { Dialog } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { AriaLanguage } from '../pieces/aria-language.tsx';
import { ShortcutLayer } from '../pieces/shortcuts.tsx';
import { useText } from '../text/text.tsx';
import { CustomerFinder, type CustomerFinderProps } from './customer-finder.tsx';

export interface FindOverlayProps extends Pick<CustomerFinderProps, 'opened' | 'onChoose' | 'notice'> {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The find box of the bar, grown from where it is. */
export function FindOverlay({ isOpen, onClose, opened, onChoose, notice }: FindOverlayProps) {
  const { t } = useText();
  return (
    <AriaLanguage>
      <ModalOverlay className="find-scrim" isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable>
        <Modal className="find-panel">
          <Dialog className="find-dialog" aria-label={t('Find a customer')}>
            <ShortcutLayer>
              <CustomerFinder opened={opened} onChoose={onChoose} notice={notice} autoFocus isClosable />
            </ShortcutLayer>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </AriaLanguage>
  );
}
