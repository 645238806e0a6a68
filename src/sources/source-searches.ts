import type { DataAdapter, DataRecord } from '../adapters/data-adapter.ts';
import { checkFound } from '../adapters/search-keys.ts';
import { Batcher, type Ticket } from '../batching/batcher.ts';
import type { Deadlines } from '../batching/deadlines.ts';
import { Semaphore } from '../batching/semaphore.ts';
import { AdapterCalls } from './adapter-calls.ts';
import { RECORD_FIELDS, type RecordFields, type SourceAnswer } from './source-answer.ts';
import { SourceCalls } from './source-calls.ts';
import type { SourceObserver } from './source-observer.ts';
import type { SourceScope } from './source-scope.ts';

/** What the searches of a source share with its reads. */
export interface SearchServices {
  readonly observer: SourceObserver;
  readonly now: () => Date;
  readonly semaphore: Semaphore;
  readonly deadlines: Deadlines;
  /** Bytes of UTF-8 that a found key has at most. */
  readonly keyBytes: number;
}

/** Of the calls that `concurrency` allows, the part that may be searches. As-you-type searches come fast, and a `like` can be slow. */
const SHARE = 1 / 4;

/**
 * The searches of one source, each a call of its own under the source's policy. They have a share of the calls that
 * `concurrency` allows, and a breaker of their own: searches that are slow or fail must not stop reads by key.
 */
export class SourceSearches {
  readonly #calls: SourceCalls;
  readonly #adapterCalls: AdapterCalls;
  readonly #services: SearchServices;
  /** Limits the searches at the same time. */
  readonly #semaphore: Semaphore;
  /** One for each scope with a search under way: searches for the same text at the same time are one. */
  readonly #batchers = new Map<string, Batcher<SourceAnswer, RecordFields>>();

  /** @param adapter one with `search`. */
  constructor(name: string, adapter: DataAdapter, services: SearchServices) {
    const { observer, now, semaphore, keyBytes } = services;
    this.#services = services;
    // Without `onBreaker`: what is shown of a source's breaker is that of its reads.
    const reported: SourceObserver = {
      onCall: (source, seconds) => observer.onCall?.(source, seconds),
      onFailure: (failure) => observer.onFailure?.({ ...failure, keys: failure.keys.flatMap(quotableIn) }),
      onUnsent: (source, why) => observer.onUnsent?.(source, why),
      onRepeat: (source, reason) => observer.onRepeat?.(source, reason),
    };
    this.#adapterCalls = new AdapterCalls(name, searchesAsReads(adapter, keyBytes), { observer: reported, now });
    const { policy } = adapter;
    this.#semaphore = new Semaphore(Math.max(1, Math.floor(policy.concurrency * SHARE)), semaphore);
    this.#calls = new SourceCalls(this.#adapterCalls, { policy, semaphore: this.#semaphore, now });
  }

  /** @param scope its argument `first` says how many keys are wanted. */
  ask(text: string, scope: SourceScope): Ticket<SourceAnswer> {
    let batcher = this.#batchers.get(scope.id);
    if (batcher === undefined) {
      batcher = this.#batcherOf(scope);
      this.#batchers.set(scope.id, batcher);
    }
    return batcher.ask(text, null);
  }

  #batcherOf(scope: SourceScope): Batcher<SourceAnswer, RecordFields> {
    const batcher: Batcher<SourceAnswer, RecordFields> = new Batcher({
      maxBatch: 1,
      semaphore: this.#semaphore,
      needs: RECORD_FIELDS,
      deadlines: this.#services.deadlines,
      joinCalls: true,
      call: (keys, fields, cancellation): Promise<(SourceAnswer | Error)[]> => this.#calls.run({ keys, fields, scope, cancellation }),
      giveUp: (text, why) => this.#adapterCalls.giveUp(text, why, 'searches'),
      onIdle: () => {
        if (this.#batchers.get(scope.id) === batcher) this.#batchers.delete(scope.id);
      },
    });
    return batcher;
  }
}

/** What an error of a back end may quote of a text that was searched for: the text, its words, and its digits as one number. */
function quotableIn(text: string): string[] {
  return [text, ...text.split(/\s+/), text.replace(/\D/g, '').replace(/^0+/, '')];
}

/** The found keys in the answer of a search. */
export function foundKeys({ record }: SourceAnswer): readonly string[] {
  return (record as { readonly keys: readonly string[] }).keys;
}

/** Searches in the shape of reads: the text is the key, and the record holds the keys that were found. */
function searchesAsReads(adapter: DataAdapter, keyBytes: number): DataAdapter {
  return {
    ...adapter,
    many: false,
    selectsFields: false,
    load: async ([text = ''], { args, headers, signal, maxAnswerBytes }): Promise<readonly DataRecord[]> => {
      const first = Number(args.first);
      const found = await adapter.search?.(text, { first, headers, signal, maxAnswerBytes });
      return [{ keys: checkFound(found, first, keyBytes) }];
    },
  };
}
