import type { BreakerPolicy } from '../adapters/source-policy.ts';

/** What an attempt shows of the back end's health; `unknown` where it was cancelled before its end. */
export type Health = 'well' | 'failed' | 'unknown';

/**
 * Stops calls to a back end that is down. While the circuit is closed, every call goes out. After `errors` failed attempts
 * `within` a time it opens, and no call does. After `halfOpenAfter` one call may go out, the probe: it closes the circuit or
 * opens it again (M. Nygard, "Release It!", 2nd ed., chapter 5).
 */
export class CircuitBreaker {
  readonly #policy: BreakerPolicy;
  readonly #now: () => number;
  /** When the latest attempts failed, oldest first. */
  #failures: number[] = [];
  #openedAt: number | null = null;
  #isProbing = false;

  /** @param now milliseconds. */
  constructor(policy: BreakerPolicy, now: () => number) {
    this.#policy = policy;
    this.#now = now;
  }

  /** Whether a call may go out. `report` must be called after it. */
  allows(): boolean {
    if (this.#openedAt === null) return true;
    if (this.#isProbing || this.#now() - this.#openedAt < this.#policy.halfOpenAfter) return false;
    this.#isProbing = true;
    return true;
  }

  /** Milliseconds until a call may go out, at least 1: while the probe is out, nobody knows. */
  get waitsFor(): number {
    return this.#openedAt === null ? 0 : Math.max(1, this.#openedAt + this.#policy.halfOpenAfter - this.#now());
  }

  get isOpen(): boolean {
    return this.#openedAt !== null;
  }

  report(health: Health): void {
    const wasProbing = this.#isProbing;
    this.#isProbing = false;
    if (health === 'well' && wasProbing) {
      this.#openedAt = null;
      this.#failures = [];
    }
    if (health !== 'failed') return;
    const now = this.#now();
    if (this.#openedAt !== null) {
      // Calls that went out before the circuit opened may fail late; only the probe's failure counts.
      if (wasProbing) this.#openedAt = now;
      return;
    }
    this.#failures = [...this.#failures, now].filter((at) => now - at <= this.#policy.within).slice(-this.#policy.errors);
    if (this.#failures.length >= this.#policy.errors) this.#openedAt = now;
  }
}
