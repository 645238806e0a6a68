import type { Redis } from 'ioredis';
import { connectRedis } from './connection.ts';

/** Milliseconds between two attempts to find out whether a lost Redis is back. */
const PROBE_EVERY = 500;
/** Milliseconds after which a connection is made anew that was written to and sends nothing: a firewall may have dropped it. */
export const SILENCE = 5_000;

export interface RedisLinkOptions {
  /** Milliseconds after which a command has failed, and Redis counts as lost. */
  readonly patience: number;
  /** Called once when Redis is lost, with the reason. */
  readonly onLost?: (error: unknown) => void;
  /** Called when Redis is there: the first time, and whenever it is back. */
  readonly onUp?: () => void;
}

/**
 * A connection to the Redis that replicas share. Redis is lost with the first command that is not answered in time, and with the
 * connection. From then on every command fails at once, so no request waits for it, until a question in the background is answered.
 */
export class RedisLink {
  /** Resolves as soon as the driver is loaded. */
  readonly opened: Promise<Redis>;
  readonly #options: RedisLinkOptions;
  #redis: Redis | null = null;
  #isUp = false;
  #isReported = false;
  #isProbing = false;
  #isClosed = false;
  #downSince: Date | null = new Date();
  #timer: NodeJS.Timeout | undefined;

  constructor(url: string, options: RedisLinkOptions) {
    this.#options = options;
    // The commands of one turn of the event loop are one pipeline. While Redis is gone no commands are queued.
    this.opened = connectRedis(url, {
      ...{ enableAutoPipelining: true, enableOfflineQueue: false },
      ...{ commandTimeout: options.patience, socketTimeout: SILENCE, connectTimeout: SILENCE },
    });
    this.opened.then(
      (redis) => this.#watch(redis),
      (error) => this.#lose(error),
    );
  }

  /** `isUp` and `downSince` are those of `SharedState` (model/shared-state.ts). */
  isUp(): boolean {
    return this.#isUp;
  }

  get downSince(): Date | null {
    return this.#downSince;
  }

  /** Runs commands. @throws Error at once while Redis is lost, and when it does not answer in time. */
  async run<Result>(command: (redis: Redis) => Promise<Result>): Promise<Result> {
    if (!this.#isUp || this.#redis === null) throw new Error('Redis cannot be reached');
    try {
      return await command(this.#redis);
    } catch (error) {
      // An answer of Redis is none of its losses, for example that its memory is full.
      if (error instanceof Error && error.name !== 'ReplyError') this.#lose(error);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    (await this.opened).disconnect();
  }

  #watch(redis: Redis): void {
    this.#redis = redis;
    redis.on('ready', () => void this.#probe());
    redis.on('error', (error) => this.#lose(error));
    redis.on('close', () => this.#lose(new Error('the connection to Redis was lost')));
  }

  #lose(error: unknown): void {
    if (this.#isClosed) return;
    this.#isUp = false;
    this.#downSince ??= new Date();
    if (!this.#isReported) {
      this.#isReported = true;
      this.#options.onLost?.(error);
    }
    // At once: perhaps this process was only busy for longer than Redis may take.
    void this.#probe();
  }

  async #probe(): Promise<void> {
    if (this.#isProbing || this.#isUp || this.#isClosed) return;
    this.#isProbing = true;
    clearTimeout(this.#timer);
    const isThere = await this.#answers();
    this.#isProbing = false;
    if (this.#isClosed) return;
    if (isThere) this.#rise();
    else this.#timer = setTimeout(() => void this.#probe(), PROBE_EVERY).unref();
  }

  async #answers(): Promise<boolean> {
    const redis = this.#redis;
    if (redis === null || redis.status !== 'ready') return false;
    return redis.ping().then(
      () => redis.status === 'ready',
      () => false,
    );
  }

  #rise(): void {
    this.#isUp = true;
    this.#isReported = false;
    this.#downSince = null;
    this.#options.onUp?.();
  }
}
