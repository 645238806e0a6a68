import type { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisLink } from './redis-link.ts';

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
  readonly #link: RedisLink;
  readonly #limiter: RateLimiterRedis;

  /** @param prefix of the keys in Redis. The library is loaded only here, because most gateways do not count in Redis. */
  static async open(link: RedisLink, prefix: string, { count, seconds }: Window): Promise<SharedCounter> {
    const { RateLimiterRedis } = await import('rate-limiter-flexible');
    const options = { storeClient: await link.opened, keyPrefix: prefix, points: count, duration: seconds, rejectIfRedisNotReady: true };
    return new SharedCounter(link, new RateLimiterRedis(options));
  }

  private constructor(link: RedisLink, limiter: RateLimiterRedis) {
    this.#link = link;
    this.#limiter = limiter;
  }

  /** False while Redis is lost: then `count` fails at once. */
  isUp(): boolean {
    return this.#link.isUp();
  }

  /**
   * Counts one under a key.
   * @returns milliseconds until the window ends, when it has more than it may have; 0 otherwise.
   * @throws Error when Redis does not count.
   */
  async count(key: string): Promise<number> {
    try {
      await this.#link.run(() => this.#limiter.consume(key));
      return 0;
    } catch (refused) {
      // The library rejects with its result, which is no error, when there are too many.
      if (refused instanceof Error) throw refused;
      return Math.max(1, (refused as RateLimiterRes).msBeforeNext);
    }
  }
}
