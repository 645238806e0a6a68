import { createHash } from 'node:crypto';
import { UnsentKey } from '../adapters/adapter-failure.ts';
import type { DataAdapter, KeyNormalizer } from '../adapters/data-adapter.ts';
import { refuseHalfCharacters } from '../adapters/refuse-keys.ts';
import type { CachePolicy } from '../adapters/source-policy.ts';
import { Batcher, type Ticket } from '../batching/batcher.ts';
import { Deadlines } from '../batching/deadlines.ts';
import { type Eventual, eventually, failed, settled } from '../batching/eventual.ts';
import { Slots } from '../batching/slots.ts';
import { SourceError } from '../model/errors.ts';
import { isHeaderValue } from '../model/header-value.ts';
import { DEFAULT_KEY_BYTES, isLongerThan } from '../model/identifier.ts';
import type { AnswerCache, CachedAnswer } from './answer-cache.ts';
import { RECORD_FIELDS, type RecordFields } from './record-fields.ts';
import { type CallScope, type SourceAnswer, SourceCalls } from './source-calls.ts';
import type { CacheResult, SourceObserver } from './source-observer.ts';

/** With what a source is asked, beside the key: answers are shared within one scope and never between two. */
export interface SourceScope extends CallScope {
  readonly id: string;
  /** Why nothing can be asked for with these arguments; null when it can. */
  readonly refusal: UnsentKey | null;
}

export interface SourceOptions {
  readonly observer?: SourceObserver;
  readonly cache?: AnswerCache | undefined;
  readonly now?: () => Date;
  /** Whether who asks for a key that is under way gets that call's answer. Default true. */
  readonly joinCalls?: boolean;
  /** By identifier type: the form in which the gateway asks by its values. Rows are put back in order by it. */
  readonly keyNormalizers?: ReadonlyMap<string, KeyNormalizer>;
  /** Bytes of UTF-8 that a key has at most; a longer one is refused for itself. */
  readonly keyBytes?: number;
}

/** The key type of keys that are no identifiers, and equal when they are the same text. */
export const PLAIN_KEYS = '';

const NOTHING_TO_LEAVE = () => {};
/** A data source: an adapter under its name, asked in batches, as its policy says, through its cache. */
export class Source {
  readonly name: string;
  readonly adapter: DataAdapter;
  /** Bytes of UTF-8 that a key has at most. */
  readonly keyBytes: number;
  readonly #options: SourceOptions;
  readonly #now: () => Date;
  readonly #calls: SourceCalls;
  readonly #slots: Slots;
  readonly #deadlines: Deadlines;
  /** Of most calls. */
  readonly #usualScope: SourceScope;
  readonly #batchers = new Map<string, Batcher<SourceAnswer, RecordFields>>();

  constructor(name: string, adapter: DataAdapter, options: SourceOptions = {}) {
    this.name = name;
    this.adapter = adapter;
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.keyBytes = options.keyBytes ?? DEFAULT_KEY_BYTES;
    this.#slots = new Slots(adapter.concurrency);
    this.#deadlines = new Deadlines(adapter.timeout);
    this.#usualScope = { args: {}, headers: {}, id: '{}', normalizeKey: this.#normalizerOf(null), refusal: null };
    this.#calls = new SourceCalls(name, adapter, { slots: this.#slots, observer: options.observer ?? {}, now: this.#now });
  }

  /**
   * @param headers of a request, lower-case; the source sees only those that it forwards.
   * @param keyType of the keys, where it is not the adapter's own `key`; `PLAIN_KEYS` for no identifier type.
   */
  scope(
    args: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string | undefined>>,
    keyType: string | null = null,
  ): SourceScope {
    const normalizeKey = this.#normalizerOf(keyType);
    const refusal = isWhole(args) ? null : new UnsentKey('expected whole Unicode characters in arguments, received half of one');
    if (this.adapter.forward.length === 0) {
      for (const _ in args) return { args, headers: {}, id: scopeId(args, {}, keyType), normalizeKey, refusal };
      return keyType === null ? this.#usualScope : { args, headers: {}, id: scopeId(args, {}, keyType), normalizeKey, refusal };
    }
    const forwarded: Record<string, string> = {};
    for (const name of this.adapter.forward) {
      const value = headers[name];
      if (value !== undefined && isHeaderValue(value)) forwarded[name] = value;
    }
    return { args, headers: forwarded, id: scopeId(args, forwarded, keyType), normalizeKey, refusal };
  }

