import { type CSSProperties, useMemo, useState } from 'react';
import { useLayout } from '../../connection/connection.tsx';
import { Icon } from '../../pieces/icon.tsx';
import { Notice } from '../../pieces/notice.tsx';
import { useText } from '../../text/text.tsx';
import type { Change } from '../changes.ts';
import type { SheetHost } from '../identity-sheets.tsx';
import { ChangeSheet } from './change-sheet.tsx';
import { FindOther } from './find-other.tsx';
import { type MergeRow, mergeRows, whyApart } from './merge-rows.ts';
import { shownRecords } from './merge-sources.ts';
import { CellView, SideHead, SidePlace, Sums } from './side-view.tsx';
import { usePreview } from './use-preview.ts';
import { type Side, useSide } from './use-side.ts';
import './merge-sheet.css';

/** Two customers side by side: who stays, who joins, and what each row becomes. */
export function MergeSheet({ ids, host }: { readonly ids: readonly string[]; readonly host: SheetHost }) {
  const { t } = useText();
  const layout = useLayout();
  const [firstId, given] = ids;
  const [found, setFound] = useState<string | null>(null);
  const secondId = given ?? found;
  const first = useSide(firstId ?? null);
  const second = useSide(secondId);
  const change = useMemo<Change | null>(
    () => (firstId && secondId ? { kind: 'merge', input: { customerIds: [firstId, secondId] } } : null),
    [firstId, secondId],
  );
  const preview = usePreview(change);
  const sides = [first, second].flatMap((state) => (state.kind === 'ready' ? [state.side] : []));
  // The gateway says who stays; until it has, the older one, by the same rule.
  const [stays, joins] = ordered(sides, preview.kind === 'ready' ? preview.preview.customer.id : null);
  const rows = stays && joins ? mergeRows(stays, joins, layout, t) : [];
  const isKnown = stays !== undefined && joins !== undefined && preview.kind === 'ready';
  // Masked values say nothing of which was seen last; where one is masked, there is no preview either.
  const isWhole = preview.kind !== 'refused' && sides.every(({ assurance }) => assurance === 'VERIFIED');
  const records = stays && joins && isWhole ? shownRecords(stays, joins, layout, t) : [];
  const name = joins?.name ?? t('the other customer');
  return (
    <ChangeSheet
      host={host}
      title={t('Make these two one customer?')}
      icon="merge"
      change={change}
      preview={preview}
      sides={sides}
      act={t('Merge')}
      keep={t('Keep apart')}
      details={{
        said: t('Merged. {count, plural, =0 {No interaction} one {# interaction} other {# interactions}} moved.', {
          count: preview.kind === 'ready' ? preview.preview.interactions : 0,
        }),
        joined: joins?.identifiers ?? [],
        anchor: null,
      }}
      why={t('Why are they the same person?')}
      undo={
        <>
          <b>{t('Can be undone.')}</b>{' '}
          {t(
            'A split gives each part its id and its own history back, also months later. The merge and your reason are recorded with your name.',
          )}
        </>
      }
      foot={stays && joins ? whyApart(stays, joins, layout, t) : null}
    >
      <div className={`identity-sides ${rows.length > 0 ? 'identity-compared' : ''}`} style={{ '--rows': rows.length } as CSSProperties}>
        <SideColumn rows={rows} side={stays ?? null} kind="stays" />
        <div className="identity-flow" aria-hidden="true">
          {rows.map(({ label, moves }) => (
            <span key={label} className={moves ? '' : 'identity-same'}>
              <Icon name={moves ? 'left' : 'equal'} />
            </span>
          ))}
        </div>
        {secondId === null ? (
          <FindOther notId={firstId ?? ''} onFound={setFound} />
        ) : (
          <SideColumn rows={rows} side={joins ?? null} kind="joins" failed={[first, second].find(({ kind }) => kind === 'failed')} />
        )}
      </div>
      {/* Nothing moves under the pointer when the sums come. */}
      {secondId !== null && !isKnown && preview.kind !== 'refused' && <div className="identity-sums-room" />}
      {records.length > 0 && (
        <Notice kind="attention" icon="info">
          {records.map((record) => (
            <p key={record}>{record}</p>
          ))}
          <p>{t('A source is asked by the value that was seen last. Its own records are not merged.')}</p>
        </Notice>
      )}
      {isKnown && (
        <Sums
          sums={[
            {
              value: total(stays, joins, t('more than {count}', { count: '{count}' })),
              text: t('interactions in one journey'),
            },
            {
              value: `${(stays.identifiers ?? []).length} + ${(joins.identifiers ?? []).length}`,
              text: t('identifiers of one customer'),
            },
            { value: t('1 id'), text: t('the older one; that of {name} leads to it for ever', { name }) },
            { value: '0', text: t('records are merged or changed in the sources') },
          ]}
        />
      )}
    </ChangeSheet>
  );
}

interface SideColumnProps {
  readonly rows: readonly MergeRow[];
  readonly side: Side | null;
  readonly kind: 'stays' | 'joins';
  readonly failed?: unknown;
}

function SideColumn({ rows, side, kind, failed }: SideColumnProps) {
  const { t } = useText();
  if (side === null) return <SidePlace kind={kind} isFailed={failed !== undefined} />;
  return (
    <section className={`identity-side identity-side-${kind}`}>
      <SideHead side={side} tag={kind === 'stays' ? t('stays') : t('joins')} kind={kind} />
      <dl hidden={rows.length === 0}>
        {rows.map((row) => (
          <div key={row.label}>
            <dt>{row.label}</dt>
            <dd className={kind === 'joins' && row.moves ? 'identity-moves' : ''}>
              <CellView cell={kind === 'stays' ? row.left : row.right} />
              {kind === 'joins' && <span className="only-read">{row.moves ? t('moves') : t('stays as it is')}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function ordered(sides: readonly Side[], staysId: string | null): readonly Side[] {
  const byAge = [...sides].sort((a, b) => ((a.firstSeenAt ?? '') < (b.firstSeenAt ?? '') ? -1 : 1));
  if (staysId === null) return byAge;
  return [...byAge].sort((a, b) => Number(b.id === staysId) - Number(a.id === staysId));
}

function total(stays: Side, joins: Side, more: string): string {
  const [left, right] = [stays.interactions, joins.interactions];
  if (left === null || right === null) return '–';
  const count = String(left.count + right.count);
  return left.isMore || right.isMore ? more.replace('{count}', count) : count;
}
