import { useMemo, useState } from 'react';
import { useOpenCustomer } from '../../customer/open-customer.tsx';
import { Bars } from '../../pieces/bars.tsx';
import { useText } from '../../text/text.tsx';
import { typeLabel } from '../../text/type-name.ts';
import type { Change } from '../changes.ts';
import { type Identifier, keyOf } from '../history/key.ts';
import type { SheetHost } from '../identity-sheets.tsx';
import { ChangeSheet } from './change-sheet.tsx';
import { IdentifierList } from './identifier-list.tsx';
import { PreviewedMoves } from './previewed-moves.tsx';
import { nameOf } from './side-view.tsx';
import { usePreview } from './use-preview.ts';
import { useSide } from './use-side.ts';

export interface UnlinkSheetProps {
  /** The first is chosen when the sheet opens. */
  readonly identifiers: readonly Identifier[];
  readonly host: SheetHost;
}

/** Takes one identifier from the customer; nobody has it afterwards. */
export function UnlinkSheet({ identifiers, host }: UnlinkSheetProps) {
  const { t } = useText();
  const { id } = useOpenCustomer();
  const read = useSide(id);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(identifiers.slice(0, 1).map(keyOf)));
  const side = read.kind === 'ready' ? read.side : null;
  const own = side?.identifiers ?? [];
  const leaving = own.find((each) => chosen.has(keyOf(each)));
  const anchor = own.find((each) => !chosen.has(keyOf(each)));
  const [type, value] = [leaving?.type, leaving?.value];
  const change = useMemo<Change | null>(
    () =>
      id !== null && type !== undefined && value !== undefined
        ? { kind: 'unlink', input: { customerId: id, identifier: { type, value } } }
        : null,
    [id, type, value],
  );
  const preview = usePreview(change);
  return (
    <ChangeSheet
      host={host}
      title={t('Unlink this identifier?')}
      icon="cut"
      size="normal"
      change={change}
      preview={preview}
      sides={side === null ? [] : [side]}
      act={t('Unlink')}
      keep={t('Keep it')}
      details={{
        said: t('{type} was unlinked.', { type: typeLabel(type ?? '', t) }),
        joined: [],
        anchor: anchor ? { type: anchor.type, value: anchor.value } : null,
      }}
      why={t('Why is it not theirs?')}
      undo={
        <>
          <b>{t('Can be undone.')}</b>{' '}
          {t('Linking it again counts as new evidence. Evidence from before will never link it to this customer again.')}
        </>
      }
      foot={t('What happened with it while it was theirs stays theirs.')}
    >
      {side === null ? (
        <Bars count={3} />
      ) : (
        <IdentifierList label={t('Identifier to unlink')} identifiers={own} chosen={chosen} isOne onChoose={setChosen} />
      )}
      {preview.kind === 'ready' && side !== null && <PreviewedMoves preview={preview.preview} name={nameOf(side, t)} />}
    </ChangeSheet>
  );
}
