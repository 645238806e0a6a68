import { setTimeout as pause } from 'node:timers/promises';
import { AdapterFailure, UnsentKey } from '../adapters/adapter-failure.ts';
import type { DataAdapter, KeyNormalizer, LoadContext } from '../adapters/data-adapter.ts';
import { rejectWhenAborted } from '../adapters/reject-when-aborted.ts';
import { NOBODY_WAITS } from '../batching/batcher.ts';
import type { Cancellation } from '../batching/cancellation.ts';
import type { Slots } from '../batching/slots.ts';
import { SourceError, type SourceErrorCode } from '../model/errors.ts';
import { codeOf, explain } from './call-failure.ts';
import { callInPieces, type PieceResult } from './call-in-pieces.ts';
import { checkAnswers, type SourceRecord } from './check-answers.ts';
import { CircuitBreaker, type Health } from './circuit-breaker.ts';
import { Latencies } from './latencies.ts';
import type { RecordFields } from './record-fields.ts';
import { RetryBudget } from './retry-budget.ts';
import type { SourceObserver } from './source-observer.ts';

/** What a source knows of one key. */
export interface FetchedRecord {
  readonly record: SourceRecord;
  readonly fetchedAt: Date;
}

/** What a source knows of one key, and how that came about. */
export interface SourceAnswer extends FetchedRecord {
  /** Out of the cache, after its time. */
  readonly isStale: boolean;
  /** Why a stale answer was given, where the source failed. */
  readonly errorCode: SourceErrorCode | null;
}

/** What a call is made with, beside its keys. */
export interface CallScope {
  readonly args: Readonly<Record<string, unknown>>;
  /** Only those that the adapter forwards. */
  readonly headers: Readonly<Record<string, string>>;
  readonly normalizeKey?: KeyNormalizer | undefined;
}

type Outcome = (SourceAnswer | SourceError)[];

type CallResult = PieceResult<SourceAnswer>;

/** Milliseconds; doubled at every further attempt, and drawn between 0 and this, so that callers spread out ("full jitter"). */
const LONGEST_PAUSE = 50;

export interface SourceCallsOptions {
  readonly slots: Slots;
  readonly observer: SourceObserver;
  readonly now: () => Date;
}

/** Calls one adapter as its policy says: circuit breaker, repeated attempts, hedged second calls. */
export class SourceCalls {
  readonly #name: string;
  readonly #adapter: DataAdapter;
  readonly #options: SourceCallsOptions;
  readonly #breaker: CircuitBreaker | null;
  readonly #budget = new RetryBudget();
  readonly #latencies = new Latencies();

  constructor(name: string, adapter: DataAdapter, options: SourceCallsOptions) {
    this.#name = name;
    this.#adapter = adapter;
    this.#options = options;
    this.#breaker = adapter.breaker === false ? null : new CircuitBreaker(adapter.breaker, () => options.now().getTime());
  }

