import type { SourceErrorCode } from '../model/errors.ts';

/**
 * What an adapter throws, or puts at a key, when it knows what went wrong. The message reaches clients: it
 * names no key, no URL with keys and no record. The original goes into `cause`, for the log.
 */
export class AdapterFailure extends Error {
  readonly code: SourceErrorCode;

  constructor(code: SourceErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'AdapterFailure';
    this.code = code;
  }
}
