import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { useText } from '../text/text.tsx';
import { useAnnounce } from './announce.tsx';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import { useShortcut } from './shortcuts.tsx';

export interface Toast {
  /** What happened, as a sentence. Never an error: that belongs where it happened. */
  readonly text: string;
  /** Takes it back. The toast goes at once. */
  readonly undo?: () => void;
  /** Shows what came of it. */
  readonly open?: () => void;
}

interface ShownToast extends Toast {
  readonly id: number;
}

export interface Toasts {
  readonly show: (toast: Toast) => void;
  /** Hides all: who signs in next reads nothing of the agent before, and takes nothing of theirs back. */
  readonly clear: () => void;
}

const ToastsContext = createContext<Toasts>({ show: () => {}, clear: () => {} });
/** Milliseconds. It stays longer while the pointer or the focus is on it. */
const SHOWN_FOR = 10_000;
const MOST = 3;

export function ToastsProvider({ children }: { readonly children: ReactNode }) {
  const { t } = useText();
  const announce = useAnnounce();
  const [shown, setShown] = useState<readonly ShownToast[]>([]);
  const next = useRef(0);
  const hide = useCallback((id: number) => setShown((toasts) => toasts.filter((toast) => toast.id !== id)), []);
  const toasts = useMemo<Toasts>(
    () => ({
      show: (toast) => {
        next.current += 1;
        const id = next.current;
        setShown((others) => [...others, { ...toast, id }].slice(-MOST));
        announce(toast.text);
      },
      clear: () => setShown([]),
    }),
    [announce],
  );
  const undoable = shown.findLast((toast) => toast.undo !== undefined);
  const undo = () => {
    if (undoable === undefined) return;
    hide(undoable.id);
    undoable.undo?.();
  };
  useShortcut({ key: 'z', label: t('Undo, while the message is there'), run: undo, isOn: undoable !== undefined });

  return (
    <ToastsContext value={toasts}>
      {children}
      {shown.length > 0 && (
        <section className="toasts" aria-label={t('What was done')}>
          {shown.map((toast) => (
            <ToastLine key={toast.id} toast={toast} hasKey={toast === undoable} onHide={hide} />
          ))}
        </section>
      )}
    </ToastsContext>
  );
}

function ToastLine({ toast, hasKey, onHide }: { toast: ShownToast; hasKey: boolean; onHide: (id: number) => void }) {
  const { t } = useText();
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => onHide(toast.id), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [isHeld, toast.id, onHide]);
  const after = (act: () => void) => () => {
    onHide(toast.id);
    act();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; as a group a screen reader says what its buttons are about
    <div
      role="group"
      aria-label={toast.text}
      className="toast"
      onPointerEnter={() => setIsHeld(true)}
      onPointerLeave={() => setIsHeld(false)}
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
    >
      <Icon name="check" />
      <span className="toast-text">{toast.text}</span>
      {toast.open && (
        <Button kind="quiet" size="small" onPress={after(toast.open)}>
          {t('Open')}
        </Button>
      )}
      {toast.undo && (
        <Button kind="quiet" size="small" shortcut={hasKey ? 'z' : undefined} onPress={after(toast.undo)}>
          {t('Undo')}
        </Button>
      )}
      <Button kind="quiet" size="small" icon="close" label={t('Close message')} onPress={() => onHide(toast.id)} />
    </div>
  );
}

export const useToasts = (): Toasts => useContext(ToastsContext);
