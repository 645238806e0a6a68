import type { SourceErrorCode } from '../model/errors.ts';

export interface AdapterFailureOptions {
  /**
   * The back end is well and refuses this call, as with a status 401. The call is not repeated, and the circuit breaker does
   * not count it: one viewer's bad token must not shut out the others.
   */
  readonly refused?: boolean;
  /**
   * The call is too large with so many keys, as with a status 413: it is made again in smaller pieces. Given with the
   * number of keys that fit, or true where that is not known. For a single key it is that key's failure.
   */
  readonly tooLarge?: number | true | undefined;
}

/**
 * What an adapter throws, or puts at a key, when it knows what went wrong. The message reaches clients: it
 * names no key, no URL with keys and no record. The original goes into `cause`, for the log.
 */
export class AdapterFailure extends Error {
  readonly code: SourceErrorCode;
  readonly refused: boolean;
  readonly tooLarge: number | true | undefined;

  constructor(code: SourceErrorCode, message: string, cause?: unknown, { refused = false, tooLarge }: AdapterFailureOptions = {}) {
    super(message, { cause });
    this.name = 'AdapterFailure';
    this.code = code;
    this.refused = refused;
    // False, 0 and NaN are no number of keys that fit: an owner's `{ tooLarge: status === 413 }`, or a sum that failed.
    this.tooLarge = tooLarge || undefined;
  }
}

/** The error of a key that can't be sent as itself, so that no call was made for it. It says nothing about the back end. */
export class UnsentKey extends AdapterFailure {
  constructor(message: string) {
    super('SOURCE_INVALID', message, undefined, { refused: true });
    this.name = 'UnsentKey';
  }
}

/** The error of an answer, or of one key's value, with more bytes than `policy.maxAnswerBytes` allows. */
export function oversize(what: 'answer' | 'value', limit: number, cause?: unknown): AdapterFailure {
  return new AdapterFailure('SOURCE_INVALID', `the ${what} is larger than ${limit} bytes (policy.maxAnswerBytes)`, cause);
}
