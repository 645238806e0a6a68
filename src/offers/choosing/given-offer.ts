import type { Decision, Offer } from '../../model/offer.ts';
import type { OfferTokens } from '../responses/offer-token.ts';
import { contentFor } from './content-language.ts';

/** An offer as a client gets it. */
export interface GivenOffer {
  /** `<decision id>:<offer name>`, unique over all customers. */
  readonly id: string;
  readonly name: string;
  readonly placement: string;
  /** In one language. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly token: string;
  /** From then on the token is refused. */
  readonly expiresAt: Date;
  /** True for the placement's fallback, which is given because no offer was chosen. */
  readonly isFallback: boolean;
}

/** `Offer.id`. */
export function offerId(decisionId: string, offer: string): string {
  return `${decisionId}:${offer}`;
}

/** @param locale the language tag (BCP 47) that the client asked for. @param token makes the token of an offer of the decision. */
export function giveOffer(
  offer: Offer,
  decision: Decision,
  locale: string | null,
  token: (name: string) => ReturnType<OfferTokens['create']>,
): GivenOffer {
  const { name } = offer;
  const { id, placement, isFallback } = decision;
  const content = contentFor(offer.content, locale);
  return { id: offerId(id, name), name, placement, content, isFallback, ...token(name) };
}
