import type { Connection } from '../postgres/statement.ts';
import type { CopiedTable } from './copied-tables.ts';
import { type CopiedRow, isSame, NO_ROWS, withRow } from './row-checksum.ts';
import { TargetTable } from './target-table.ts';

/** Rows that are compared, and written where they differ, at a time. */
const ROWS_AT_ONCE = 2_000;
/** Parts that are written at the same time: while PostgreSQL works on one, the next is read. */
const WRITING_AT_ONCE = 3;

/**
 * Makes a table what is given: in parts of which each is compared by a checksum, and replaced where it differs. So it goes on after an
 * interruption, and a second run writes only what has changed since the first.
 * @param rows in the order of the primary key. @param onRows gets the number of rows of each part.
 * @returns how many rows were written.
 * @throws Error for a row that PostgreSQL can't hold.
 */
export async function copyTable(
  table: CopiedTable,
  rows: Iterable<CopiedRow>,
  connection: Connection,
  onRows: (count: number) => void,
): Promise<number> {
  const target = new TargetTable(table, connection);
  const isNew = await target.isEmpty();
  const writing: Promise<void>[] = [];
  let written = 0;
  let after: CopiedRow | null = null;
  for (const part of partsOf(table, rows)) {
    const upTo: CopiedRow = part.at(-1) as CopiedRow;
    const range = { after, upTo };
    after = upTo;
    const isThere = !isNew && isSame(checksumOf(table, part), await target.checksum(range));
    if (!isThere) {
      written += part.length;
      const write = target.replace(range, part, isNew);
      // It is waited for below; an error of a later part must not come first.
      write.catch(() => {});
      writing.push(write);
      if (writing.length >= WRITING_AT_ONCE) await writing.shift();
    }
    onRows(part.length);
  }
  await Promise.all(writing);
  // What the source has no more, or never had.
  if (!isNew) await target.replace({ after, upTo: null }, [], false);
  return written;
}

function* partsOf(table: CopiedTable, rows: Iterable<CopiedRow>): Generator<CopiedRow[]> {
  let part: CopiedRow[] = [];
  for (const row of rows) {
    if (row.some((value) => typeof value === 'string' && value.includes('\0'))) throw nulIn(table, row);
    if (part.push(row) < ROWS_AT_ONCE) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** The message names no identifier. */
function nulIn({ name, columns }: CopiedTable, row: CopiedRow): Error {
  const customer = Object.keys(columns).findIndex((column) => column === 'customer_id' || (name === 'customer' && column === 'id'));
  const of = customer === -1 ? '' : ` of the customer ${JSON.stringify(row[customer])}`;
  return new Error(`a row in '${name}'${of} holds the character NUL, which PostgreSQL keeps in no text: take it out of the SQLite store`);
}

function checksumOf(table: CopiedTable, rows: readonly CopiedRow[]) {
  return rows.reduce((sum, row) => withRow(sum, table, row), NO_ROWS);
}
