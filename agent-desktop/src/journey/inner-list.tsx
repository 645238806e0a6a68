import { useState } from 'react';
import type { Entry } from '../customer/open-customer.tsx';
import type { FactList } from '../model/gateway.ts';
import { useText } from '../text/text.tsx';
import { Cell } from './cell.tsx';
import { hasCents, innerEntries, valueAt } from './entries.ts';
import './inner-list.css';

export interface InnerListProps {
  readonly entry: Entry;
  readonly inner: FactList['inner'][number];
  /** What stands at the end, such as the source and its age. */
  readonly origin?: string | null;
}

/** How many are shown before the agent asks for all, and at most. */
const [FIRST, MOST] = [3, 500];

/** The columns that fit beside each other: those of records inside a line are left out before the line's own. */
const WIDEST = 5;

/** A list inside an entry, such as the lines of an order. */
export function InnerList({ entry, inner, origin }: InnerListProps) {
  const { t } = useText();
  const [isWhole, setWhole] = useState(false);
  const all = innerEntries(entry, inner);
  const columns = inner.columns.toSorted((a, b) => depthOf(a.path) - depthOf(b.path)).slice(0, WIDEST);
  if (all.length === 0) return <p className="journey-none">{t('None')}</p>;
  const shown = all.slice(0, isWhole ? MOST : FIRST);
  const more = all.length - shown.length;
  return (
    <div className="journey-box">
      <table className="journey-inner">
        <caption className="only-read">{inner.label}</caption>
        <thead className="only-read">
          <tr>
            {columns.map((column) => (
              <th key={column.path} scope="col">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: an owner's entries have no id; they come in one order
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.path} className={`journey-cell-${column.kind}`}>
                  <Cell column={column} value={valueAt(line, column.path)} hasCents={hasCents(column, all)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {(more > 0 || origin) && (
        <p className="journey-rest">
          {more > 0 && !isWhole ? (
            <button type="button" className="journey-turn" onClick={() => setWhole(true)}>
              {t('and {count, plural, one {# more} other {# more}}', { count: more })}
            </button>
          ) : (
            <span />
          )}
          <span>{origin}</span>
        </p>
      )}
    </div>
  );
}

const depthOf = (path: string): number => path.split('.').length;
