import type { Consent } from '../capture/consent.ts';
import type { ReadingScope } from '../profile/profile.ts';

/** The request on which offers are chosen: its viewer, how fields are read, and what rules know of the request. */
export interface OfferScope extends ReadingScope {
  readonly consent: Consent;
  readonly touchpoint: string | null;
  /** The touchpoint's channel. */
  readonly channel: string | null;
  /** The language tag (BCP 47) that the client asked for. */
  readonly locale: string | null;
}
