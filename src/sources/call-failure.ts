import { AdapterFailure } from '../adapters/adapter-failure.ts';
import { GatewayError, type SourceErrorCode } from '../model/errors.ts';

/** The code of what a call threw, or put at a key. */
export function codeOf(error: unknown, isCancelled: boolean): SourceErrorCode {
  if (isCancelled) return 'SOURCE_TIMEOUT';
  return error instanceof AdapterFailure ? error.code : 'SOURCE_UNAVAILABLE';
}

/** Only what our own adapters say is passed on: a driver's or an owner's message may quote an identifier. */
export function explain(code: SourceErrorCode, error: unknown, timeout: number): string {
  if (code === 'SOURCE_TIMEOUT') return `no answer within ${timeout} ms`;
  if (error instanceof AdapterFailure || error instanceof GatewayError) return error.message;
  return 'the call failed';
}
