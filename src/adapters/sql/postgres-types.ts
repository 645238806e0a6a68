import type pg from 'pg';
import { parseExactJson } from '../../model/exact-json.ts';
import { exactInteger } from './sql-database.ts';

type Read = (text: string) => unknown;
type Types = Pick<typeof pg.types, 'getTypeParser'>;
/** The driver's types list only some of the numbers. */
type TypeId = Parameters<Types['getTypeParser']>[0];

// Object identifiers of types, from src/include/catalog/pg_type.dat of PostgreSQL.
const TEXT_LIST = 1009;
const TIMESTAMPTZ = 1184;

/** A `bit(1)` is a boolean, as it is on MySQL; longer ones are texts of 0 and 1. */
const bit: Read = (text) => (text.length === 1 ? text === '1' : text);
/** For `2025-01-01` and `2025-01-01 10:00:00`, which are no instants: the driver would read them in the zone of this process. */
const asText: Read = (text) => text;

/**
 * Reads the columns where the driver's own reading would lose information. Dates and times without a zone stay texts,
 * `timestamptz` is an instant whatever the session's zone is, integers and decimals keep all digits.
 * @param types the driver's own readers, for all other types.
 */
export function postgresTypes(types: Types): Types {
  const readInstant = types.getTypeParser(TIMESTAMPTZ) as Read;
  // `infinity` and texts in another DateStyle stay texts, which a field of the type `DateTime` refuses.
  const instant: Read = (text) => {
    const date = readInstant(text);
    return date instanceof Date && !Number.isNaN(date.getTime()) ? date : text;
  };
  const readTexts: Read = types.getTypeParser(TEXT_LIST as TypeId);
  const listOf =
    (read: Read): Read =>
    (text) =>
      mapDeep(readTexts(text), read);

  const readers = new Map<number, Read>([
    [20, exactInteger], // int8
    [114, parseExactJson], // json
    [199, listOf(parseExactJson)], // json[]
    [1016, listOf(exactInteger)], // int8[]
    [1082, asText], // date
    [1114, asText], // timestamp
    [1115, listOf(asText)], // timestamp[]
    [1182, listOf(asText)], // date[]
    [TIMESTAMPTZ, instant],
    [1185, listOf(instant)], // timestamptz[]
    [1231, listOf(asText)], // numeric[]
    [1560, bit], // bit
    [1561, listOf(bit)], // bit[]
    [3802, parseExactJson], // jsonb
    [3807, listOf(parseExactJson)], // jsonb[]
  ]);
  return {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      (format !== 'binary' && readers.get(oid)) || types.getTypeParser(oid, format as 'text')) as Types['getTypeParser'],
  };
}

/** Lists may stand in lists, and hold null. */
function mapDeep(value: unknown, read: Read): unknown {
  if (Array.isArray(value)) return value.map((item) => mapDeep(item, read));
  return typeof value === 'string' ? read(value) : value;
}
