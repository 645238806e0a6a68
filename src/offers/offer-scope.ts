import type { Consent } from '../capture/consent.ts';
import type { ReadingScope } from '../profile/profile.ts';

/** Of which request offers are asked for: who asks, how fields are read, and what rules know of the request. */
export interface OfferScope extends ReadingScope {
  readonly consent: Consent;
  readonly touchpoint: string | null;
  /** The touchpoint's. */
  readonly channel: string | null;
  /** The wish of the client: a language tag (BCP 47). */
  readonly locale: string | null;
}