  /**
   * One entry per key, in their order. Never rejects: a failure is a `SourceError` at its key. Settles when it is
   * cancelled, whatever the adapter does then.
   */
  run(keys: readonly string[], fields: RecordFields, scope: CallScope, cancellation: Cancellation): Promise<Outcome> {
    return this.#attempt(keys, fields, scope, cancellation).then((outcome) => {
      this.#budget.deposit();
      return outcome.some(isWorthAnotherTry) ? this.#retry(outcome, keys, fields, scope, cancellation) : outcome;
    });
  }

  /** Puts what comes of further attempts in the place of failures. */
  async #retry(
    outcome: Outcome,
    keys: readonly string[],
    fields: RecordFields,
    scope: CallScope,
    cancellation: Cancellation,
  ): Promise<Outcome> {
    for (let attempt = 1; attempt <= this.#adapter.retries; attempt++) {
      const again = keys.flatMap((key, index) => (isWorthAnotherTry(outcome[index]) ? [{ key, index }] : []));
      if (again.length === 0 || cancellation.isCancelled || !this.#budget.tryTake()) return outcome;
      const longest = LONGEST_PAUSE * 2 ** (attempt - 1);
      await pause(Math.random() * longest, undefined, { signal: cancellation.signal }).catch(() => {});
      if (cancellation.isCancelled) return outcome;
      this.#options.observer.onRepeat?.(this.#name, 'retry');
      const retried = await this.#attempt(
        again.map(({ key }) => key),
        fields,
        scope,
        cancellation,
      );
      for (const [position, { index }] of again.entries()) outcome[index] = retried[position] as SourceAnswer | SourceError;
    }
    return outcome;
  }

  /** The error of a key that is given up. One that got into no call is told here, the others with their call. */
  giveUp(key: string, why: 'late' | 'no slot' | 'nobody waits'): SourceError {
    const error = new AdapterFailure('SOURCE_TIMEOUT', why === 'no slot' ? 'all calls that policy.concurrency allows were under way' : why);
    return why === 'no slot' ? this.#fail('SOURCE_TIMEOUT', error, [key]) : this.#error('SOURCE_TIMEOUT', error);
  }

  /** The error of a key for which no call is made. */
  refuse(why: UnsentKey, key: string): SourceError {
    return this.#fail(why.code, why, [key]);
  }

  /** Has the back end forget these keys. @returns why it failed, or null. For an adapter that can erase. */
  async erase(keys: readonly string[]): Promise<SourceError | null> {
    const started = performance.now();
    const signal = AbortSignal.timeout(this.#adapter.timeout);
    const abort = rejectWhenAborted(signal);
    try {
      await Promise.race([this.#adapter.erase?.(keys), abort.promise]);
      return null;
    } catch (error) {
      return this.#fail(codeOf(error, signal.aborted), error, keys, started);
    } finally {
      abort.stop();
    }
  }

  #attempt(keys: readonly string[], fields: RecordFields, scope: CallScope, cancellation: Cancellation): Promise<Outcome> {
    if (this.#breaker?.allows() === false) {
      const error = new AdapterFailure('SOURCE_UNAVAILABLE', 'left alone for a while, after too many failures', undefined, {
        refused: true,
      });
      // No call was made, so none failed: the log has the failures that opened the circuit.
      const spared = this.#error('SOURCE_UNAVAILABLE', error);
      return Promise.resolve(keys.map(() => spared));
    }
    const patience = this.#adapter.hedge ? this.#latencies.p95() : null;
    const called =
      patience === null ? this.#call(keys, fields, scope, cancellation) : this.#hedged(patience, keys, fields, scope, cancellation);
    return called.then(({ outcome, health }) => {
      this.#report(health);
      return outcome;
    });
  }

  #report(health: Health): void {
    if (this.#breaker === null) return;
    const wasOpen = this.#breaker.isOpen;
    this.#breaker.report(health);
    if (this.#breaker.isOpen !== wasOpen) this.#options.observer.onBreaker?.(this.#name, this.#breaker.isOpen);
  }

  /** One call, and a second one when the first takes longer than most do. @param patience in milliseconds. */
  async #hedged(
    patience: number,
    keys: readonly string[],
    fields: RecordFields,
    scope: CallScope,
    cancellation: Cancellation,
  ): Promise<CallResult> {
    const either = cancellation.child();
    const first = this.#call(keys, fields, scope, either);
    const waited = pause(patience, null, { signal: either.signal }).catch(() => null);
    try {
      const early = await Promise.race([first, waited]);
      if (early !== null || cancellation.isCancelled || !this.#mayHedge()) return await first;
      this.#options.observer.onRepeat?.(this.#name, 'hedge');
      const second = this.#call(keys, fields, scope, either).finally(() => this.#options.slots.release());
      return await Promise.any([first, second].map(wellOrRejected)).catch(() => first);
    } finally {
      either.cancel(NOBODY_WAITS);
    }
  }

  #mayHedge(): boolean {
    if (!this.#options.slots.tryTake()) return false;
    if (this.#budget.tryTake()) return true;
    this.#options.slots.release();
    return false;
  }

  /** Never rejects. A call that is too large with so many keys becomes several; to the breaker they are one. */
  #call(keys: readonly string[], fields: RecordFields, scope: CallScope, cancellation: Cancellation): Promise<CallResult> {
    const call = (some: readonly string[]) => this.#callOnce(some, fields, scope, cancellation);
    return call(keys).then((result) => {
      if (result.tooLarge === undefined) return result;
      return callInPieces(keys, result.tooLarge, {
        call,
        slots: this.#options.slots,
        isOver: () => cancellation.isCancelled,
        giveUp: () => this.#error('SOURCE_TIMEOUT', cancellation.reason),
      });
    });
  }

  /** Never rejects, and settles on cancellation whether the adapter heeds that or not. */
  #callOnce(keys: readonly string[], fields: RecordFields, scope: CallScope, cancellation: Cancellation): Promise<CallResult> {
    const started = performance.now();
    return new Promise((resolve) => {
      let isOver = false;
      const end = (result: () => CallResult) => {
        if (isOver) return;
        isOver = true;
        stop();
        const ended = result();
        resolve(ended);
        // With the number of keys that fit it was found out before the call.
        if (typeof ended.tooLarge === 'number') return;
        this.#options.observer.onCall?.(this.#name, (performance.now() - started) / 1_000);
      };
      const fail = (error: unknown) => end(() => this.#failed(error, keys, cancellation, started));
      // Later, since it may be cancelled already, when there is nothing to stop yet.
      const stop = cancellation.onCancel(() => queueMicrotask(() => fail(cancellation.reason)));
      try {
        Promise.resolve(this.#adapter.load(keys, this.#contextOf(fields, scope, cancellation))).then((loaded: unknown) => {
          end(() => this.#answered(loaded, keys, cancellation, started));
        }, fail);
      } catch (error) {
        fail(error);
      }
    });
  }

  #answered(loaded: unknown, keys: readonly string[], cancellation: Cancellation, started: number): CallResult {
    try {
      const fetchedAt = this.#options.now();
      const outcome: Outcome = [];
      for (const answer of checkAnswers(loaded, keys.length, this.#adapter.many)) {
        const key = keys[outcome.length] as string;
        outcome.push(
          answer instanceof Error
            ? this.#fail(codeOf(answer, cancellation.isCancelled), answer, [key], started)
            : { record: answer, fetchedAt, isStale: false, errorCode: null },
        );
      }
      if (this.#adapter.hedge) this.#latencies.add(performance.now() - started);
      // An error in a key's place is that key's matter: the back end answered. Unless no key was sent to it.
      return { outcome, health: outcome.every(isUnsent) ? 'unknown' : 'well' };
    } catch (error) {
      return this.#failed(error, keys, cancellation, started);
    }
  }

  #failed(error: unknown, keys: readonly string[], cancellation: Cancellation, started: number): CallResult {
    if (cancellation.reason === NOBODY_WAITS) {
      const failure = this.#error('SOURCE_TIMEOUT', error);
      return { outcome: keys.map(() => failure), health: 'unknown' };
    }
    const tooLarge = error instanceof AdapterFailure && !cancellation.isCancelled ? error.tooLarge : undefined;
    if (tooLarge !== undefined && keys.length > 1) return { outcome: [], health: 'well', tooLarge };
    const failure = this.#fail(codeOf(error, cancellation.isCancelled), error, keys, started);
    const health = error instanceof UnsentKey ? 'unknown' : speaksAgainst(failure) ? 'failed' : 'well';
    return { outcome: keys.map(() => failure), health, isAloneTooLarge: tooLarge !== undefined };
  }

  #contextOf(fields: RecordFields, { args, headers, normalizeKey }: CallScope, cancellation: Cancellation): LoadContext {
    const { maxAnswerBytes, selectsFields } = this.#adapter;
    return {
      args,
      headers,
      normalizeKey,
      // Made for those who ask for it: most calls of the adapters that come with the gateway don't.
      get signal() {
        return cancellation.signal;
      },
      onCancel: (listener) => cancellation.onCancel(listener),
      maxAnswerBytes,
      fields: selectsFields && fields !== null ? [...fields] : null,
      onForeign: (records, came) => this.#options.observer.onForeign?.(this.#name, records, came),
      onUnreadable: (records, problems) => this.#options.observer.onUnreadable?.(this.#name, records, problems),
      onAbsent: (key, status) => this.#options.observer.onAbsent?.(this.#name, key, status),
    };
  }

  #fail(code: SourceErrorCode, error: unknown, keys: readonly string[], started?: number): SourceError {
    const ms = started === undefined ? undefined : performance.now() - started;
    // No call was made for such a key, and who sends it may be anybody: it says nothing about the back end.
    if (error instanceof UnsentKey) this.#options.observer.onUnsent?.(this.#name, error);
    else this.#options.observer.onFailure?.({ source: this.#name, code, cause: error, keys, ms });
    return this.#error(code, error, ms);
  }

  #error(code: SourceErrorCode, error: unknown, ms?: number): SourceError {
    return new SourceError(code, this.#name, `${this.#name}: ${explain(code, error, this.#adapter.timeout)}`, error, ms);
  }
}

/** So that of two calls the one that fails does not win by being quick. */
async function wellOrRejected(call: Promise<CallResult>): Promise<CallResult> {
  const result = await call;
  if (result.health !== 'well') throw result;
  return result;
}

/** A malformed answer and a refusal show that the back end is there. */
function speaksAgainst({ code, cause }: SourceError): boolean {
  return code !== 'SOURCE_INVALID' && !(cause instanceof AdapterFailure && cause.refused);
}

function isUnsent(answer: SourceAnswer | SourceError): boolean {
  return answer instanceof SourceError && answer.cause instanceof UnsentKey;
}

function isWorthAnotherTry(answer: SourceAnswer | SourceError | undefined): boolean {
  return answer instanceof SourceError && answer.code === 'SOURCE_UNAVAILABLE' && speaksAgainst(answer);
}
