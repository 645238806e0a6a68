import type { Redis } from 'ioredis';

/** Milliseconds between two questions to Redis. */
const EVERY = 5_000;
/** Milliseconds after which a connection without an answer counts as lost. */
const PATIENCE = 10_000;

/**
 * Watches the connection of a subscriber, which receives nothing while nothing is published. A connection that a firewall dropped
 * without a word looks like that, so Redis is asked now and then, and a connection that does not answer is made anew.
 */
export class Heartbeat {
  readonly #redis: Redis;
  /** Milliseconds: when the connection last was well. */
  #wellAt = Date.now();
  /** Milliseconds: when it last was well before it was lost; null while it is not. */
  #lostAt: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #onChange: (isThere: boolean) => void;

  /** @param onChange called when the connection is lost, and when it is back. */
  constructor(redis: Redis, onChange: (isThere: boolean) => void) {
    this.#redis = redis;
    this.#onChange = onChange;
  }

  /** When the connection last was well before it was lost; null while it is not lost. */
  get lostAt(): Date | null {
    return this.#lostAt === null ? null : new Date(this.#lostAt);
  }

  /** Something was received. */
  received(): void {
    if (this.#lostAt === null) this.#wellAt = Date.now();
  }

  /**
   * @param resume called when a lost connection is back, with the time (milliseconds) when it last was well. Resolves to false where
   * it was lost again meanwhile.
   */
  begin(resume: (lostAt: number) => Promise<boolean>): void {
    this.#wellAt = Date.now();
    this.#redis.on('close', () => {
      if (this.#lostAt !== null) return;
      this.#lostAt = this.#wellAt;
      this.#onChange(false);
    });
    this.#redis.on('ready', () => void this.#resume(resume));
    this.#timer = setInterval(() => this.#ask(), EVERY);
    this.#timer.unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async #resume(resume: (lostAt: number) => Promise<boolean>): Promise<void> {
    const lostAt = this.#lostAt;
    if (lostAt === null || !(await resume(lostAt)) || this.#redis.status !== 'ready') return;
    this.#lostAt = null;
    this.received();
    this.#onChange(true);
  }

  #ask(): void {
    if (this.#lostAt !== null) return;
    if (Date.now() - this.#wellAt > PATIENCE) this.#redis.disconnect(true);
    else
      this.#redis.ping().then(
        () => this.received(),
        () => {},
      );
  }
}