  #normalizerOf(keyType: string | null): KeyNormalizer | undefined {
    return this.#options.keyNormalizers?.get(keyType ?? this.adapter.key ?? PLAIN_KEYS);
  }

  /** Asks for a key. The answer rejects with a `SourceError`. */
  ask(key: string, scope: SourceScope, fields: RecordFields = null): Ticket<SourceAnswer> {
    const refusal = scope.refusal ?? this.#refusalOf(key);
    if (refusal !== null) return { answer: failed(this.#calls.refuse(refusal, key)), leave: NOTHING_TO_LEAVE };
    const needed = this.adapter.selectsFields ? fields : null;
    const { cache: policy } = this.adapter;
    const { cache } = this.#options;
    if (policy === undefined || cache === undefined) return this.#fetch(key, scope, needed);
    // A call that may fill the cache is of use also after whoever caused it has gone.
    const known = cache.get(key, scope.id);
    if (known instanceof Promise) {
      const answer = known.then((kept) => this.#throughCache(key, scope, needed, policy, kept).promise());
      return { answer: eventually(answer), leave: NOTHING_TO_LEAVE };
    }
    return { answer: this.#throughCache(key, scope, needed, policy, known), leave: NOTHING_TO_LEAVE };
  }

  /** Whatever the adapter is: an owner's `load` may put the key into a URL, and what throws there looks as if the back end were down. */
  #refusalOf(key: string): UnsentKey | null {
    return isLongerThan(key, this.keyBytes) ? tooLong(this.keyBytes) : refuseHalfCharacters(key);
  }

  /** Forgets what is kept of a key. @throws Error when a shared cache can't be reached. */
  async invalidate(key: string): Promise<void> {
    for (const batcher of this.#batchers.values()) batcher.forget(key);
    await this.#options.cache?.invalidate(key);
  }

  /** Has the back end forget these keys. @returns why it failed, or null. For an adapter that can erase. */
  erase(keys: readonly string[]): Promise<SourceError | null> {
    return this.#calls.erase(keys);
  }

  /** @param known what is kept of the key. */
  #throughCache(
    key: string,
    scope: SourceScope,
    needed: RecordFields,
    policy: CachePolicy,
    known: CachedAnswer | null,
  ): Eventual<SourceAnswer> {
    const usable = known !== null && RECORD_FIELDS.covers(known.fields, needed) ? known : null;
    const staleFor = usable === null ? Number.POSITIVE_INFINITY : this.#now().getTime() - usable.fetchedAt.getTime() - policy.ttl;
    if (usable !== null && staleFor <= 0) return settled(this.#fromCache(usable, 'fresh'));

    // What was kept with other fields is fetched with those too, so that the two don't push each other out.
    const wanted = known === null ? needed : RECORD_FIELDS.merge(known.fields, needed);
    const { answer } = this.#fetch(key, scope, wanted);
    if (usable !== null && staleFor <= policy.staleWhileRevalidate) return settled(this.#fromCache(usable, 'stale'));
    const isSpare = usable !== null && staleFor <= policy.staleIfError;
    return eventually(this.#fetched(answer, isSpare ? usable : null));
  }

  /** @param spare what is given where the source fails. */
  async #fetched(answer: Eventual<SourceAnswer>, spare: CachedAnswer | null): Promise<SourceAnswer> {
    try {
      const fetched = await answer.promise();
      this.#saw('miss');
      return fetched;
    } catch (error) {
      if (spare === null || !(error instanceof SourceError)) throw error;
      return { ...this.#fromCache(spare, 'error'), errorCode: error.code };
    }
  }

  #fromCache({ record, fetchedAt }: CachedAnswer, result: CacheResult): SourceAnswer {
    this.#saw(result);
    return { record, fetchedAt, isStale: result !== 'fresh', errorCode: null };
  }

  #saw(result: CacheResult): void {
    this.#options.observer?.onCache?.(this.name, result);
  }

  #fetch(key: string, scope: SourceScope, fields: RecordFields): Ticket<SourceAnswer> {
    let batcher = this.#batchers.get(scope.id);
    if (batcher === undefined) {
      batcher = this.#batcherOf(scope);
      this.#batchers.set(scope.id, batcher);
    }
    return batcher.ask(key, fields);
  }

  /** One for each scope that something is asked in at the moment; there are as many scopes as there are tokens. */
  #batcherOf(scope: SourceScope): Batcher<SourceAnswer, RecordFields> {
    const { cache, joinCalls = true } = this.#options;
    const batcher: Batcher<SourceAnswer, RecordFields> = new Batcher({
      maxBatch: this.adapter.maxBatch,
      slots: this.#slots,
      needs: RECORD_FIELDS,
      deadlines: this.#deadlines,
      joinCalls,
      call: (keys, fields, cancellation): Promise<(SourceAnswer | Error)[]> => this.#calls.run(keys, fields, scope, cancellation),
      giveUp: (key, why) => this.#calls.giveUp(key, why),
      ...(cache && {
        onAnswer: (key: string, { record, fetchedAt }: SourceAnswer, fields: RecordFields) => {
          cache.set(key, scope.id, { record, fetchedAt, fields });
        },
      }),
      onIdle: () => {
        if (scope !== this.#usualScope && this.#batchers.get(scope.id) === batcher) this.#batchers.delete(scope.id);
      },
    });
    return batcher;
  }
}

/** Whether no text in a value of JSON has half a character (a lone surrogate). */
function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  for (const name in value) if (!name.isWellFormed() || !isWhole((value as Record<string, unknown>)[name])) return false;
  return true;
}

function tooLong(keyBytes: number): UnsentKey {
  return new UnsentKey(`expected a key of at most ${keyBytes} bytes of UTF-8 (limits.keyBytes), received a longer one`);
}

/** Header values are credentials: only their hash is kept beyond the call. */
function scopeId(args: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>>, keyType: string | null): string {
  const asked = keyType === null ? JSON.stringify(args) : `${keyType}:${JSON.stringify(args)}`;
  const forwarded = Object.entries(headers);
  if (forwarded.length === 0) return asked;
  return `${asked} ${createHash('sha256').update(JSON.stringify(forwarded)).digest('base64url')}`;
}
