import { Bars } from '../../pieces/bars.tsx';
import { Notice } from '../../pieces/notice.tsx';
import { Seal } from '../../pieces/seal.tsx';
import { Tag } from '../../pieces/tag.tsx';
import { useText } from '../../text/text.tsx';
import { typeLabel } from '../../text/type-name.ts';
import type { Cell } from './merge-rows.ts';
import type { Side } from './use-side.ts';
import './side-view.css';

export interface SideHeadProps {
  readonly side: Side;
  readonly tag: string;
  readonly kind: 'stays' | 'joins';
}

/** Who it is, how sure that is, and what becomes of them. */
export function SideHead({ side, tag, kind }: SideHeadProps) {
  const { t, formatDate } = useText();
  const [strongest] = side.identifiers ?? [];
  return (
    <header className="identity-side-head">
      <Seal assurance={side.assurance} name={side.name} size="small" />
      <div>
        <h3>{nameOf(side, t)}</h3>
        <p>
          {strongest && <span>{t('{type} {value}', { type: typeLabel(strongest.type, t), value: strongest.value })}</span>}
          {side.firstSeenAt && <span>{t('since {date}', { date: formatDate(side.firstSeenAt) })}</span>}
        </p>
      </div>
      <Tag kind={kind === 'stays' ? 'good' : 'accent'}>{tag}</Tag>
    </header>
  );
}

/** A customer without a name is one of whom only browsers or identifiers are known. */
export function nameOf(side: Pick<Side, 'name'>, t: (text: string) => string): string {
  return side.name ?? t('Customer without a name');
}

/** Where a side will be. */
export function SidePlace({ kind, isFailed }: { readonly kind: 'stays' | 'joins'; readonly isFailed: boolean }) {
  const { t } = useText();
  return (
    <section className={`identity-side identity-side-${kind}`}>
      {isFailed ? <Notice>{t('This customer cannot be read now. Close this and try again.')}</Notice> : <Bars count={6} />}
    </section>
  );
}

export function CellView({ cell }: { readonly cell: Cell }) {
  return (
    <span className="identity-cell">
      {cell.text !== '' && <span className={cell.isCode ? 'code' : ''}>{cell.text}</span>}
      {cell.note && <span className="muted">{cell.note}</span>}
    </span>
  );
}

/** What there will be afterwards, in figures. */
export function Sums({ sums }: { readonly sums: readonly { readonly value: string; readonly text: string }[] }) {
  return (
    <div className="identity-sums">
      {sums.map(({ value, text }) => (
        <p key={text}>
          <b>{value}</b>
          <span>{text}</span>
        </p>
      ))}
    </div>
  );
}
