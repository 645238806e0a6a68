import { type ReactNode, useState } from 'react';
import { useSentenceOf } from '../../connection/connection.tsx';
import { codeOf } from '../../connection/gateway-error.ts';
import { Button } from '../../pieces/button.tsx';
import { Field } from '../../pieces/field.tsx';
import type { IconName } from '../../pieces/icon.tsx';
import { Icon } from '../../pieces/icon.tsx';
import { Notice } from '../../pieces/notice.tsx';
import { Sheet } from '../../pieces/sheet.tsx';
import { useShortcut } from '../../pieces/shortcuts.tsx';
import { Tag } from '../../pieces/tag.tsx';
import { useText } from '../../text/text.tsx';
import type { Applied, Change } from '../changes.ts';
import type { ActDetails, SheetHost } from '../identity-sheets.tsx';
import { ConfirmFirst } from './confirm-first.tsx';
import type { PreviewState } from './use-preview.ts';
import type { Side } from './use-side.ts';
import './change-sheet.css';

export interface ChangeSheetProps {
  readonly host: SheetHost;
  readonly title: string;
  readonly icon: IconName;
  readonly size?: 'normal' | 'wide';
  readonly change: Change | null;
  readonly preview: PreviewState;
  /** Whom the change is about, as far as they are read: who is not confirmed yet is named. */
  readonly sides: readonly Side[];
  /** What the main button says, and what the other one says. */
  readonly act: string;
  readonly keep: string;
  readonly details: ActDetails;
  /** What the reason is asked with; null where the gateway takes none. */
  readonly why: string | null;
  /** Whether and how it can be undone. */
  readonly undo: ReactNode;
  /** At the left of the buttons. */
  readonly foot?: ReactNode;
  /** Why there is no preview, where the sheet knows more than the error's code says; null for that code's own sentence. */
  readonly sayRefused?: (code: string) => string | null;
  /** Identifiers that were left out, as a sentence; what was written is undone by nothing, so the sheet stays. */
  readonly sayRejected?: (rejected: Applied['rejected']) => string;
  readonly children: ReactNode;
}

/** What all changes have in common: the preview, the reason, whether it can be undone, and the button that writes it. */
export function ChangeSheet(props: ChangeSheetProps) {
  const { host, title, icon, size = 'wide', change, preview, details, why, undo, foot, children } = props;
  const { t } = useText();
  const sentenceOf = useSentenceOf();
  const [reason, setReason] = useState('');
  const [isPending, setIsPending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const isReady = preview.kind === 'ready' && change !== null && !isPending;
  const run = async () => {
    if (change === null || !isReady) return;
    setIsPending(true);
    setFailure(null);
    try {
      const { rejected } = await host.act(withReason(change, reason), details);
      if (rejected.length > 0) setFailure(props.sayRejected?.(rejected) ?? null);
    } catch (error) {
      setFailure(sentenceOf(error));
    }
    setIsPending(false);
  };
  return (
    <Sheet
      isOpen
      onClose={host.close}
      title={title}
      size={size}
      note={
        <>
          <Icon name={icon} className="identity-sheet-icon" />
          <span className="identity-note">
            <Tag>{t('Preview, nothing is written yet')}</Tag>
          </span>
        </>
      }
      foot={
        <>
          <span className="identity-foot">{foot}</span>
          <Button onPress={host.close} shortcut="Escape">
            {props.keep}
          </Button>
          <ActButton icon={icon} text={props.act} isDisabled={!isReady && !isPending} isPending={isPending} run={() => void run()} />
        </>
      }
    >
      <div className="identity-sheet">
        <span className="identity-note-below">
          <Tag>{t('Preview, nothing is written yet')}</Tag>
        </span>
        {children}
        <PreviewRefusal preview={preview} sides={props.sides} host={host} sayRefused={props.sayRefused} />
        {failure !== null && <Notice>{failure}</Notice>}
        <div className="identity-why">
          {why !== null && <Field label={why} value={reason} onChange={setReason} maxLength={1_000} />}
          <p className="identity-undo">
            <Icon name="undo" />
            <span>{undo}</span>
          </p>
        </div>
      </div>
    </Sheet>
  );
}

interface ActButtonProps {
  readonly icon: IconName;
  readonly text: string;
  readonly isDisabled: boolean;
  readonly isPending: boolean;
  readonly run: () => void;
}

/** A part of its own, because keys belong to the sheet only inside it. */
function ActButton({ icon, text, isDisabled, isPending, run }: ActButtonProps) {
  useShortcut({ key: 'Mod+Enter', label: text, run, isOn: !isDisabled && !isPending });
  return (
    <Button kind="primary" icon={icon} shortcut="Mod+Enter" isDisabled={isDisabled} isPending={isPending} onPress={run}>
      {text}
    </Button>
  );
}

/** Why there is no preview. */
function PreviewRefusal({ preview, sides, host, sayRefused }: Pick<ChangeSheetProps, 'preview' | 'sides' | 'host' | 'sayRefused'>) {
  const sentenceOf = useSentenceOf();
  if (preview.kind !== 'refused') return null;
  const code = codeOf(preview.error);
  if (code === 'INSUFFICIENT_ASSURANCE') return <ConfirmFirst sides={sides} host={host} />;
  return <Notice>{sayRefused?.(code) ?? sentenceOf(preview.error)}</Notice>;
}

function withReason(change: Change, reason: string): Change {
  const given = reason.trim();
  if (given === '' || change.kind === 'link') return change;
  return { ...change, input: { ...change.input, reason: given } } as Change;
}
