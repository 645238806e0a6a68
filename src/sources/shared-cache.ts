import { createHmac } from 'node:crypto';
import type { Redis } from 'ioredis';
import { connectRedis } from '../redis/connection.ts';
import { seal, unseal } from '../redis/sealed.ts';
import type { AnswerCache, CachedAnswer } from './answer-cache.ts';

/** Milliseconds. A slower cache would be slower than many back ends. */
const PATIENCE = 100;
/** Milliseconds beyond a call's time-out for which no answer of an invalidated key is kept. Calls that began before, in any process, have ended by then. */
const MARGIN = 1_000;

/** Keeps an answer unless its key was invalidated a moment ago: the answer may have been read before. */
const KEEP = `if redis.call('exists', KEYS[2]) == 1 then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[3])
return 1`;

/**
 * Keeps answers in Redis, for all replicas. Keys are keyed hashes and values are encrypted (AES-256-GCM), so Redis learns no
 * identifier and no personal data, and a value that was moved to another key can't be opened there.
 */
export class SharedCache {
  readonly #redis: Promise<Redis>;
  readonly #key: Uint8Array;
  readonly #onError: (error: unknown) => void;

  /**
   * @param key of 32 bytes.
   * @param onError receives the error where the cache could not be used.
   * @param patience milliseconds after which a command fails.
   */
  constructor(url: string, key: Uint8Array, onError: (error: unknown) => void, patience = PATIENCE) {
    this.#key = key;
    this.#onError = onError;
    // The commands of one turn of the event loop are one pipeline. While Redis is gone no commands are queued.
    this.#redis = connectRedis(url, { enableAutoPipelining: true, enableOfflineQueue: false, commandTimeout: patience });
  }

  /** The cache of one source. @param lifetime of an answer, @param timeout of a call; both in milliseconds. */
  of(source: string, lifetime: number, timeout: number): AnswerCache {
    return {
      get: async (key, scope) => {
        const name = this.#nameOf(source, key);
        const field = this.#hash(scope);
        const value = await this.#attempt(async (redis) => redis.hgetBuffer(name, field));
        return value ? this.#open(value, name + field) : null;
      },
      set: async (key, scope, answer) => {
        const name = this.#nameOf(source, key);
        const field = this.#hash(scope);
        await this.#attempt(async (redis) => {
          const value = seal(answer, this.#key, name + field);
          await redis.eval(KEEP, 2, name, tombstoneOf(name), field, value, Math.max(1, Math.ceil(lifetime)));
        });
      },
      invalidate: async (key) => {
        const name = this.#nameOf(source, key);
        const redis = await this.#redis;
        // In this order: an answer kept between the two is deleted.
        await redis.set(tombstoneOf(name), '', 'PX', timeout + MARGIN);
        await redis.del(name);
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

  /** The braces make a cluster keep a key and its tombstone on one node. */
  #nameOf(source: string, key: string): string {
    return `customer-profile-gateway:{${this.#hash(`${source}\n${key}`)}}`;
  }

  #hash(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }

  #open(value: Buffer, path: string): CachedAnswer | null {
    try {
      return unseal(value, this.#key, path) as CachedAnswer;
    } catch (error) {
      this.#onError(error);
      return null;
    }
  }
}

function tombstoneOf(name: string): string {
  return `${name}:invalidated`;
}
