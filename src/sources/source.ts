import { UnsentKey } from '../adapters/adapter-failure.ts';
import type { DataAdapter, KeyNormalizer } from '../adapters/data-adapter.ts';
import { refuseHalfCharacters } from '../adapters/load-keys.ts';
import type { CachePolicy } from '../adapters/source-policy.ts';
import { isEmptyObject } from '../adapters/values.ts';
import { Batcher, type Ticket } from '../batching/batcher.ts';
import { Deadlines } from '../batching/deadlines.ts';
import { type Eventual, eventually, failed, settled } from '../batching/eventual.ts';
import { Semaphore } from '../batching/semaphore.ts';
import { SourceError } from '../model/errors.ts';
import { DEFAULT_KEY_BYTES, isLongerThan } from '../model/identifier.ts';
import { AdapterCalls } from './adapter-calls.ts';
import type { AnswerCache, CachedAnswer } from './answer-cache.ts';
import { RECORD_FIELDS, type RecordFields, type SourceAnswer } from './source-answer.ts';
import { SourceCalls } from './source-calls.ts';
import type { CacheResult, SourceObserver } from './source-observer.ts';
import { type SourceScope, scopeOf } from './source-scope.ts';
import { SourceSearches } from './source-searches.ts';

export interface SourceOptions {
  readonly observer?: SourceObserver;
  readonly cache?: AnswerCache | undefined;
  readonly now?: () => Date;
  /** Whether a request for a key that is being fetched gets that call's answer. Default true. */
  readonly joinCalls?: boolean;
  /** By identifier type: the form in which the gateway asks by its values. Rows are put back in the order of the keys by it. */
  readonly keyNormalizers?: ReadonlyMap<string, KeyNormalizer>;
  /** Bytes of UTF-8 that a key has at most; a longer one is refused for itself. */
  readonly keyBytes?: number;
}

/** An answer that other requests use too is not given up with one request. */
const NOTHING_TO_LEAVE = () => {};

/** A data source: an adapter under its name, asked in batches, as its policy says, through its cache. */
export class Source {
  readonly name: string;
  readonly adapter: DataAdapter;
  /** Bytes of UTF-8 that a key has at most. */
  readonly keyBytes: number;
  readonly #options: SourceOptions;
  readonly #now: () => Date;
  readonly #adapterCalls: AdapterCalls;
  readonly #calls: SourceCalls;
  readonly #semaphore: Semaphore;
  readonly #deadlines: Deadlines;
  /** The scope without arguments, headers and key type: that of most calls. */
  readonly #usualScope: SourceScope;
  readonly #batchers = new Map<string, Batcher<SourceAnswer, RecordFields>>();
  /** Made with the first search. */
  #searches: SourceSearches | undefined;

  constructor(name: string, adapter: DataAdapter, options: SourceOptions = {}) {
    this.name = name;
    this.adapter = adapter;
    this.#options = options;
    this.#now = options.now ?? (() => new Date());
    this.keyBytes = options.keyBytes ?? DEFAULT_KEY_BYTES;
    this.#semaphore = new Semaphore(adapter.policy.concurrency);
    this.#deadlines = new Deadlines(adapter.policy.timeout);
    this.#usualScope = scopeOf(adapter, { args: {}, headers: {}, keyType: null, keyNormalizers: options.keyNormalizers });
    this.#adapterCalls = new AdapterCalls(name, adapter, { observer: options.observer ?? {}, now: this.#now });
    this.#calls = new SourceCalls(this.#adapterCalls, { policy: adapter.policy, semaphore: this.#semaphore, now: this.#now });
  }

