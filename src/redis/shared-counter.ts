import type { Redis } from 'ioredis';
import type { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** How many may be counted in a window. */
export interface Window {
  readonly count: number;
  readonly seconds: number;
}

/**
 * Counts in Redis, for all replicas, by the library `rate-limiter-flexible`: one script of Redis adds one and reads how long
 * the window still lasts. A window begins with the first that is counted in it, by the clock of Redis.
 */
export class SharedCounter {
  readonly #limiter: RateLimiterRedis;

  /** @param prefix of the keys in Redis. The library is loaded only here, because most gateways do not count in Redis. */
  static async open(redis: Redis, prefix: string, { count, seconds }: Window): Promise<SharedCounter> {
    const { RateLimiterRedis } = await import('rate-limiter-flexible');
    const options = { storeClient: redis, keyPrefix: prefix, points: count, duration: seconds, rejectIfRedisNotReady: true };
    return new SharedCounter(new RateLimiterRedis(options));
  }

  private constructor(limiter: RateLimiterRedis) {
    this.#limiter = limiter;
  }

  /**
   * Counts one under a key.
   * @returns milliseconds until the window ends, when it has more than it may have; 0 otherwise.
   * @throws Error when Redis does not count.
   */
  async count(key: string): Promise<number> {
    try {
      await this.#limiter.consume(key);
      return 0;
    } catch (refused) {
      // The library rejects with its result, which is no error, when there are too many.
      if (refused instanceof Error) throw refused;
      return Math.max(1, (refused as RateLimiterRes).msBeforeNext);
    }
  }
}
