import { setTimeout as pause } from 'node:timers/promises';
import { NOBODY_WAITS } from '../batching/batcher.ts';
import type { Slots } from '../batching/slots.ts';
import { GatewayError, SourceError, type SourceErrorCode } from '../model/errors.ts';
import { AdapterFailure } from './adapter-failure.ts';
import { checkAnswers, type SourceRecord } from './check-answers.ts';
import { CircuitBreaker, type Health } from './circuit-breaker.ts';
import type { DataAdapter } from './data-adapter.ts';
import { Latencies } from './latencies.ts';
import type { RecordFields } from './record-fields.ts';
import { rejectWhenAborted } from './reject-when-aborted.ts';
import { RetryBudget } from './retry-budget.ts';
import type { SourceObserver } from './source-observer.ts';

/** What a source knows of one key. */
export interface FetchedRecord {
  readonly record: SourceRecord;
  readonly fetchedAt: Date;
}

/** What a call is made with, beside its keys. */
export interface CallScope {
  readonly args: Readonly<Record<string, unknown>>;
  /** Only those that the adapter forwards. */
  readonly headers: Readonly<Record<string, string>>;
}

type Outcome = (FetchedRecord | SourceError)[];

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
   * One entry per key, in their order. Never rejects: a failure is a `SourceError` at its key. Settles when the
   * signal aborts, whatever the adapter does then.
   */
  async run(keys: readonly string[], fields: RecordFields, scope: CallScope, signal: AbortSignal): Promise<Outcome> {
    const outcome: Outcome = await this.#attempt(keys, fields, scope, signal);
    this.#budget.deposit();
    for (let attempt = 1; attempt <= this.#adapter.retries; attempt++) {
      const again = keys.flatMap((key, index) => (isWorthAnotherTry(outcome[index]) ? [{ key, index }] : []));
      if (again.length === 0 || signal.aborted || !this.#budget.tryTake()) break;
      const longest = LONGEST_PAUSE * 2 ** (attempt - 1);
      await pause(Math.random() * longest, undefined, { signal }).catch(() => {});
      if (signal.aborted) break;
      this.#options.observer.onRepeat?.(this.#name, 'retry');
      const retried = await this.#attempt(
        again.map(({ key }) => key),
        fields,
        scope,
        signal,
      );
      for (const [position, { index }] of again.entries()) outcome[index] = retried[position] as FetchedRecord | SourceError;
    }
    return outcome;
  }

  /** The error of a key that is given up. One that got into no call is told here, the others with their call. */
  giveUp(key: string, why: 'late' | 'no slot' | 'nobody waits'): SourceError {
    const error = new AdapterFailure('SOURCE_TIMEOUT', why === 'no slot' ? 'all calls that policy.concurrency allows were under way' : why);
    return why === 'no slot' ? this.#fail('SOURCE_TIMEOUT', error, [key]) : this.#error('SOURCE_TIMEOUT', error);
  }

  /** Has the back end forget these keys. @returns why it failed, or null. For an adapter that can erase. */
  async erase(keys: readonly string[]): Promise<SourceError | null> {
    const signal = AbortSignal.timeout(this.#adapter.timeout);
    const abort = rejectWhenAborted(signal);
    try {
      await Promise.race([this.#adapter.erase?.(keys), abort.promise]);
      return null;
    } catch (error) {
      return this.#fail(codeOf(error, signal), error, keys);
    } finally {
      abort.stop();
    }
  }

  async #attempt(keys: readonly string[], fields: RecordFields, scope: CallScope, signal: AbortSignal): Promise<Outcome> {
    if (this.#breaker?.allows() === false) {
      const error = new AdapterFailure('SOURCE_UNAVAILABLE', 'left alone for a while, after too many failures', undefined, {
        refused: true,
      });
      // No call was made, so none failed: the log has the failures that opened the circuit.
      const spared = this.#error('SOURCE_UNAVAILABLE', error);
      return keys.map(() => spared);
    }
    const { outcome, health } = await this.#hedged(keys, fields, scope, signal);
    if (this.#breaker !== null) {
      const wasOpen = this.#breaker.isOpen;
      this.#breaker.report(health);
      if (this.#breaker.isOpen !== wasOpen) this.#options.observer.onBreaker?.(this.#name, this.#breaker.isOpen);
    }
    return outcome;
  }

  /** One call, and a second one when the first takes longer than most do and the policy allows it. */
  async #hedged(keys: readonly string[], fields: RecordFields, scope: CallScope, signal: AbortSignal) {
    const patience = this.#adapter.hedge ? this.#latencies.p95() : null;
    if (patience === null) return this.#call(keys, fields, scope, signal);

    const losers = new AbortController();
    const either = AbortSignal.any([signal, losers.signal]);
    const first = this.#call(keys, fields, scope, either);
    const waited = pause(patience, null, { signal: either }).catch(() => null);
    try {
      const early = await Promise.race([first, waited]);
      if (early !== null || signal.aborted || !this.#mayHedge()) return await first;
      this.#options.observer.onRepeat?.(this.#name, 'hedge');
      const second = this.#call(keys, fields, scope, either).finally(() => this.#options.slots.release());
      return await Promise.any([first, second].map(wellOrRejected)).catch(() => first);
    } finally {
      losers.abort(NOBODY_WAITS);
    }
  }

  #mayHedge(): boolean {
    if (!this.#options.slots.tryTake()) return false;
    if (this.#budget.tryTake()) return true;
    this.#options.slots.release();
    return false;
  }

  async #call(keys: readonly string[], fields: RecordFields, { args, headers }: CallScope, signal: AbortSignal) {
    const { maxAnswerBytes, many, selectsFields } = this.#adapter;
    const { observer, now } = this.#options;
    const started = performance.now();
    const context = {
      args,
      headers,
      signal,
      maxAnswerBytes,
      fields: selectsFields && fields !== null ? [...fields] : null,
      onForeign: (records: number) => observer.onForeign?.(this.#name, records),
    };
    const abort = rejectWhenAborted(signal);
    try {
      const loaded: unknown = await Promise.race([this.#adapter.load(keys, context), abort.promise]);
      const fetchedAt = now();
      const outcome = checkAnswers(loaded, keys.length, many).map((answer, index) =>
        answer instanceof Error ? this.#fail(codeOf(answer, signal), answer, [keys[index] as string]) : { record: answer, fetchedAt },
      );
      this.#latencies.add(performance.now() - started);
      // An error in a key's place is that key's matter: the back end answered.
      return { outcome, health: 'well' as const };
    } catch (error) {
      if (signal.aborted && signal.reason === NOBODY_WAITS) {
        const failure = this.#error('SOURCE_TIMEOUT', error);
        return { outcome: keys.map(() => failure), health: 'unknown' as const };
      }
      const failure = this.#fail(codeOf(error, signal), error, keys);
      return { outcome: keys.map(() => failure), health: speaksAgainst(failure) ? ('failed' as const) : ('well' as const) };
    } finally {
      abort.stop();
      observer.onCall?.(this.#name, (performance.now() - started) / 1_000);
    }
  }

  #fail(code: SourceErrorCode, error: unknown, keys: readonly string[]): SourceError {
    this.#options.observer.onFailure?.({ source: this.#name, code, cause: error, keys });
    return this.#error(code, error);
  }

  #error(code: SourceErrorCode, error: unknown): SourceError {
    return new SourceError(code, this.#name, `${this.#name}: ${explain(code, error, this.#adapter.timeout)}`, error);
  }
}

/** So that of two calls the one that fails does not win by being quick. */
async function wellOrRejected<Result extends { readonly health: Health }>(call: Promise<Result>): Promise<Result> {
  const result = await call;
  if (result.health !== 'well') throw result;
  return result;
}

/** A malformed answer and a refusal show that the back end is there. */
function speaksAgainst({ code, cause }: SourceError): boolean {
  return code !== 'SOURCE_INVALID' && !(cause instanceof AdapterFailure && cause.refused);
}

function isWorthAnotherTry(answer: FetchedRecord | SourceError | undefined): boolean {
  return answer instanceof SourceError && answer.code === 'SOURCE_UNAVAILABLE' && speaksAgainst(answer);
}

function codeOf(error: unknown, signal: AbortSignal): SourceErrorCode {
  if (signal.aborted) return 'SOURCE_TIMEOUT';
  return error instanceof AdapterFailure ? error.code : 'SOURCE_UNAVAILABLE';
}

/** Only what our own adapters say is passed on: a driver's or an owner's message may quote an identifier. */
function explain(code: SourceErrorCode, error: unknown, timeout: number): string {
  if (code === 'SOURCE_TIMEOUT') return `no answer within ${timeout} ms`;
  if (error instanceof AdapterFailure || error instanceof GatewayError) return error.message;
  return 'the call failed';
}
