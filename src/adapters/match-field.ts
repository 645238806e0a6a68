import { AdapterFailure } from './adapter-failure.ts';
import type { DataRecord } from './data-adapter.ts';
import { valueAt } from './values.ts';

/** The field of a row that holds its key. */
export interface MatchField {
  readonly name: string;
  /** Undefined where the row has no such field; null where it has one without a value. */
  valueIn(row: unknown): unknown;
}

/** Names in a message at most. */
const MAX_NAMES = 20;
/** Names that can be shown. A name may be a value, such as a customer's number in `{ "17850": {…} }`; few field names have four digits. */
const FIELD_NAME = /^(?!(?:\D*\d){4})[A-Za-z_$][\w$ .-]{0,63}$/;

/** @param match a field's name, or a path with dots into the row. */
export function matchFieldOf(match: string): MatchField {
  const path = match.split('.');
  if (path.length === 1) return { name: match, valueIn: (row) => (isObject(row) && Object.hasOwn(row, match) ? row[match] : undefined) };
  const valueIn = (row: unknown) => {
    // A column may have a dot in its name.
    if (isObject(row) && Object.hasOwn(row, match)) return row[match];
    const value = valueAt(row, path);
    return value === undefined && path.some((_, index) => valueAt(row, path.slice(0, index)) === null) ? null : value;
  };
  return { name: match, valueIn };
}

/** The fields to ask for: those that are needed, and the one by which rows are put back in the order of the keys. */
export function withMatch(fields: readonly string[], match: string | undefined): readonly string[] {
  const [name] = match?.split('.') ?? [];
  return name === undefined || fields.includes(name) ? fields : [name, ...fields];
}

/**
 * The failure of an answer in which no row has the field. Its message lists the fields that came, so that the owner can name
 * the right one.
 * @param keys are left out of the message.
 */
export function missingField({ name }: MatchField, rows: readonly unknown[], keys: readonly string[]): AdapterFailure {
  const all = new Set(rows.flatMap((row) => (isObject(row) ? Object.keys(row) : [])));
  const names = [...all].filter((each) => FIELD_NAME.test(each) && !keys.includes(each)).slice(0, MAX_NAMES);
  const other = names.find((each) => each.toLowerCase() === name.toLowerCase());
  const received = names.length === 0 ? 'none with a name that can be shown' : names.join(', ');
  const advice = other === undefined ? 'set match to the one that holds the key' : `set match: '${other}'`;
  return new AdapterFailure(
    'SOURCE_INVALID',
    `expected records with the field ${name} (match); the fields that came: ${received}; ${advice}`,
  );
}

function isObject(value: unknown): value is DataRecord {
  return typeof value === 'object' && value !== null;
}
