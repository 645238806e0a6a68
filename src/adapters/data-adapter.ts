import type { CompletePolicy, SourcePolicy } from './source-policy.ts';

/** What a back end knows of one key: an object with fields. */
export type DataRecord = Readonly<Record<string, unknown>>;

/** The answer for one key: a record, a list of records (`many`), null for "nothing there", or an Error for this key alone. */
export type KeyAnswer = DataRecord | readonly DataRecord[] | null | undefined | Error;

/** From an identifier as a back end spells it to the form in which the gateway asks by it; null for a value that is none. */
export type KeyNormalizer = (value: string) => string | null;

/** What a `load` gets beside the keys. */
export interface LoadContext {
  /** The GraphQL field's arguments; those that page a connection only for an adapter with `pages`. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Aborted when nobody waits for the answer any more, because the policy's time-out has passed or the callers are gone. Pass it on to whatever can be cancelled. */
  readonly signal: AbortSignal;
  /** Calls back when `signal` aborts, for less than a listener of a signal costs. @returns what makes it forget the listener. */
  onCancel?(listener: () => void): () => void;
  /** The request headers named in `forward`, lower-case; all that a back end learns about who is asking. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes an answer may have, from the source's policy. */
  readonly maxAnswerBytes: number;
  /** The record's fields that are needed, for an adapter with `selectsFields`; null for all of them. */
  readonly fields: readonly string[] | null;
  /**
   * The form in which the gateway asks by a value of the keys' identifier type, such as lower case for e-mail; null for a
   * value that is none. Absent where the keys are no identifiers: those are equal when they are the same text.
   */
  readonly normalizeKey?: KeyNormalizer | undefined;
  /** Tells that so many records came that nobody asked for, of so many in all. They are dropped, and counted. */
  onForeign(records: number, came?: number): void;
  /**
   * Tells that so many records of the source could not be read, once for each state of it; it is logged and counted.
   * @param problems of the first of them: where and what, without values.
   */
  onUnreadable?(records: number, problems: readonly string[]): void;
  /** Tells by which answer the back end said that a key has nothing, where a wrong path has the same: an HTTP status. */
  onAbsent?(key: string, status: number): void;
}

/** Options that every kind of adapter shares. */
export interface CommonAdapterOptions {
  /** On `Customer`: the identifier type whose values this source understands. Elsewhere: the name of the parent's field that holds the key. `@from(key:)` overrides it. */
  readonly key?: string;
  /** True: a key has a list of records, not one. */
  readonly many?: boolean;
  /** The fields a record has, when they are known and complete. With them, a `path` that can't exist stops the start. */
  readonly fields?: readonly string[];
  /**
   * The adapter pages by itself: it gets `first`, `after`, `last` and `before` among the arguments, and answers a
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
  /** How patient the gateway is with this source, and how long it keeps answers; everything has a default. */
  readonly policy?: SourcePolicy;
}

/** What a number counts since 1970-01-01T00:00:00Z. */
export type InstantUnit = 'seconds' | 'milliseconds';

/** What `defineAdapter` takes: the options of every kind, and how to load. */
export interface DataAdapterDefinition extends CommonAdapterOptions {
  /** `load` heeds `fields` and may leave out the others. Without it an answer is taken for the whole record. */
  readonly selectsFields?: boolean;
  /**
   * Reads the records of up to `maxBatch` distinct keys in one go. The answer is one array of the same
   * length, in the order of the keys. A throw fails the whole batch; an `Error` in the array, that key alone.
   */
  load(keys: readonly string[], context: LoadContext): Promise<readonly KeyAnswer[]>;
  /** Resolves when the back end can be reached; rejects with what is wrong. For readiness and `check`. */
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

/** A data adapter as the gateway holds it: checked, with every default filled in. Made by `defineAdapter`. */
export interface DataAdapter extends CompletePolicy {
  readonly kind: string;
  readonly key: string | undefined;
  readonly many: boolean;
  readonly fields: readonly string[] | undefined;
  readonly forward: readonly string[];
  readonly pages: boolean;
  readonly selectsFields: boolean;
  load(keys: readonly string[], context: LoadContext): Promise<readonly KeyAnswer[]>;
  probe?(signal: AbortSignal): Promise<void>;
  erase?(keys: readonly string[]): Promise<void>;
  close?(): Promise<void>;
  startIn?(folder: string): readonly string[] | undefined;
}
