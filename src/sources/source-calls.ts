import { setTimeout as pause } from 'node:timers/promises';
import { AdapterFailure } from '../adapters/adapter-failure.ts';
import type { Policy } from '../adapters/source-policy.ts';
import { NOBODY_WAITS } from '../batching/batcher.ts';
import type { Semaphore } from '../batching/semaphore.ts';
import { SourceError } from '../model/errors.ts';
import { type AdapterCalls, type Call, type CallResult, type Outcome, speaksAgainst } from './adapter-calls.ts';
import { callInPieces } from './call-in-pieces.ts';
import { CircuitBreaker, type Health } from './circuit-breaker.ts';
import { RetryBudget } from './repeats.ts';
import type { SourceAnswer } from './source-answer.ts';

/** Milliseconds. The pause is random between 0 and this, so that callers spread out ("full jitter"); doubled at every further attempt. */
const LONGEST_PAUSE = 50;

export interface SourceCallsOptions {
  readonly policy: Policy;
  /** Limits the source's calls at the same time. */
  readonly semaphore: Semaphore;
  readonly now: () => Date;
}

/** Calls one adapter as its policy says: circuit breaker, repeated attempts, hedged second calls. */
export class SourceCalls {
  readonly #calls: AdapterCalls;
  readonly #policy: Policy;
  readonly #semaphore: Semaphore;
  readonly #breaker: CircuitBreaker | null;
  readonly #budget = new RetryBudget();

  constructor(calls: AdapterCalls, { policy, semaphore, now }: SourceCallsOptions) {
    this.#calls = calls;
    this.#policy = policy;
    this.#semaphore = semaphore;
    this.#breaker = policy.breaker === false ? null : new CircuitBreaker(policy.breaker, () => now().getTime());
  }

  /** Never rejects: a failure is a `SourceError` at its key. Settles when it is cancelled, whatever the adapter does then. */
  run(call: Call): Promise<Outcome> {
    return this.#attempt(call).then((outcome) => {
      this.#budget.deposit();
      return outcome.some(isWorthAnotherTry) ? this.#retry(outcome, call) : outcome;
    });
  }

  /** Retries the failed keys and writes their results over the failures. */
  async #retry(outcome: Outcome, call: Call): Promise<Outcome> {
    const { keys, cancellation } = call;
    for (let attempt = 1; attempt <= this.#policy.retries; attempt++) {
      const again = [...keys.keys()].filter((index) => isWorthAnotherTry(outcome[index] as SourceAnswer | SourceError));
      if (again.length === 0 || cancellation.isCancelled || !this.#budget.tryTake()) return outcome;
      const longest = LONGEST_PAUSE * 2 ** (attempt - 1);
      await pause(Math.random() * longest, undefined, { signal: cancellation.signal }).catch(() => {});
      if (cancellation.isCancelled) return outcome;
      this.#calls.observer.onRepeat?.(this.#calls.name, 'retry');
      const retried = await this.#attempt({ ...call, keys: again.map((index) => keys[index] as string) });
      for (const [position, index] of again.entries()) outcome[index] = retried[position] as SourceAnswer | SourceError;
    }
    return outcome;
  }

  #attempt(call: Call): Promise<Outcome> {
    if (this.#breaker?.allows() === false) {
      const error = new AdapterFailure('SOURCE_UNAVAILABLE', 'not called for a while, after too many failures', undefined, {
        refused: true,
      });
      // Not reported: no call was made, and the log has the failures that opened the circuit.
      const refusal = this.#calls.error('SOURCE_UNAVAILABLE', error, undefined, Math.ceil(this.#breaker.waitsFor / 1_000));
      return Promise.resolve(call.keys.map(() => refusal));
    }
    const patience = this.#policy.hedge ? this.#calls.latencies.p95() : null;
    const called = patience === null ? this.#load(call) : this.#hedged(patience, call);
    return called.then(({ outcome, health }) => {
      this.#report(health);
      return outcome;
    });
  }

  #report(health: Health): void {
    if (this.#breaker === null) return;
    const wasOpen = this.#breaker.isOpen;
    this.#breaker.report(health);
    if (this.#breaker.isOpen !== wasOpen) this.#calls.observer.onBreaker?.(this.#calls.name, this.#breaker.isOpen);
  }

  /** One call, and a second one when the first takes longer than most do. @param patience in milliseconds. */
  async #hedged(patience: number, call: Call): Promise<CallResult> {
    const either = { ...call, cancellation: call.cancellation.child() };
    const first = this.#load(either);
    const waited = pause(patience, null, { signal: either.cancellation.signal }).catch(() => null);
    try {
      const early = await Promise.race([first, waited]);
      if (early !== null || call.cancellation.isCancelled || !this.#mayHedge()) return await first;
      this.#calls.observer.onRepeat?.(this.#calls.name, 'hedge');
      const second = this.#load(either).finally(() => this.#semaphore.release());
      return await Promise.any([first, second].map(wellOrRejected)).catch(() => first);
    } finally {
      either.cancellation.cancel(NOBODY_WAITS);
    }
  }

  #mayHedge(): boolean {
    if (!this.#semaphore.tryAcquire()) return false;
    if (this.#budget.tryTake()) return true;
    this.#semaphore.release();
    return false;
  }

  /** Never rejects. A call that is too large with so many keys becomes several; to the breaker they are one. */
  #load(call: Call): Promise<CallResult> {
    return this.#calls.load(call).then((result) => {
      if (result.tooLarge === undefined) return result;
      return callInPieces(call.keys, result.tooLarge, {
        call: (keys) => this.#calls.load({ ...call, keys }),
        semaphore: this.#semaphore,
        isOver: () => call.cancellation.isCancelled,
        giveUp: () => this.#calls.error('SOURCE_TIMEOUT', call.cancellation.reason),
      });
    });
  }
}

/** Of two calls the one that fails must not win by being quick. */
async function wellOrRejected(call: Promise<CallResult>): Promise<CallResult> {
  const result = await call;
  if (result.health !== 'well') throw result;
  return result;
}

function isWorthAnotherTry(answer: SourceAnswer | SourceError): boolean {
  return answer instanceof SourceError && answer.code === 'SOURCE_UNAVAILABLE' && speaksAgainst(answer);
}