  /**
   * @param headers of a request, lower-case; the source sees only those that it forwards.
   * @param keyType of the keys, where it is not the adapter's own `key`; `PLAIN_KEYS` for no identifier type.
   */
  scope(args: SourceScope['args'], headers: Readonly<Record<string, string | undefined>>, keyType: string | null = null): SourceScope {
    if (keyType === null && this.adapter.forward.length === 0 && isEmptyObject(args)) return this.#usualScope;
    return scopeOf(this.adapter, { args, headers, keyType, keyNormalizers: this.#options.keyNormalizers });
  }

  /** Asks for a key. The answer rejects with a `SourceError`. */
  ask(key: string, scope: SourceScope, fields: RecordFields = null): Ticket<SourceAnswer> {
    const refusal = scope.refusal ?? this.#refusalOf(key);
    if (refusal !== null) return { answer: failed(this.#adapterCalls.fail(refusal.code, refusal, [key])), leave: NOTHING_TO_LEAVE };
    const needed = this.adapter.selectsFields ? fields : null;
    const { cache: policy } = this.adapter.policy;
    const { cache } = this.#options;
    if (policy === undefined || cache === undefined) return this.#fetch(key, scope, needed);
    // A call that may fill the cache is useful also after the request that caused it is gone.
    const known = cache.get(key, scope.id);
    if (known instanceof Promise) {
      const answer = known.then((kept) => this.#throughCache(key, scope, needed, policy, kept).promise());
      return { answer: eventually(answer), leave: NOTHING_TO_LEAVE };
    }
    return { answer: this.#throughCache(key, scope, needed, policy, known), leave: NOTHING_TO_LEAVE };
  }

  /** For every kind of adapter: an owner's `load` may put the key into a URL, and an exception there looks as if the back end were down. */
  #refusalOf(key: string): UnsentKey | null {
    if (!isLongerThan(key, this.keyBytes)) return refuseHalfCharacters(key);
    return new UnsentKey(`expected a key of at most ${this.keyBytes} bytes of UTF-8 (limits.keyBytes), received a longer one`);
  }

  /**
   * Finds keys by a text. For an adapter with `search`. The answer rejects with a `SourceError`; `foundKeys` reads it.
   * @param first how many keys are wanted. @param headers as for `scope`.
   */
  search(text: string, first: number, headers: Readonly<Record<string, string | undefined>>): Ticket<SourceAnswer> {
    this.#searches ??= new SourceSearches(this.name, this.adapter, {
      observer: this.#options.observer ?? {},
      now: this.#now,
      semaphore: this.#semaphore,
      deadlines: this.#deadlines,
      keyBytes: this.keyBytes,
    });
    return this.#searches.ask(text, this.scope({ first }, headers));
  }

  /** Forgets what is kept of a key. @throws Error when a shared cache can't be reached. */
  async invalidate(key: string): Promise<void> {
    for (const batcher of this.#batchers.values()) batcher.forget(key);
    await this.#options.cache?.invalidate(key);
  }

  /** Has the back end forget these keys. @returns why it failed, or null. For an adapter that can erase. */
  erase(keys: readonly string[]): Promise<SourceError | null> {
    return this.#adapterCalls.erase(keys);
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

    // The kept answer's fields are fetched too: otherwise two answers with different fields would replace each other for ever.
    const wanted = known === null ? needed : RECORD_FIELDS.merge(known.fields, needed);
    const { answer } = this.#fetch(key, scope, wanted);
    if (usable !== null && staleFor <= policy.staleWhileRevalidate) return settled(this.#fromCache(usable, 'stale'));
    return eventually(this.#fetched(answer, staleFor <= policy.staleIfError ? usable : null));
  }

  /** @param fallback the stale answer that is given where the source fails. */
  async #fetched(answer: Eventual<SourceAnswer>, fallback: CachedAnswer | null): Promise<SourceAnswer> {
    try {
      const fetched = await answer.promise();
      this.#options.observer?.onCache?.(this.name, 'miss');
      return fetched;
    } catch (error) {
      if (fallback === null || !(error instanceof SourceError)) throw error;
      return { ...this.#fromCache(fallback, 'error'), errorCode: error.code };
    }
  }

  #fromCache({ record, fetchedAt }: CachedAnswer, result: CacheResult): SourceAnswer {
    this.#options.observer?.onCache?.(this.name, result);
    return { record, fetchedAt, isStale: result !== 'fresh', errorCode: null };
  }

  #fetch(key: string, scope: SourceScope, fields: RecordFields): Ticket<SourceAnswer> {
    let batcher = this.#batchers.get(scope.id);
    if (batcher === undefined) {
      batcher = this.#batcherOf(scope);
      this.#batchers.set(scope.id, batcher);
    }
    return batcher.ask(key, fields);
  }

  /** One batcher per scope with requests under way. There are as many scopes as tokens, so an idle one is dropped. */
  #batcherOf(scope: SourceScope): Batcher<SourceAnswer, RecordFields> {
    const { cache, joinCalls = true } = this.#options;
    const batcher: Batcher<SourceAnswer, RecordFields> = new Batcher({
      maxBatch: this.adapter.policy.maxBatch,
      semaphore: this.#semaphore,
      needs: RECORD_FIELDS,
      deadlines: this.#deadlines,
      joinCalls,
      call: (keys, fields, cancellation): Promise<(SourceAnswer | Error)[]> => this.#calls.run({ keys, fields, scope, cancellation }),
      giveUp: (key, why) => this.#adapterCalls.giveUp(key, why),
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
