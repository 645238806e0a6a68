import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../../model/errors.ts';
import { isOutage, isTransient } from './errors.ts';

/** Milliseconds for which something is repeated before its caller gets an error. */
const REPEATED_FOR = 10_000;

/** Milliseconds before the first repetition, and the longest pause. The pause doubles each time, and is jittered. */
const PAUSE = { first: 5, longest: 500 };

/** Seconds after which a client should try again. */
const RETRY_AFTER = 1;

/** What a client gets when the database can't be reached, or could not do something in time. Its `cause` is for the log. */
export class StoreUnavailable extends GatewayError {
  constructor(cause: unknown) {
    const message = isOutage(cause)
      ? 'The store cannot be reached: try again later.'
      : 'The store has more work than it can take: try again later.';
    super('OVERLOADED', message, { retryAfter: RETRY_AFTER }, { cause });
    this.name = 'StoreUnavailable';
  }
}

export interface RepeatOptions {
  /** Milliseconds. Default: `REPEATED_FOR`. */
  readonly within?: number;
  /** Gets a line when an outage begins, and one when it is over: not one for each call. */
  readonly report?: (message: string) => void;
}

/**
 * Repeats what fails with something that goes away: conflicts with other transactions, lost connections, a server that starts or
 * was replaced. Once the database was unreachable for `within`, calls fail after one attempt until it answers again: requests
 * that wait would pile up.
 */
export class Repeats {
  readonly #within: number;
  readonly #report: (message: string) => void;
  /** By `performance.now()`: since when no attempt reached the database; null while it is reached. */
  #outageSince: number | null = null;
  #isReported = false;
  #isOver = false;

  constructor({ within = REPEATED_FOR, report = () => {} }: RepeatOptions = {}) {
    this.#within = within;
    this.#report = report;
  }

  /**
   * @param attempt is repeated as a whole, so it must be safe to repeat after it succeeded without anybody hearing of it.
   * @throws StoreUnavailable when the time is over; what `attempt` throws and `isTransient` does not know, at once.
   */
  async run<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const began = performance.now();
    for (let pause = PAUSE.first; ; pause = Math.min(pause * 2, PAUSE.longest)) {
      try {
        const result = await attempt();
        this.#reached();
        return result;
      } catch (error) {
        if (!isTransient(error)) throw error;
        this.#failed(error);
        if (this.#isOver || performance.now() - began + pause > this.#within || this.#isReported) throw this.#unavailable(error);
        await sleep(pause * (0.5 + Math.random() / 2));
      }
    }
  }

  /** From now on nothing is repeated. */
  stop(): void {
    this.#isOver = true;
  }

  #reached(): void {
    if (this.#isReported) this.#report('the store can be reached again');
    this.#isReported = false;
    this.#outageSince = null;
  }

  #failed(error: unknown): void {
    if (!isOutage(error)) return;
    this.#outageSince ??= performance.now();
    if (this.#isReported || performance.now() - this.#outageSince < this.#within) return;
    this.#isReported = true;
    this.#report(`the store cannot be reached: ${reasonOf(error)}`);
  }

  #unavailable(error: unknown): StoreUnavailable {
    return new StoreUnavailable(error);
  }
}

/** @returns why a connection could not be made or was lost; holds no password. */
export function reasonOf(error: unknown): string {
  const { cause } = error as Error;
  return cause instanceof Error ? reasonOf(cause) : error instanceof Error ? error.message || error.name : String(error);
}
