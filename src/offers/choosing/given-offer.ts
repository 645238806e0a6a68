import { GatewayError } from '../../model/errors.ts';
import type { Decision, Offer } from '../../model/offer.ts';
import type { OfferTokens } from '../responses/offer-token.ts';
import { contentFor } from './content-language.ts';

/** An offer as a client gets it. */
export interface GivenOffer {
  /** `<decision>:<name>`: unique for customer, placement and decision. */
  readonly id: string;
  readonly name: string;
  readonly placement: string;
  /** In one language. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly token: string;
  /** The token is not accepted from then on. */
  readonly expiresAt: Date;
  /** True where no offer was chosen. */
  readonly isFallback: boolean;
}

/** Offers of one answer. */
const MAX_FIRST = 200;
/** Characters of a language tag. The longest in use have about 35 (RFC 5646, section 4.4.1). */
const MAX_LOCALE = 100;

/** `Offer.id`. */
export function offerId(decisionId: string, offer: string): string {
  return `${decisionId}:${offer}`;
}

export function giveOffer(offer: Offer, decision: Decision, locale: string | null, tokens: OfferTokens): GivenOffer {
  const { name } = offer;
  const { id, placement, isFallback } = decision;
  const content = contentFor(offer.content, locale);
  return { id: offerId(id, name), name, placement, content, isFallback, ...tokens.create(decision, name) };
}

/** @returns how many offers are given at most. @throws GatewayError BAD_USER_INPUT for a number that no list has. */
export function sizeOf(first: number | null | undefined, slots: number): number {
  if (first == null) return slots;
  if (first >= 1 && first <= MAX_FIRST) return Math.min(first, slots);
  throw new GatewayError('BAD_USER_INPUT', `first: expected 1 to ${MAX_FIRST}, received ${first}`);
}

/** @throws GatewayError BAD_USER_INPUT for a text that is too long to be a language tag. */
export function requireLocale(locale: string | null | undefined): string | null {
  if (locale == null || locale === '') return null;
  if (locale.length <= MAX_LOCALE) return locale;
  const message = `locale: expected a language tag such as en-GB, of at most ${MAX_LOCALE} characters; received ${locale.length}`;
  throw new GatewayError('BAD_USER_INPUT', message);
}
