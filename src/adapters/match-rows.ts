import { AdapterFailure } from './adapter-failure.ts';
import type { DataRecord, KeyAnswer, LoadContext } from './data-adapter.ts';
import { valueAt } from './value-at.ts';

export interface RowMatching {
  /** The row's field, or a path with dots into it, that holds the key. Left out: rows come in the order of the keys, one each. */
  readonly match?: string | undefined;
  readonly many: boolean;
  /** Hears how many rows came that nobody asked for. */
  readonly onForeign: LoadContext['onForeign'];
}

/**
 * Puts the rows of one call back in the order of its keys. Rows for keys that nobody asked for are dropped:
 * they are another customer's.
 * @throws AdapterFailure SOURCE_INVALID when the rows can't be put in order.
 */
export function matchRows(keys: readonly string[], rows: unknown, { match, many, onForeign }: RowMatching): KeyAnswer[] {
  if (!Array.isArray(rows))
    throw new AdapterFailure('SOURCE_INVALID', `expected a list of records, received ${rows === null ? 'null' : typeof rows}`);
  if (match === undefined) {
    if (rows.length === keys.length) return rows;
    throw new AdapterFailure(
      'SOURCE_INVALID',
      `expected one entry per key (${keys.length}) since no match field is set, received ${rows.length}`,
    );
  }
  const found = new Map<string, DataRecord[]>(keys.map((key) => [key, []]));
  const path = match.split('.');
  let foreign = 0;
  for (const row of rows) {
    if (typeof row !== 'object' || row === null)
      throw new AdapterFailure('SOURCE_INVALID', `expected records, received a ${typeof row} among them`);
    const own = found.get(textAt(row, path));
    if (own) own.push(row);
    else foreign++;
  }
  if (foreign > 0) onForeign(foreign);
  return keys.map((key) => {
    const own = found.get(key) ?? [];
    if (many) return own;
    if (own.length > 1)
      return new AdapterFailure(
        'SOURCE_INVALID',
        `expected one record for a key, received ${own.length}; set many: true if a key has several`,
      );
    return own[0] ?? null;
  });
}

/** True when the record says that it is this key's. */
export function isRecordOf(record: unknown, match: string, key: string): boolean {
  return textAt(record, match.split('.')) === key;
}

function textAt(record: unknown, path: readonly string[]): string {
  return String(valueAt(record, path));
}
