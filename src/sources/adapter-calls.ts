import { AdapterFailure, UnsentKey } from '../adapters/adapter-failure.ts';
import type { DataAdapter, LoadContext } from '../adapters/data-adapter.ts';
import { type GiveUpReason, NOBODY_WAITS } from '../batching/batcher.ts';
import { CANCELLATION, type Cancellation, rejectWhenAborted } from '../batching/cancellation.ts';
import { GatewayError, SourceError, type SourceErrorCode } from '../model/errors.ts';
import type { PieceResult } from './call-in-pieces.ts';
import { checkAnswers } from './check-answers.ts';
import { Latencies } from './repeats.ts';
import type { RecordFields, SourceAnswer } from './source-answer.ts';
import type { SourceObserver } from './source-observer.ts';
import type { SourceScope } from './source-scope.ts';

/** One call of a source. */
export interface Call {
  readonly keys: readonly string[];
  readonly fields: RecordFields;
  readonly scope: SourceScope;
  /** Cancelled when no key's answer is needed any more. */
  readonly cancellation: Cancellation;
}

/** One entry per key of a call, in their order. */
export type Outcome = (SourceAnswer | SourceError)[];

export type CallResult = PieceResult<SourceAnswer>;

/** Makes single calls to one adapter, checks the answers, reports to the observer, and turns failures into `SourceError`s. */
export class AdapterCalls {
  /** The source's name. */
  readonly name: string;
  readonly observer: SourceObserver;
  readonly #adapter: DataAdapter;
  readonly #now: () => Date;
  /** Of calls that were answered; kept for a source with `hedge` only. */
  readonly latencies = new Latencies();

  constructor(name: string, adapter: DataAdapter, { observer, now }: { readonly observer: SourceObserver; readonly now: () => Date }) {
    this.name = name;
    this.observer = observer;
    this.#adapter = adapter;
    this.#now = now;
  }

