import { GatewayError, SourceError, type SourceErrorCode } from '../model/errors.ts';
import { AdapterFailure } from './adapter-failure.ts';
import type { DataAdapter, DataRecord, KeyAnswer } from './data-adapter.ts';

/** What a source knows of one key. */
export interface SourceAnswer {
  /** A record; a list of them for a source with `many`; null when there is nothing. */
  readonly record: DataRecord | readonly DataRecord[] | null;
  readonly fetchedAt: Date;
}

/** What callers learn of a failed call, for the log; it holds no key. */
export interface SourceFailure {
  readonly source: string;
  readonly code: SourceErrorCode;
  readonly cause: unknown;
  readonly keys: readonly string[];
}

/** Who wants to know how a source does. */
export interface SourceObserver {
  /** @param seconds from the call to its answer, its failure or its time-out. */
  onCall?(source: string, seconds: number): void;
  onFailure?(failure: SourceFailure): void;
}

/** A data source: an adapter under its name, held to its promises. */
export class Source {
  readonly name: string;
  readonly adapter: DataAdapter;
  readonly #observer: SourceObserver;

  constructor(name: string, adapter: DataAdapter, observer: SourceObserver = {}) {
    this.name = name;
    this.adapter = adapter;
    this.#observer = observer;
  }

  /**
   * Asks for distinct keys, in as few calls as the adapter's `maxBatch` allows, all at the same time.
   * @returns one entry per key, in their order. Never rejects: a call that fails is a `SourceError` at each of its keys.
   */
  async load(
    keys: readonly string[],
    args: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<(SourceAnswer | SourceError)[]> {
    const calls: Promise<(SourceAnswer | SourceError)[]>[] = [];
    const size = Math.min(this.adapter.maxBatch, keys.length);
    for (let start = 0; start < keys.length; start += size) calls.push(this.#call(keys.slice(start, start + size), args, headers));
    return (await Promise.all(calls)).flat();
  }

  async #call(
    keys: readonly string[],
    args: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<(SourceAnswer | SourceError)[]> {
    const { timeout, maxAnswerBytes } = this.adapter;
    const started = performance.now();
    const signal = AbortSignal.timeout(timeout);
    try {
      const answers: unknown = await Promise.race([
        this.adapter.load(keys, { args, headers, signal, maxAnswerBytes }),
        rejectOnAbort(signal),
      ]);
      const fetchedAt = new Date();
      return this.#checkLength(answers, keys.length).map((answer) => {
        const checked = this.#check(answer);
        return checked instanceof Error ? this.#fail(checked, keys, signal) : { record: checked, fetchedAt };
      });
    } catch (error) {
      const failure = this.#fail(error, keys, signal);
      return keys.map(() => failure);
    } finally {
      this.#observer.onCall?.(this.name, (performance.now() - started) / 1_000);
    }
  }

  /** Has the back end forget these keys. @returns why it failed, or null. For an adapter that can erase. */
  async erase(keys: readonly string[]): Promise<SourceError | null> {
    const signal = AbortSignal.timeout(this.adapter.timeout);
    try {
      await Promise.race([this.adapter.erase?.(keys), rejectOnAbort(signal)]);
      return null;
    } catch (error) {
      return this.#fail(error, keys, signal);
    }
  }

  #checkLength(answers: unknown, expected: number): readonly unknown[] {
    if (!Array.isArray(answers)) {
      throw new AdapterFailure('SOURCE_INVALID', `load() must return an array with one entry per key, received ${describe(answers)}`);
    }
    if (answers.length !== expected) {
      throw new AdapterFailure('SOURCE_INVALID', `load() must return one entry per key: expected ${expected}, received ${answers.length}`);
    }
    return answers;
  }

  #check(answer: unknown): Exclude<KeyAnswer, undefined> {
    if (answer instanceof Error) return answer;
    if (this.adapter.many) {
      if (answer === null || answer === undefined) return [];
      if (Array.isArray(answer) && answer.every(isRecord)) return answer;
      return new AdapterFailure('SOURCE_INVALID', `expected a list of records, received ${describe(answer)}`);
    }
    if (answer === null || answer === undefined) return null;
    if (isRecord(answer)) return answer;
    return new AdapterFailure('SOURCE_INVALID', `expected one record or null, received ${describe(answer)}`);
  }

  #fail(error: unknown, keys: readonly string[], signal: AbortSignal): SourceError {
    const code = codeOf(error, signal);
    this.#observer.onFailure?.({ source: this.name, code, cause: error, keys });
    return new SourceError(code, this.name, `${this.name}: ${explain(code, error, this.adapter.timeout)}`, error);
  }
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

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function isRecord(value: unknown): value is DataRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Error);
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : typeof value;
}
