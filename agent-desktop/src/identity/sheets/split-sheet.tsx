import { useMemo, useState } from 'react';
import { useOpenCustomer } from '../../customer/open-customer.tsx';
import { Bars } from '../../pieces/bars.tsx';
import { useText } from '../../text/text.tsx';
import type { Change } from '../changes.ts';
import { type Identifier, keyOf } from '../history/key.ts';
import type { SheetHost } from '../identity-sheets.tsx';
import { ChangeSheet } from './change-sheet.tsx';
import { IdentifierList } from './identifier-list.tsx';
import { PreviewedMoves } from './previewed-moves.tsx';
import { nameOf, Sums } from './side-view.tsx';
import { usePreview } from './use-preview.ts';
import { useSide } from './use-side.ts';

export interface SplitSheetProps {
  /** Chosen when the sheet opens. */
  readonly identifiers: readonly Identifier[];
  readonly host: SheetHost;
}

/** Makes some identifiers a customer of their own: which of them, and what history goes along. */
export function SplitSheet({ identifiers, host }: SplitSheetProps) {
  const { t } = useText();
  const { id } = useOpenCustomer();
  const read = useSide(id);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(identifiers.map(keyOf)));
  const side = read.kind === 'ready' ? read.side : null;
  const own = side?.identifiers ?? [];
  const leaving = own.filter((each) => chosen.has(keyOf(each)));
  const staying = own.filter((each) => !chosen.has(keyOf(each)));
  const isComplete = id !== null && leaving.length > 0 && staying.length > 0;
  const asked = JSON.stringify(leaving.map(({ type, value }) => ({ type, value })));
  const change = useMemo<Change | null>(
    () => (isComplete && id !== null ? { kind: 'split', input: { customerId: id, identifiers: JSON.parse(asked) } } : null),
    [isComplete, id, asked],
  );
  const preview = usePreview(change);
  const moved = preview.kind === 'ready' ? preview.preview.interactions : 0;
  return (
    <ChangeSheet
      host={host}
      title={t('Make two customers of this one?')}
      icon="split"
      change={change}
      preview={preview}
      sides={side === null ? [] : [side]}
      act={t('Split')}
      keep={t('Keep as one')}
      details={{
        said: t('Split. {count, plural, =0 {No interaction} one {# interaction} other {# interactions}} moved.', { count: moved }),
        joined: leaving,
        anchor: null,
      }}
      why={t('Why are they two persons?')}
      undo={
        <>
          <b>{t('Can be undone.')}</b> {t('A merge makes them one customer again. Older evidence will not.')}
        </>
      }
      foot={
        own.length > 0 && staying.length === 0
          ? t('At least one identifier must stay.')
          : t('A customer who was merged into this one comes back with their id and history.')
      }
    >
      <p className="identity-lead">{t('Choose the identifiers that become a customer of their own.')}</p>
      {side === null ? (
        <Bars count={4} />
      ) : (
        <IdentifierList label={t('Identifiers that leave')} identifiers={own} chosen={chosen} isOne={false} onChoose={setChosen} />
      )}
      {preview.kind === 'ready' && side !== null && (
        <>
          <PreviewedMoves preview={preview.preview} name={nameOf(side, t)} />
          <Sums
            sums={[
              { value: String(preview.preview.moved.length), text: t('identifiers change their customer') },
              { value: String(moved), text: t('interactions change their customer') },
              { value: '2', text: t('customers afterwards, each with an id and a history of its own') },
            ]}
          />
        </>
      )}
    </ChangeSheet>
  );
}
