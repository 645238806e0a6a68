import { LRUCache } from 'lru-cache';
import { entries } from '../../batching/entries.ts';
import type { Rate } from '../../model/rate.ts';
import type { SharedCounter } from '../../redis/shared-counter.ts';

/**
 * Windows that one process keeps of one rate. Without a bound, a stranger who sends another identifier each time would fill
 * the memory. Beyond it, those that were not asked for longest begin anew. 100,000 take about 20 MB.
 */
const MAX_WINDOWS = 100_000;

/** Counts requests in windows. A window begins with its first request, and the next one begins after its end. */
export interface RateCounter {
  /** Counts one request under a key. @returns milliseconds until the window ends, when it has too many; 0 otherwise. */
  count(key: string): number | Promise<number>;
}

interface Window {
  readonly endsAt: number;
  count: number;
}

/** Counts in this process. */
export class LocalCounter implements RateCounter {
  readonly #rate: Rate;
  readonly #time: () => number;
  readonly #windows: LRUCache<string, Window>;

  /** @param time returns milliseconds. */
  constructor(rate: Rate, time: () => number, maxWindows = MAX_WINDOWS) {
    this.#rate = rate;
    this.#time = time;
    this.#windows = new LRUCache(entries(maxWindows));
  }

  count(key: string): number {
    const now = this.#time();
    const window = this.#windows.get(key);
    if (window === undefined || now >= window.endsAt) {
      this.#windows.set(key, { endsAt: now + this.#rate.seconds * 1_000, count: 1 });
      return 0;
    }
    return ++window.count > this.#rate.count ? window.endsAt - now : 0;
  }
}

export interface InsuredCounterOptions {
  readonly shared: Pick<SharedCounter, 'count' | 'isUp'>;
  readonly local: LocalCounter;
  /** Receives the error when Redis could not be asked. */
  readonly onLost: (error: unknown) => void;
}

/**
 * Counts in Redis, and in this process while Redis is lost: then each replica allows the whole rate. What each of the two has counted
 * is unknown to the other.
 */
export class InsuredCounter implements RateCounter {
  readonly #options: InsuredCounterOptions;

  constructor(options: InsuredCounterOptions) {
    this.#options = options;
  }

  count(key: string): number | Promise<number> {
    const { shared, local, onLost } = this.#options;
    if (!shared.isUp()) return local.count(key);
    return shared.count(key).catch((error) => {
      onLost(error);
      return local.count(key);
    });
  }
}
