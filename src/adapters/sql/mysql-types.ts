import type { FieldPacket } from 'mysql2/promise';
import { jsonOrText } from './sql-database.ts';

// Column types of MySQL's protocol (enum_field_types): https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html
const TIMESTAMP = 7;
const DATE = 10;
const DATETIME = 12;
const BIT = 16;
const JSON_TEXT = 245;

type Read = (value: unknown) => unknown;

/** MySQL's `0000-00-00` means no date. */
const isZeroDate = (value: unknown) => typeof value === 'string' && value.startsWith('0000-00-00');

const readDate: Read = (value) => (isZeroDate(value) ? null : value);
/** The session's zone is UTC (`mysql-database.ts`), so a text names one instant, also in the hour that comes twice. */
const readTimestamp: Read = (value) => (isZeroDate(value) ? null : new Date(`${String(value).replace(' ', 'T')}Z`));
const readBit: Read = (value) => (value as Uint8Array)[0] === 1;
const readJson: Read = (value) => (typeof value === 'string' ? jsonOrText(value) : value);

/** Converts the driver's values to those of a record, in the rows themselves. Most columns need no conversion. */
export function readMysqlRows(rows: readonly unknown[], columns: readonly FieldPacket[]): void {
  // By name: of two columns with the same name the driver keeps the last.
  const readers = new Map<string, Read>();
  for (const column of columns) {
    const read = readerOf(column);
    if (read === undefined) readers.delete(column.name);
    else readers.set(column.name, read);
  }
  if (readers.size === 0) return;
  for (const row of rows as readonly Record<string, unknown>[]) {
    for (const [name, read] of readers) if (row[name] !== null && row[name] !== undefined) row[name] = read(row[name]);
  }
}

function readerOf({ columnType, columnLength, extendedFormat }: FieldPacket): Read | undefined {
  // MariaDB's JSON is a text with this format.
  if (columnType === JSON_TEXT || extendedFormat === 'json') return readJson;
  if (columnType === TIMESTAMP) return readTimestamp;
  if (columnType === DATE || columnType === DATETIME) return readDate;
  return columnType === BIT && columnLength === 1 ? readBit : undefined;
}
