import type { CustomerId } from '../../model/customer.ts';
import type { AudienceEvent, Decision, OfferResponse } from '../../model/offer.ts';
import type { Exposure, StoredEvidence } from './offer-facts.ts';
import type { CapLease } from './shared-caps.ts';

/** What plans write of offers and audiences (writes.ts). "per" is the window of a cap in milliseconds, 0 for none. */
export type OfferWrite =
  /** From now on `version` of the store counts changes of identities only. Written again, it changes nothing. */
  | { readonly kind: 'count-identity-changes' }
  /** It is stored under the decision's own customer id, which its tokens name. */
  | { readonly kind: 'insert-decision'; readonly decision: Decision }
  /** Replaces the row with the same key. */
  | { readonly kind: 'save-exposure'; readonly exposure: Exposure }
  /** Deletes a row for the end of this reservation. A row that has another one meanwhile, or was presented, stays. */
  | { readonly kind: 'delete-exposure'; readonly exposure: Pick<Exposure, 'customerId' | 'offer' | 'decisionId' | 'reservation'> }
  /** Replaces the lease of a process. */
  | { readonly kind: 'save-lease'; readonly offer: string; readonly per: number; readonly lease: CapLease }
  | { readonly kind: 'delete-lease'; readonly offer: string; readonly per: number; readonly holder: string }
  /** Subtracts one reservation from the lease of a process. */
  | { readonly kind: 'release-reservation'; readonly offer: string; readonly per: number; readonly holder: string }
  /** Adds one presentation to a cap of everybody. */
  | { readonly kind: 'count-shown'; readonly offer: string; readonly per: number; readonly span: number }
  /** Deletes the spans before this one. */
  | { readonly kind: 'forget-cap-spans'; readonly offer: string; readonly per: number; readonly before: number }
  /** Ends the reservations under all ids of a customer. */
  | { readonly kind: 'release-customer'; readonly root: CustomerId }
  | { readonly kind: 'save-evidence'; readonly placement: string; readonly offer: string; readonly evidence: StoredEvidence }
  /** Adds to the sums of one day; `presented` counts decisions, whichever response came first. */
  | {
      readonly kind: 'count-response';
      /** Days since 1970 (UTC). */
      readonly day: number;
      readonly placement: string;
      readonly offer: string;
      readonly isControl: boolean;
      readonly isShown: boolean;
      readonly response: OfferResponse;
    }
  | { readonly kind: 'enter-audience'; readonly customerId: CustomerId; readonly audience: string; readonly at: number }
  | { readonly kind: 'leave-audience'; readonly customerId: CustomerId; readonly audience: string }
  | { readonly kind: 'insert-audience-event'; readonly event: AudienceEvent }
  /** Deletes at most `limit` decisions, audience events and exposures each, the oldest first. Presentations are still counted. */
  | { readonly kind: 'forget-offers'; readonly before: number; readonly at: number; readonly limit: number };
