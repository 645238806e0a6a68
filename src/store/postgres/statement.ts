import { createHash } from 'node:crypto';

/** A statement that a connection prepares once, under its name. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

/** What a parameter may be. An array stands for one parameter: PostgreSQL's arrays, for `= any($1)` and `unnest($1)`. */
export type Parameter = string | number | boolean | null | Buffer | readonly (string | number | boolean | null | Buffer)[];

/** A statement with its parameters. */
export interface Statement {
  readonly prepared: Prepared;
  readonly values: readonly Parameter[];
}

export type Row = Readonly<Record<string, unknown>>;

export interface Result {
  readonly rows: readonly Row[];
  /** How many rows it read or changed. */
  readonly count: number;
}

/**
 * One connection. Statements are sent at once, without waiting for the answers of those before, and run in their order: what a
 * caller asks for in one turn of the event loop costs one round trip. After one that fails, those behind it in the transaction fail.
 */
export interface Connection {
  /** @throws the driver's error, whose `code` is PostgreSQL's. */
  run(statement: Statement): Promise<Result>;
}

/** Makes a statement. Its name is a hash of its text, so one name never stands for two texts. */
export function prepared(text: string): Prepared {
  return { name: createHash('sha256').update(text).digest('base64url').slice(0, 20), text };
}

/**
 * Without texts that hold a NUL. PostgreSQL refuses them, and no row has one, but a client may ask for such an id: it must not make a
 * statement fail that it shares with others.
 */
export function askable<Text extends string>(texts: readonly Text[]): readonly Text[] {
  return texts.some((text) => text.includes('\0')) ? texts.filter((text) => !text.includes('\0')) : texts;
}

/** Around each transaction that writes (ADR 34). */
export const BEGIN = prepared('begin isolation level read committed');
export const COMMIT = prepared('commit');
export const ROLLBACK = prepared('rollback');