  /** Never rejects, and settles on cancellation whether the adapter heeds that or not. */
  load(call: Call): Promise<CallResult> {
    const started = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const stop = call.cancellation.onCancel(() => reject(call.cancellation.reason));
    try {
      Promise.resolve(this.#adapter.load(call.keys, this.#contextOf(call))).then(resolve, reject);
    } catch (error) {
      reject(error);
    }
    const end = (result: CallResult) => {
      stop();
      // A number of keys that fit is known before the call is made: there was none.
      if (typeof result.tooLarge !== 'number') this.observer.onCall?.(this.name, (performance.now() - started) / 1_000);
      return result;
    };
    return promise.then(
      (loaded) => end(this.#answered(loaded, call, started)),
      (error) => end(this.#failed(error, call, started)),
    );
  }

  /** Has the back end forget these keys. @returns why it failed, or null. For an adapter that can erase. */
  async erase(keys: readonly string[]): Promise<SourceError | null> {
    const started = performance.now();
    const signal = AbortSignal.timeout(this.#adapter.policy.timeout);
    const abort = rejectWhenAborted(signal);
    try {
      await Promise.race([this.#adapter.erase?.(keys), abort.promise]);
      return null;
    } catch (error) {
      return this.fail(codeOf(error, signal.aborted), error, keys, started);
    } finally {
      abort.stop();
    }
  }

  /** The error of a key that is given up. A key that got into no call is reported here, the others with their call. */
  giveUp(key: string, why: GiveUpReason, calls: 'calls' | 'searches' = 'calls'): SourceError {
    const message = why === 'no slot' ? `all ${calls} that policy.concurrency allows were under way` : why;
    const error = new AdapterFailure('SOURCE_TIMEOUT', message);
    return why === 'no slot' ? this.fail('SOURCE_TIMEOUT', error, [key]) : this.error('SOURCE_TIMEOUT', error);
  }

  /** An error that is reported to the observer. @param started when the call was made; undefined where none was. */
  fail(code: SourceErrorCode, error: unknown, keys: readonly string[], started?: number): SourceError {
    const ms = started === undefined ? undefined : performance.now() - started;
    // No call was made for such a key, and any client may send one: it says nothing about the back end.
    if (error instanceof UnsentKey) this.observer.onUnsent?.(this.name, error);
    else this.observer.onFailure?.({ source: this.name, code, cause: error, keys, ms });
    return this.error(code, error, ms);
  }

  /** An error that is not reported. @param retryAfter seconds until the source is called again, where that is known. */
  error(code: SourceErrorCode, error: unknown, ms?: number, retryAfter?: number): SourceError {
    const message = `${this.name}: ${explain(code, error, this.#adapter.policy.timeout)}`;
    return new SourceError(code, this.name, message, error, ms, retryAfter);
  }

  #answered(loaded: unknown, call: Call, started: number): CallResult {
    const { keys, cancellation } = call;
    try {
      const fetchedAt = this.#now();
      const outcome: Outcome = [];
      for (const answer of checkAnswers(loaded, keys.length, this.#adapter.many)) {
        const key = keys[outcome.length] as string;
        outcome.push(
          answer instanceof Error
            ? this.fail(codeOf(answer, cancellation.isCancelled), answer, [key], started)
            : { record: answer, fetchedAt, isStale: false, errorCode: null },
        );
      }
      if (this.#adapter.policy.hedge) this.latencies.add(performance.now() - started);
      // An error of one key says nothing about the back end's health: it answered. Unless no key was sent to it.
      return { outcome, health: outcome.every(isUnsent) ? 'unknown' : 'well' };
    } catch (error) {
      return this.#failed(error, call, started);
    }
  }

  #failed(error: unknown, { keys, cancellation }: Call, started: number): CallResult {
    if (cancellation.reason === NOBODY_WAITS) {
      const failure = this.error('SOURCE_TIMEOUT', error);
      return { outcome: keys.map(() => failure), health: 'unknown' };
    }
    const tooLarge = error instanceof AdapterFailure && !cancellation.isCancelled ? error.tooLarge : undefined;
    if (tooLarge !== undefined && keys.length > 1) return { outcome: [], health: 'well', tooLarge };
    const failure = this.fail(codeOf(error, cancellation.isCancelled), error, keys, started);
    const health = error instanceof UnsentKey ? 'unknown' : speaksAgainst(failure) ? 'failed' : 'well';
    return { outcome: keys.map(() => failure), health, isAloneTooLarge: tooLarge !== undefined };
  }

  #contextOf({ fields, scope: { args, headers, normalizeKey }, cancellation }: Call): LoadContext {
    const context: LoadContext = {
      args,
      headers,
      normalizeKey,
      // Made on first use: most calls of this package's adapters need no signal.
      get signal() {
        return cancellation.signal;
      },
      maxAnswerBytes: this.#adapter.policy.maxAnswerBytes,
      fields: this.#adapter.selectsFields && fields !== null ? [...fields] : null,
      onForeign: (records, came) => this.observer.onForeign?.(this.name, records, came),
      onUnreadable: (records, problems) => this.observer.onUnreadable?.(this.name, records, problems),
      onAbsent: (key, status) => this.observer.onAbsent?.(this.name, key, status),
    };
    // Not enumerable: a copy with another `signal` must be cancelled by that one.
    return Object.defineProperty(context, CANCELLATION, { value: cancellation });
  }
}

/** True for a failure that shows that a back end is not well; a malformed answer and a refusal show that it is there. */
export function speaksAgainst({ code, cause }: SourceError): boolean {
  return code !== 'SOURCE_INVALID' && !(cause instanceof AdapterFailure && cause.refused);
}

/** The code of what a call threw, or put at a key. */
function codeOf(error: unknown, isCancelled: boolean): SourceErrorCode {
  if (isCancelled) return 'SOURCE_TIMEOUT';
  return error instanceof AdapterFailure ? error.code : 'SOURCE_UNAVAILABLE';
}

/** Only messages of this package's errors are passed on: a driver's or an owner's message may quote an identifier. */
function explain(code: SourceErrorCode, error: unknown, timeout: number): string {
  if (code === 'SOURCE_TIMEOUT') return `no answer within ${timeout} ms`;
  if (error instanceof AdapterFailure || error instanceof GatewayError) return error.message;
  return 'the call failed';
}

function isUnsent(answer: SourceAnswer | SourceError): boolean {
  return answer instanceof SourceError && answer.cause instanceof UnsentKey;
}
