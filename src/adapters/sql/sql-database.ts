import { parseExactJson } from '../../model/exact-json.ts';

/** One kind of database, as `sqlAdapter` uses it. Drivers are loaded on first use: a start needs none. */
export interface SqlDatabase {
  /**
   * Runs the owner's query, in which `$keys` stands for the keys.
   * @returns the rows. Rejects when the signal aborts, and has the server stop the statement then.
   */
  query(query: string, keys: readonly string[], signal: AbortSignal): Promise<readonly unknown[]>;
  /**
   * Runs the owner's search, in which names stand for values: `$text`, `$first`.
   * @returns the rows. Rejects when the signal aborts, and has the server stop the statement then.
   */
  search(statement: string, values: SearchValues, signal: AbortSignal): Promise<readonly unknown[]>;
  /** A column's name, quoted so that a statement reads it as a name only. */
  quote(name: string): string;
  /** True for an error of the whole statement that one of these keys can have caused: that key has no row, and the others may have one. */
  isBadKey(error: unknown, keys: readonly string[]): boolean;
  close(): Promise<void>;
  /** Sets the folder at which the path of a database file starts. */
  startIn?(folder: string): void;
}

/** How a database is connected to. */
export interface SqlConnectOptions {
  /** Connections at the same time: as many as the source's policy allows calls. */
  readonly connections: number;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

/** `$keys` as a word of its own. */
export const KEYS = /\$keys\b/g;

/** What names in a search stand for. Null finds nothing: no comparison with it is true. */
export type SearchValues = Readonly<Record<(typeof SEARCH_NAMES)[number], string | number | null>>;

export const SEARCH_NAMES = ['text', 'pattern', 'prefix', 'digits', 'first'] as const;
/** A name of a search as a word of its own. */
const SEARCH_NAME = new RegExp(`\\$(${SEARCH_NAMES.join('|')})\\b`, 'g');

/** Puts something in the place of each name of a search: a placeholder, or a constant. */
export function fillSearch(statement: string, values: SearchValues, placeholderOf: (value: string | number | null) => string): string {
  return statement.replace(SEARCH_NAME, (_, name: keyof SearchValues) => placeholderOf(values[name]));
}

/** Digits of a phone number that a search needs at least: fewer are in nearly every number. */
const MIN_DIGITS = 4;
/** A text that may be a phone number, as people write it. */
const PHONE_LIKE = /^[\d\s+()./-]+$/;

/**
 * The values of a search. In patterns, characters with a meaning of their own in `like` (`%`, `_`, and the backslash in some
 * databases) are `_`, which stands for any one character: so a pattern means the same in every database, without `escape`.
 */
export function searchValues(text: string, first: number): SearchValues {
  const plain = text.replace(/[%_\\]/g, '_');
  const digits = PHONE_LIKE.test(text) ? text.replace(/\D/g, '').replace(/^0+/, '') : '';
  return { text, first, pattern: `%${plain}%`, prefix: `${plain}%`, digits: digits.length < MIN_DIGITS ? null : `%${digits}%` };
}

/**
 * An integer of a database as it stands in a record: a number where JavaScript's numbers are exact (up to 2^53 - 1),
 * beyond that the text of its digits. So two different keys never become one.
 * @param integer a BigInt, or the canonical text that drivers answer for 64 bits.
 */
export function exactInteger(integer: bigint | string): number | string {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : String(integer);
}

/**
 * The value of a JSON column. SQLite takes any text into one, and so does MariaDB while constraints are not checked. A text
 * that is no JSON stays a text: the field that reads it is checked later, and no other row fails.
 */
export function jsonOrText(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}
