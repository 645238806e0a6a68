import { hash } from 'node:crypto';
import { type ColumnType, type CopiedTable, columnsOf } from './copied-tables.ts';

/** A value as SQLite answers it. */
export type SqliteValue = string | number | Uint8Array | null;
/** The values of a row, in the order of the table's columns. */
export type CopiedRow = readonly SqliteValue[];

/** How many rows there are, and the sum of their checksums: it does not depend on their order. */
export interface Checksum {
  readonly count: number;
  readonly sum: number;
}

/** Between the columns of a row, and in place of null. */
const [SEPARATOR, NULL] = ['\x1f', '\x1e'];

/** Bits of a row's checksum: the sum of two fits in a number. Sums are taken modulo 2 to this power. */
const BITS = 48;
const MODULUS = 2 ** BITS;

export const NO_ROWS: Checksum = { count: 0, sum: 0 };

/** Adds a row. */
export function withRow({ count, sum }: Checksum, table: CopiedTable, row: CopiedRow): Checksum {
  const types = Object.values(table.columns);
  const text = row.map((value, index) => textOf(types[index] as ColumnType, value)).join(SEPARATOR);
  const bytes = hash('sha256', text, 'buffer');
  return { count: count + 1, sum: (sum + bytes.readUIntBE(0, BITS / 8)) % MODULUS };
}

export function isSame(a: Checksum, b: Checksum): boolean {
  return a.count === b.count && a.sum === b.sum;
}

/** Columns of a `select` on PostgreSQL that make the same of rows there: `count` and `sum`. */
export function checksumColumns(table: CopiedTable): string {
  const texts = columnsOf(table).map((name) => `coalesce(${sqlTextOf(table.columns[name] as ColumnType, name)}, E'\\x1e')`);
  const hash = `left(encode(sha256(convert_to(concat_ws(E'\\x1f', ${texts.join(', ')}), 'UTF8')), 'hex'), ${BITS / 4})`;
  return `count(*) as count, (coalesce(sum(('x' || ${hash})::bit(${BITS})::bigint), 0) % ${MODULUS})::bigint as sum`;
}

function textOf(type: ColumnType, value: SqliteValue): string {
  if (value === null) return NULL;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (type === 'double precision') return doubleBytes(Number(value));
  return String(value);
}

/** Both write numbers with fractions differently; their bytes are the same. */
function doubleBytes(value: number): string {
  const bytes = Buffer.alloc(Float64Array.BYTES_PER_ELEMENT);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

function sqlTextOf(type: ColumnType, name: string): string {
  switch (type) {
    case 'bytea':
      return `encode(${name}, 'hex')`;
    case 'double precision':
      return `encode(float8send(${name}), 'hex')`;
    case 'boolean':
      return `${name}::integer::text`;
    default:
      return `${name}::text`;
  }
}
