import type { Translate } from '../text/translate.ts';
import { firstError } from './gateway-error.ts';

type Details = Readonly<Record<string, unknown>>;

/** For each code of docs/errors.md: what it means for this call, and what to do. */
const SENTENCES: Readonly<Record<string, (t: Translate, details: Details) => string>> = {
  UNAUTHENTICATED: (t) => t('You are signed out. Sign in again.'),
  FORBIDDEN: (t) => t('Your role may not do this. Ask somebody who may.'),
  INSUFFICIENT_ASSURANCE: (t) => t('This opens once you confirm who is calling.'),
  SOURCE_UNAVAILABLE: (t, { source }) =>
    source ? t('{source} cannot be reached. Everything else is complete.', { source: String(source) }) : t('A source cannot be reached.'),
  SOURCE_TIMEOUT: (t, { source }) =>
    source
      ? t('{source} did not answer in time. Try again.', { source: String(source) })
      : t('A source did not answer in time. Try again.'),
  SOURCE_INVALID: (t, { source }) =>
    source
      ? t('The answer of {source} cannot be used. Report it to your support.', { source: String(source) })
      : t('A source answered something that cannot be used.'),
  BAD_USER_INPUT: (t) => t('A value cannot be used. Check what you typed.'),
  CONFLICTING_IDENTIFIERS: (t) => t('These identifiers belong to different customers. Look at both before you link them.'),
  NOT_FOUND: (t) => t('This does not exist any more, or you may not know of it.'),
  RATE_LIMITED: (t, { retryAfter }) =>
    typeof retryAfter === 'number'
      ? t('Too many requests. Try again in {count, plural, one {# second} other {# seconds}}.', { count: Math.ceil(retryAfter) })
      : t('Too many requests. Try again in a moment.'),
  OPERATION_TOO_COMPLEX: (t) => t('This asks for too much at once. Choose a shorter time or fewer things.'),
  PERSISTED_DOCUMENT_REQUIRED: (t) => t('This page is older than the gateway. Load it again.'),
  OVERLOADED: (t) => t('The gateway is very busy. Try again in a moment.'),
  INTERNAL: (t, { requestId }) =>
    typeof requestId === 'string'
      ? t('Something went wrong that nobody expected. Your support finds it by {requestId}.', { requestId })
      : t('Something went wrong that nobody expected. Try again.'),
  // What Apollo's servers say of a document, which here means a page and a gateway of different versions.
  PERSISTED_QUERY_NOT_FOUND: (t) => t('This page is older than the gateway. Load it again.'),
  PERSISTED_QUERY_NOT_SUPPORTED: (t) => t('This page is older than the gateway. Load it again.'),
  GRAPHQL_VALIDATION_FAILED: (t) => t('This page is older than the gateway. Load it again.'),
  OFFLINE: (t) => t('The gateway cannot be reached. Check your connection.'),
};

/** Codes that have a sentence of their own. */
export const SPOKEN_CODES = Object.keys(SENTENCES);

/** @returns whatever was thrown or answered, as a sentence that an agent understands. Never the gateway's own message. */
export function sentenceOf(error: unknown, t: Translate): string {
  const found = firstError(error);
  const sentence = SENTENCES[found?.code ?? 'INTERNAL'] ?? SENTENCES.INTERNAL;
  return sentence?.(t, found?.details ?? {}) ?? '';
}
