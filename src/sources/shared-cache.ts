import { createHmac } from 'node:crypto';
import type { Redis } from 'ioredis';
import { connectRedis } from '../redis/connection.ts';
import { seal, unseal } from '../redis/sealed.ts';
import type { AnswerCache, CachedAnswer } from './answer-cache.ts';

/** Milliseconds. A cache that is slower than this is slower than many a back end. */
const PATIENCE = 100;
/** Milliseconds for which nothing of an invalidated key is kept beyond a call's time-out: such a call is over by then, wherever it runs. */
const MARGIN = 1_000;

/** Keeps an answer unless its key was invalidated a moment ago: a call that began before would bring the old one. */
const KEEP = `if redis.call('exists', KEYS[2]) == 1 then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[3])
return 1`;

/**
 * Answers in Redis, for all replicas. Its keys are keyed hashes and its values are encrypted (AES-256-GCM), so
 * Redis learns no identifier and no personal data, and a value that was moved to another key is no answer there.
 */
export class SharedCache {
  readonly #redis: Promise<Redis>;
  readonly #key: Uint8Array;
  readonly #onError: (error: unknown) => void;

  /**
   * @param key of 32 bytes.
   * @param onError hears why the cache was as good as empty.
   */
  constructor(url: string, key: Uint8Array, onError: (error: unknown) => void) {
    this.#key = key;
    this.#onError = onError;
    // What one turn of the event loop asks for goes as one pipeline. While Redis is gone nothing queues up for it.
    this.#redis = connectRedis(url, { enableAutoPipelining: true, enableOfflineQueue: false, commandTimeout: PATIENCE });
  }

  /** The part of one source. @param lifetime of an answer, @param timeout of a call; both in milliseconds. */
  of(source: string, lifetime: number, timeout: number): AnswerCache {
    return {
      get: async (key, scope) => {
        const place = this.#placeOf(source, key);
        const field = this.#hash(scope);
        const value = await this.#attempt(async (redis) => redis.hgetBuffer(place, field));
        return value ? this.#open(value, place + field) : null;
      },
      set: async (key, scope, answer) => {
        const place = this.#placeOf(source, key);
        const field = this.#hash(scope);
        await this.#attempt(async (redis) => {
          const value = seal(answer, this.#key, place + field);
          await redis.eval(KEEP, 2, place, tombstoneOf(place), field, value, Math.max(1, Math.ceil(lifetime)));
        });
      },
      invalidate: async (key) => {
        const place = this.#placeOf(source, key);
        const redis = await this.#redis;
        // In this order: an answer kept between the two is deleted.
        await redis.set(tombstoneOf(place), '', 'PX', timeout + MARGIN);
        await redis.del(place);
      },
    };
  }

  async close(): Promise<void> {
    (await this.#redis).disconnect();
  }

  async #attempt<T>(command: (redis: Redis) => Promise<T>): Promise<T | null> {
    try {
      return await command(await this.#redis);
    } catch (error) {
      this.#onError(error);
      return null;
    }
  }

  /** In braces, so that a cluster keeps a key and its tombstone together. */
  #placeOf(source: string, key: string): string {
    return `customer-profile-gateway:{${this.#hash(`${source}\n${key}`)}}`;
  }

  #hash(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }

  #open(value: Buffer, place: string): CachedAnswer | null {
    try {
      return unseal(value, this.#key, place) as CachedAnswer;
    } catch (error) {
      this.#onError(error);
      return null;
    }
  }
}

function tombstoneOf(place: string): string {
  return `${place}:invalidated`;
}
