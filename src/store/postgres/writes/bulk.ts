import { type Prepared, prepared, type Statement } from '../statement.ts';

/** Types of PostgreSQL in which values are sent. */
export type ColumnType = 'text' | 'bigint' | 'integer' | 'boolean' | 'bytea';
type Value = string | number | boolean | null | Buffer;
/** The values of one row, in the order of a statement's columns. */
export type BulkRow = readonly Value[];
/** Names of columns and what they hold; those of the primary key come first. */
type Columns = Readonly<Record<string, ColumnType>>;

/** A statement about any number of rows: each of its parameters is an array with one column of theirs. */
export class Bulk {
  readonly #prepared: Prepared;
  readonly #width: number;

  constructor(text: string, columns: Columns) {
    this.#prepared = prepared(text);
    this.#width = Object.keys(columns).length;
  }

  /** @param rows distinct in their primary key. @returns one statement; none for no rows. */
  over(rows: readonly BulkRow[]): Statement[] {
    if (rows.length === 0) return [];
    // Transactions that write the same rows write them in the same order, so that they don't wait for each other in a circle.
    const sorted = rows.length === 1 ? rows : rows.toSorted(byFirstColumns);
    const values = Array.from({ length: this.#width }, (_, column) => sorted.map((row) => row[column] as Value));
    return [{ prepared: this.#prepared, values }];
  }
}

/** Inserts rows. @param onConflict the rest of the statement; without it, a row that is there already fails the transaction. */
export function bulkInsert(table: string, columns: Columns, onConflict = ''): Bulk {
  const names = Object.keys(columns).join(', ');
  return new Bulk(`insert into ${table} (${names}) select * from unnest(${arrays(columns).join(', ')}) ${onConflict}`.trim(), columns);
}

/** Inserts rows, and replaces those that are there already. @param key the columns of the primary key. */
export function bulkUpsert(table: string, key: Columns, others: Columns): Bulk {
  const replaced = Object.keys(others).map((name) => `${name} = excluded.${name}`);
  return bulkInsert(table, { ...key, ...others }, `on conflict (${Object.keys(key).join(', ')}) do update set ${replaced.join(', ')}`);
}

/** Deletes the rows that have these values. */
export function bulkDelete(table: string, columns: Columns): Bulk {
  const names = Object.keys(columns);
  if (names.length === 1) return new Bulk(`delete from ${table} where ${names[0]} = any(${arrays(columns)[0]})`, columns);
  const isIt = names.map((name) => `${table}.${name} = given.${name}`).join(' and ');
  return new Bulk(`delete from ${table} using ${givenRows(columns)} where ${isIt}`, columns);
}

/** Changes rows. @param key the columns by which a row is found, @param others are what `set` reads of `given`. */
export function bulkUpdate(table: string, key: Columns, others: Columns, set: string): Bulk {
  const isIt = Object.keys(key).map((name) => `${table}.${name} = given.${name}`);
  const columns = { ...key, ...others };
  return new Bulk(`update ${table} set ${set} from ${givenRows(columns)} where ${isIt.join(' and ')}`, columns);
}

/** The parameters as rows, for a `from`. */
export function givenRows(columns: Columns): string {
  const names = Object.keys(columns);
  return `(select ${arrays(columns)
    .map((array, index) => `unnest(${array}) as ${names[index]}`)
    .join(', ')}) given`;
}

function arrays(columns: Columns): string[] {
  return Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
}

function byFirstColumns(a: BulkRow, b: BulkRow): number {
  for (const [index, left] of a.entries()) {
    const order = compare(left, b[index] as Value);
    if (order !== 0) return order;
  }
  return 0;
}

function compare(a: Value, b: Value): number {
  if (Buffer.isBuffer(a)) return Buffer.isBuffer(b) ? Buffer.compare(a, b) : 1;
  if (a === b || a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return a < b ? -1 : 1;
}
