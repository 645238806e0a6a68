import type { Policy, SourcePolicy } from './source-policy.ts';

/** A record of a back end: an object with fields. */
export type DataRecord = Readonly<Record<string, unknown>>;

/** The answer for one key: a record, a list of records (`many`), null for "nothing there", or an Error for this key alone. */
export type KeyAnswer = DataRecord | readonly DataRecord[] | null | undefined | Error;

/** Turns an identifier as a back end spells it into the form in which the gateway asks by it; null for a value that is no identifier of the type. */
export type KeyNormalizer = (value: string) => string | null;

/** The second argument of `load`, beside the keys. */
export interface LoadContext {
  /** The GraphQL field's arguments; those that page a connection only for an adapter with `pages`. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Aborted when the answer is not needed any more: the policy's time-out has passed, or all requests for it have ended. Pass it on to everything that can be cancelled. */
  readonly signal: AbortSignal;
  /** The request headers named in `forward`, lower-case. A back end learns nothing else about the caller. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes that an answer may have, from the source's policy. */
  readonly maxAnswerBytes: number;
  /** The record's fields that are needed, for an adapter with `selectsFields`; null for all of them. */
  readonly fields: readonly string[] | null;
  /**
   * The form in which the gateway asks by a value of the keys' identifier type, such as lower case for e-mail; null for a
   * value that is no identifier of the type. Absent where the keys are no identifiers: those are equal when they are the same text.
   */
  readonly normalizeKey?: KeyNormalizer | undefined;
  /** Reports records that belong to no key of the call. They are dropped, and counted. @param came records of the answer in all. */
  onForeign(records: number, came?: number): void;
  /**
   * Reports records of the source that could not be read, once for each state of it; they are logged and counted.
   * @param problems of the first of them: where and what, without values.
   */
  onUnreadable?(records: number, problems: readonly string[]): void;
  /** Reports the HTTP status by which the back end said that a key has no record: a wrong path has the same status. */
  onAbsent?(key: string, status: number): void;
}

/** The second argument of `search`, beside the text. */
export interface SearchContext extends Pick<LoadContext, 'headers' | 'maxAnswerBytes'> {
  /** How many keys are wanted, 1 to 100. More are cut off. */
  readonly first: number;
  /** Aborted when the answer is not needed any more. Pass it on to everything that can be cancelled. */
  readonly signal: AbortSignal;
}

/** The options of every kind of adapter. */
export interface CommonAdapterOptions {
  /** On `Customer`: the identifier type whose values this source understands. Elsewhere: the name of the parent's field that holds the key. `@from(key:)` overrides it. */
  readonly key?: string;
  /** True: a key has a list of records, not one. */
  readonly many?: boolean;
  /** The fields a record has, when they are known and complete. With them, a `path` that can't exist stops the start. */
  readonly fields?: readonly string[];
  /**
   * True: the adapter pages by itself. It gets `first`, `after`, `last` and `before` among the arguments, and answers a
   * connection field with `{ edges: [{ cursor, node }], pageInfo: { hasNextPage, hasPreviousPage } }`.
   */
  readonly pages?: boolean;
  /** Request headers passed on to the back end, for example `['authorization']`. Answers are never shared between different values of them. */
  readonly forward?: readonly string[];
  /**
   * The zone of times that name none, such as `2025-01-01 10:00:00` or a column of the type `timestamp` or `DATETIME`:
   * `'UTC'`, a zone such as `'Europe/Berlin'`, an offset such as `'+02:00'`. Every text of a record that is such a time is
   * given its offset. Without it such a time stays as it is, and a field of the type `DateTime` refuses it.
   */
  readonly timeZone?: string;
  /**
   * Fields that hold the time since 1970 as a number, with its unit: `{ createdAt: 'seconds', 'items.soldAt': 'milliseconds' }`.
   * A path leads through lists. A number that is not named here is no time.
   */
  readonly instants?: Readonly<Record<string, InstantUnit>>;
  /** Time-outs, repeated attempts, limits and caching; everything has a default. */
  readonly policy?: SourcePolicy;
}

/** The unit of a number that counts since 1970-01-01T00:00:00Z. */
export type InstantUnit = 'seconds' | 'milliseconds';

/** The argument of `defineAdapter`: the options of every kind, and how to load. */
export interface DataAdapterDefinition extends CommonAdapterOptions {
  /** True: `load` heeds `fields` and may leave out the others. False: an answer is the whole record. */
  readonly selectsFields?: boolean;
  /**
   * Reads the records of up to `maxBatch` distinct keys. The answer is an array of the same length, in the order of the keys.
   * An exception fails the whole batch; an `Error` in the array, that key alone.
   */
  load(keys: readonly string[], context: LoadContext): Promise<readonly KeyAnswer[]>;
  /**
   * Finds keys by a text of 2 to 256 characters, such as a part of a name or an order's number; for `findCustomers`. The answer
   * has the keys, best first. Only where the keys are values of an identifier type.
   */
  search?(text: string, context: SearchContext): Promise<readonly (string | number)[]>;
  /** Resolves when the back end can be reached, and rejects otherwise. For readiness and `check`. */
  probe?(signal: AbortSignal): Promise<void>;
  /** Forgets everything about these keys. For erasure. */
  erase?(keys: readonly string[]): Promise<void>;
  /** Releases connections. Called once, when the gateway stops. */
  close?(): Promise<void>;
  /**
   * Sets the folder at which the adapter's relative paths start: the configuration file's. Called before the first `load`;
   * until then they start at the process's working directory.
   * @returns its `fields`, where they are read from a file.
   */
  startIn?(folder: string): readonly string[] | undefined;
}

type CheckedOptions = Required<Pick<DataAdapterDefinition, 'many' | 'forward' | 'pages' | 'selectsFields'>> &
  Pick<DataAdapterDefinition, 'load' | 'search' | 'probe' | 'erase' | 'close' | 'startIn'>;

/** A checked data adapter with every default filled in. Made by `defineAdapter`. */
export interface DataAdapter extends CheckedOptions {
  /** The name of the function that made it: `httpAdapter`. */
  readonly kind: string;
  readonly key: string | undefined;
  readonly fields: readonly string[] | undefined;
  readonly policy: Policy;
}
