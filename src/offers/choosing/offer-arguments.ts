import { GatewayError } from '../../model/errors.ts';

/** Offers of one answer: `first` of every list has this limit. */
const MAX_FIRST = 200;
/** Decisions of one answer: the default, and the most. */
const DECISIONS = { size: 10, max: 100 } as const;
/** Characters of a language tag. The longest in use have about 35 (RFC 5646, section 4.4.1). */
const MAX_LOCALE = 100;

/** @returns how many offers are given at most. @throws GatewayError BAD_USER_INPUT for a number out of range. */
export function sizeOf(first: number | null | undefined, slots: number): number {
  if (first == null) return slots;
  if (first >= 1 && first <= MAX_FIRST) return Math.min(first, slots);
  throw new GatewayError('BAD_USER_INPUT', `first: expected 1 to ${MAX_FIRST}, received ${first}`);
}

/** @returns how many decisions are read. @throws GatewayError BAD_USER_INPUT for a number out of range. */
export function decisionCount(first: number | null | undefined): number {
  if (first == null) return DECISIONS.size;
  if (first >= 1 && first <= DECISIONS.max) return first;
  throw new GatewayError('BAD_USER_INPUT', `first: expected 1 to ${DECISIONS.max}, received ${first}`);
}

/** @returns null for no language. @throws GatewayError BAD_USER_INPUT for a text that is too long to be a language tag. */
export function requireLocale(locale: string | null | undefined): string | null {
  if (locale == null || locale === '') return null;
  if (locale.length <= MAX_LOCALE) return locale;
  const message = `locale: expected a language tag such as en-GB, of at most ${MAX_LOCALE} characters; received ${locale.length}`;
  throw new GatewayError('BAD_USER_INPUT', message);
}
