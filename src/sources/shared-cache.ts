import { createHmac } from 'node:crypto';
import type { SharedState } from '../model/shared-state.ts';
import { RedisLink } from '../redis/redis-link.ts';
import { seal, unseal } from '../redis/sealed.ts';
import type { AnswerCache, CachedAnswer } from './answer-cache.ts';
import { MemoryCache } from './memory-cache.ts';

/** Milliseconds. A slower cache would be slower than many back ends. */
const PATIENCE = 100;
/** Milliseconds beyond a call's time-out for which no answer of an invalidated key is kept. Calls that began before, in any process, have ended by then. */
const MARGIN = 1_000;

/** Keeps an answer unless its key was invalidated a moment ago: the answer may have been read before. */
const KEEP = `if redis.call('exists', KEYS[2]) == 1 then return 0 end
redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[3])
return 1`;

/** Answers of a source that this process keeps while Redis is lost, where its policy doesn't say. */
const MAX_ENTRIES = 1_000;

export interface SharedCacheOptions {
  /** Of 32 bytes. */
  readonly key: Uint8Array;
  /** Receives the error where Redis is there and the cache could not be used. */
  readonly onError: (error: unknown) => void;
  /** Called when Redis is lost. */
  readonly onLost?: (error: unknown) => void;
  /** Called when Redis is there, the first time and whenever it is back. */
  readonly onUp?: () => void;
  /** Milliseconds after which a command fails. */
  readonly patience?: number;
}

/**
 * Keeps answers in Redis, for all replicas. Keys are keyed hashes and values are encrypted (AES-256-GCM), so Redis learns no
 * identifier and no personal data, and a value that was moved to another key can't be opened there. While Redis is lost, this process
 * keeps answers for itself, and drops them when it is back: other replicas may have invalidated them.
 */
export class SharedCache implements SharedState {
  readonly #link: RedisLink;
  readonly #key: Uint8Array;
  readonly #onError: (error: unknown) => void;
  readonly #memories: MemoryCache[] = [];

  constructor(url: string, { key, onError, onLost, onUp, patience = PATIENCE }: SharedCacheOptions) {
    this.#key = key;
    this.#onError = onError;
    const returned = () => {
      for (const memory of this.#memories) memory.clear();
      onUp?.();
    };
    this.#link = new RedisLink(url, { patience, onUp: returned, ...(onLost && { onLost }) });
  }

  isUp(): boolean {
    return this.#link.isUp();
  }

  get downSince(): Date | null {
    return this.#link.downSince;
  }

  /**
   * The cache of one source.
   * @param lifetime of an answer, @param timeout of a call; both in milliseconds.
   * @param maxEntries that this process keeps while Redis is lost.
   */
  of(source: string, lifetime: number, timeout: number, maxEntries = MAX_ENTRIES): AnswerCache {
    const memory = new MemoryCache(maxEntries, lifetime);
    this.#memories.push(memory);
    const find = async (key: string, scope: string): Promise<CachedAnswer | null> => {
      const name = this.#nameOf(source, key);
      const field = this.#hash(scope);
      try {
        const value = await this.#link.run((redis) => redis.hgetBuffer(name, field));
        return value ? this.#open(value, name + field) : null;
      } catch (error) {
        if (this.isUp()) this.#onError(error);
        return memory.get(key, scope);
      }
    };
    const keep = async (key: string, scope: string, answer: CachedAnswer): Promise<void> => {
      const name = this.#nameOf(source, key);
      const field = this.#hash(scope);
      const value = seal(answer, this.#key, name + field);
      try {
        await this.#link.run((redis) => redis.eval(KEEP, 2, name, tombstoneOf(name), field, value, Math.max(1, Math.ceil(lifetime))));
      } catch (error) {
        if (this.isUp()) this.#onError(error);
        else memory.set(key, scope, answer);
      }
    };
    return {
      get: (key, scope) => (this.isUp() ? find(key, scope) : memory.get(key, scope)),
      set: (key, scope, answer) => (this.isUp() ? keep(key, scope, answer) : memory.set(key, scope, answer)),
      invalidate: async (key) => {
        await memory.invalidate(key);
        const name = this.#nameOf(source, key);
        await this.#link.run(async (redis) => {
          // In this order: an answer kept between the two is deleted.
          await redis.set(tombstoneOf(name), '', 'PX', timeout + MARGIN);
          await redis.del(name);
        });
      },
    };
  }

  close(): Promise<void> {
    return this.#link.close();
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
