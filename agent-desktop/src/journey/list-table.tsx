import { Fragment, useState } from 'react';
import type { Entry } from '../customer/open-customer.tsx';
import type { Fact, FactList } from '../model/gateway.ts';
import { Icon } from '../pieces/icon.tsx';
import { useText } from '../text/text.tsx';
import { Cell } from './cell.tsx';
import { hasCents, valueAt } from './entries.ts';
import { InnerList } from './inner-list.tsx';
import './list-table.css';

/** The columns that fit beside each other; the others stand in the row when it is open. */
const WIDEST = 5;

/** Entries of a list. A row opens to what has no column, and to the lists inside it. */
export function ListTable({ list, entries }: { readonly list: FactList; readonly entries: readonly Entry[] }) {
  const { t } = useText();
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  // A column without any value says nothing; it comes back with the first entry that has one.
  const filled = list.columns.filter(({ path }) => entries.some((entry) => valueAt(entry, path) !== null));
  const [columns, rest] = [filled.slice(0, WIDEST), filled.slice(WIDEST)];
  const canOpen = list.inner.length > 0 || rest.length > 0;
  const toggle = (index: number) => {
    const next = new Set(open);
    if (!next.delete(index)) next.add(index);
    setOpen(next);
  };
  return (
    <table className="journey-table">
      <caption className="only-read">{list.label}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.path} scope="col" className={`journey-cell-${column.kind}`}>
              {column.label}
            </th>
          ))}
          {canOpen && (
            <th scope="col">
              <span className="only-read">{t('Details')}</span>
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an owner's entries have no id; they come in one order
          <Fragment key={index}>
            <tr className={open.has(index) ? 'journey-table-open' : ''}>
              {columns.map((column) => (
                <td key={column.path} className={`journey-cell-${column.kind}`}>
                  <Cell column={column} value={valueAt(entry, column.path)} hasCents={hasCents(column, entries)} />
                </td>
              ))}
              {canOpen && (
                <td className="journey-table-turn">
                  <button
                    type="button"
                    className="journey-turn"
                    aria-expanded={open.has(index)}
                    aria-label={t('Details of {what}', { what: String(valueAt(entry, columns[0]?.path ?? '') ?? index + 1) })}
                    onClick={() => toggle(index)}
                  >
                    <Icon name={open.has(index) ? 'down' : 'chevron'} size="small" />
                  </button>
                </td>
              )}
            </tr>
            {open.has(index) && (
              <tr className="journey-table-more">
                <td colSpan={columns.length + 1}>
                  <Rest columns={rest} entry={entry} entries={entries} />
                  {list.inner.map((inner) => (
                    <InnerList key={inner.path} entry={entry} inner={inner} />
                  ))}
                </td>
              </tr>
            )}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

/** The values that have no column. */
function Rest({
  columns,
  entry,
  entries,
}: {
  readonly columns: readonly Fact[];
  readonly entry: Entry;
  readonly entries: readonly Entry[];
}) {
  const values = columns.filter(({ path }) => valueAt(entry, path) !== null);
  if (values.length === 0) return null;
  return (
    <dl className="journey-said">
      {values.map((column) => (
        <div key={column.path}>
          <dt>{column.label}</dt>
          <dd>
            <Cell column={column} value={valueAt(entry, column.path)} hasCents={hasCents(column, entries)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
