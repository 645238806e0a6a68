import type { BreakerPolicy } from '../adapters/source-policy.ts';

/** How an attempt went, as far as the back end's health is concerned; `unknown` where nobody waited for its end. */
export type Health = 'well' | 'failed' | 'unknown';

/**
 * Spares a back end that is down, and those who would wait for it. Closed, every call goes through. After `errors`
 * failed attempts `within` a time it is open, and none does. After `halfOpenAfter` one call is let through, the
 * probe: it closes the circuit or opens it again (M. Nygard, "Release It!", 2nd ed., chapter 5).
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

  /** Whether a call may go out. One that does must be followed by `report`. */
  allows(): boolean {
    if (this.#openedAt === null) return true;
    if (this.#isProbing || this.#now() - this.#openedAt < this.#policy.halfOpenAfter) return false;
    this.#isProbing = true;
    return true;
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
      // Only the probe's failure says something new; calls that went out before the circuit opened come back late.
      if (wasProbing) this.#openedAt = now;
      return;
    }
    this.#failures = [...this.#failures, now].filter((at) => now - at <= this.#policy.within).slice(-this.#policy.errors);
    if (this.#failures.length >= this.#policy.errors) this.#openedAt = now;
  }
}
