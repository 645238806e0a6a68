import type { ByteSize, Duration } from '../model/quantity.ts';

/** What a back end knows of one key: an object with fields. */
export type DataRecord = Readonly<Record<string, unknown>>;

/** The answer for one key: a record, a list of records (`many`), null for "nothing there", or an Error for this key alone. */
export type KeyAnswer = DataRecord | readonly DataRecord[] | null | undefined | Error;

/** What a `load` gets beside the keys. */
export interface LoadContext {
  /** The GraphQL field's arguments, without those that page a connection. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Aborted when the time-out of the source's policy has passed. Pass it on to whatever can be cancelled. */
  readonly signal: AbortSignal;
  /** The request headers named in `forward`, lower-case; all that a back end learns about who is asking. */
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes an answer may have, from the source's policy. */
  readonly maxAnswerBytes: number;
}

/** How patient the gateway is with a source. */
export interface SourcePolicy {
  /** How long one call may take. Default `'1s'`. */
  readonly timeout?: Duration;
  /** Keys in one call at most; more keys make more calls, at the same time. Default 100; for `fileAdapter` no limit. */
  readonly maxBatch?: number;
  /** Size of one answer at most, where the adapter reads bytes. Default `'10MB'`. */
  readonly maxAnswerBytes?: ByteSize;
}

/** Options that every kind of adapter shares. */
export interface CommonAdapterOptions {
  /** On `Customer`: the identifier type whose values this source understands. Elsewhere: the name of the parent's field that holds the key. `@from(key:)` overrides it. */
  readonly key?: string;
  /** True: a key has a list of records, not one. */
  readonly many?: boolean;
  /** The fields a record has, when they are known and complete. With them, a `path` that can't exist stops the start. */
  readonly fields?: readonly string[];
  /** Request headers passed on to the back end, for example `['authorization']`. */
  readonly forward?: readonly string[];
  readonly policy?: SourcePolicy;
}

/** What `defineAdapter` takes: the options of every kind, and how to load. */
export interface DataAdapterDefinition extends CommonAdapterOptions {
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
}

/** A data adapter as the gateway holds it: checked, with every default filled in. Made by `defineAdapter`. */
export interface DataAdapter {
  readonly kind: string;
  readonly key: string | undefined;
  readonly many: boolean;
  readonly fields: readonly string[] | undefined;
  readonly forward: readonly string[];
  /** Milliseconds. */
  readonly timeout: number;
  readonly maxBatch: number;
  /** Bytes. */
  readonly maxAnswerBytes: number;
  load(keys: readonly string[], context: LoadContext): Promise<readonly KeyAnswer[]>;
  probe?(signal: AbortSignal): Promise<void>;
  erase?(keys: readonly string[]): Promise<void>;
  close?(): Promise<void>;
}
