import { compareTexts } from '../merge-pages.ts';
import type { Connection } from '../postgres/statement.ts';
import type { CopiedTable } from './copied-tables.ts';
import { type CopiedRow, isSame, NO_ROWS, type SqliteValue, withRow } from './row-checksum.ts';
import { type GroupChecksum, TargetTable } from './target-table.ts';

/** What comparing a table found. */
export interface Verified {
  readonly rows: number;
  /** Rows of one first column: of one customer, in most tables. */
  readonly groups: number;
  /** Values of the first column whose rows differ. */
  readonly differing: readonly SqliteValue[];
}

/**
 * Compares a table by number and checksum of the rows of each customer, or of whatever else its first column names.
 * @param rows of the source, in the order of the primary key. @param onRows gets the number of rows of each customer.
 */
export async function verifyTable(
  table: CopiedTable,
  rows: Iterable<CopiedRow>,
  connection: Connection,
  onRows: (count: number) => void,
): Promise<Verified> {
  const target = new TargetTable(table, connection).groups();
  const next = async () => (await target.next()).value as GroupChecksum | undefined;
  const differing: SqliteValue[] = [];
  let [count, groups] = [0, 0];
  let there = await next();
  for (const group of groupsOf(table, rows)) {
    groups++;
    count += group.count;
    onRows(group.count);
    while (there !== undefined && compareKeys(there.key, group.key) < 0) {
      differing.push(there.key);
      there = await next();
    }
    if (there !== undefined && compareKeys(there.key, group.key) === 0) {
      if (!isSame(there, group)) differing.push(group.key);
      there = await next();
    } else differing.push(group.key);
  }
  for (; there !== undefined; there = await next()) differing.push(there.key);
  return { rows: count, groups, differing };
}

function* groupsOf(table: CopiedTable, rows: Iterable<CopiedRow>): Generator<GroupChecksum> {
  let group: GroupChecksum | null = null;
  for (const row of rows) {
    const key = row[0] as SqliteValue;
    if (group !== null && compareKeys(group.key, key) !== 0) {
      yield group;
      group = null;
    }
    group = { key, ...withRow(group ?? NO_ROWS, table, row) };
  }
  if (group !== null) yield group;
}

/** As both databases order them: texts by their bytes. */
function compareKeys(a: SqliteValue, b: SqliteValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return Number(a) - Number(b);
}
