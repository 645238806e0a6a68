import { useMemo, useState } from 'react';
import { useLayout } from '../../connection/connection.tsx';
import { useOpenCustomer } from '../../customer/open-customer.tsx';
import { Bars } from '../../pieces/bars.tsx';
import { Field } from '../../pieces/field.tsx';
import { Notice } from '../../pieces/notice.tsx';
import { useText } from '../../text/text.tsx';
import { typeInSentence, typeLabel } from '../../text/type-name.ts';
import type { Change } from '../changes.ts';
import type { SheetHost } from '../identity-sheets.tsx';
import { ChangeSheet } from './change-sheet.tsx';
import { guessType } from './guess-type.ts';
import { PreviewedMoves } from './previewed-moves.tsx';
import { sayRejected } from './say-rejected.ts';
import { nameOf, SideHead, Sums } from './side-view.tsx';
import { usePreview } from './use-preview.ts';
import { useSide } from './use-side.ts';
import './link-sheet.css';

/** Gives the customer an identifier that they name on the phone: what the gateway makes of it, and whom it concerns. */
export function LinkSheet({ host }: { readonly host: SheetHost }) {
  const { t } = useText();
  const layout = useLayout();
  const { id } = useOpenCustomer();
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const types = layout.identifiers.map((each) => each.type);
  const first = layout.identifiers.find(({ class: kind }) => kind === 'person')?.type ?? '';
  const type = chosen ?? guessType(typed, types) ?? first;
  const read = useSide(id);
  const side = read.kind === 'ready' ? read.side : null;
  const anchor = strongestOf(side?.identifiers ?? [], types);
  const value = typed.trim();
  const anchorKey = anchor === null ? null : JSON.stringify(anchor);
  const change = useMemo<Change | null>(() => {
    if (anchorKey === null || value === '') return null;
    return { kind: 'link', input: { identifiers: [JSON.parse(anchorKey), { type, value }] } };
  }, [anchorKey, type, value]);
  const preview = usePreview(change);
  const looksLike = guessType(typed, types);
  const [otherId] = preview.kind === 'ready' ? preview.preview.others.map((other) => other.id) : [];
  const other = useSide(otherId ?? null);
  const gained = preview.kind === 'ready' ? [...preview.preview.linked, ...preview.preview.moved] : [];
  const isNothing =
    preview.kind === 'ready' && gained.length === 0 && preview.preview.others.length === 0 && preview.preview.cut.length === 0;
  return (
    <ChangeSheet
      host={host}
      title={t('Link an identifier')}
      icon="link"
      size="normal"
      change={isNothing ? null : change}
      preview={preview}
      sides={[side, other.kind === 'ready' ? other.side : null].filter((each) => each !== null)}
      act={t('Link')}
      keep={t('Do not link')}
      details={{
        said: t('{type} was linked.', { type: typeLabel(type, t) }),
        joined: otherId === undefined ? gained.map((each) => ({ type: each.type, value: each.value })) : [],
        anchor: null,
      }}
      why={null}
      undo={
        otherId === undefined ? (
          <>
            <b>{t('Can be undone.')}</b> {t('Unlinking takes it away again. What you link counts as proven, with your name.')}
          </>
        ) : (
          t('Another customer is concerned: undo by a split on the page Identity. What you link counts as proven, with your name.')
        )
      }
      sayRefused={(code) =>
        code === 'CONFLICTING_IDENTIFIERS' && anchor?.type === type && side !== null
          ? t('{name} has another {type}, and a customer may have only one. If they are one person, merge the customers.', {
              name: nameOf(side, t),
              type: typeInSentence(type, t),
            })
          : null
      }
      sayRejected={(rejected) => sayRejected(rejected, t)}
    >
      <div className="identity-link">
        <label className="identity-select">
          <span className="field-label">{t('Kind of identifier')}</span>
          <select className="field" value={type} onChange={(event) => setChosen(event.target.value)}>
            {layout.identifiers.map((each) => (
              <option key={each.type} value={each.type}>
                {typeLabel(each.type, t)}
              </option>
            ))}
          </select>
        </label>
        <Field label={t('Value')} value={typed} onChange={setTyped} maxLength={256} autoFocus />
      </div>
      {side !== null && anchor === null && (
        <p className="muted">{t('This customer has no identifier to which another could be linked.')}</p>
      )}
      {looksLike !== null && looksLike !== type && (
        <Notice kind="attention" icon="info">
          {t('This looks like a value of another kind: {type}.', { type: typeInSentence(looksLike, t) })}
        </Notice>
      )}
      {preview.kind === 'loading' && <Bars count={1} />}
      {preview.kind === 'ready' && side !== null && (
        <>
          {isNothing ? (
            <p className="muted">{t('Nothing would change: it is theirs already, or it cannot be linked.')}</p>
          ) : (
            <PreviewedMoves preview={preview.preview} name={nameOf(side, t)} />
          )}
          {other.kind === 'ready' && (
            <section className="identity-side identity-side-joins">
              <SideHead side={other.side} tag={t('is concerned')} kind="joins" />
            </section>
          )}
          {preview.preview.interactions > 0 && (
            <Sums sums={[{ value: String(preview.preview.interactions), text: t('interactions change their customer') }]} />
          )}
        </>
      )}
    </ChangeSheet>
  );
}

function strongestOf(own: readonly { readonly type: string; readonly value: string }[], types: readonly string[]) {
  const rank = (type: string) => (types.includes(type) ? types.indexOf(type) : types.length);
  const [strongest] = [...own].sort((a, b) => rank(a.type) - rank(b.type));
  return strongest === undefined ? null : { type: strongest.type, value: strongest.value };
}
