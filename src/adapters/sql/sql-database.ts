import { parseExactJson } from '../../model/exact-json.ts';

/** One kind of database, as `sqlAdapter` uses it. Drivers are loaded on first use: a start needs none. */
export interface SqlDatabase {
  /**
   * Runs the owner's query, in which `$keys` stands for the keys.
   * @returns the rows. Rejects when the signal aborts, and closes the connection then.
   */
  query(query: string, keys: readonly string[], signal: AbortSignal): Promise<readonly unknown[]>;
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
