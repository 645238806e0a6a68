import type { ReactNode } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Heading } from 'react-aria-components/Heading';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { useText } from '../text/text.tsx';
import { AriaLanguage } from './aria-language.tsx';
import { Button } from './button.tsx';
import { ShortcutLayer } from './shortcuts.tsx';

export interface SheetProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Beside the title, such as "Preview, nothing is written yet". */
  readonly note?: ReactNode;
  readonly size?: 'small' | 'normal' | 'wide';
  /** What stands at the bottom, which never scrolls away: the acts. */
  readonly foot?: ReactNode;
  /** True where nothing inside takes the focus: then the text itself does, so that it can be scrolled by keys. */
  readonly isText?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog: it keeps the focus inside, closes with Escape, and gives the focus back. */
export function Sheet({ isOpen, onClose, title, note, size = 'normal', foot, isText = false, children }: SheetProps) {
  const { t } = useText();
  return (
    <AriaLanguage>
      <ModalOverlay className="scrim" isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable>
        <Modal className={`sheet sheet-${size}`}>
          <Dialog className="sheet-dialog">
            <ShortcutLayer>
              <header className="sheet-head">
                <Heading slot="title" level={2}>
                  {title}
                </Heading>
                {note}
                <span className="sheet-end">
                  <Button kind="quiet" icon="close" label={t('Close')} onPress={onClose} />
                </span>
              </header>
              <div className="sheet-body" {...(isText && { tabIndex: 0, role: 'group', 'aria-label': title })}>
                {children}
              </div>
              {foot && <footer className="sheet-foot">{foot}</footer>}
            </ShortcutLayer>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </AriaLanguage>
  );
}
