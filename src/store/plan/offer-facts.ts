import type { CustomerId } from '../../model/customer.ts';
import type { Decision } from '../../model/offer.ts';
import type { CapLease } from './shared-caps.ts';

/** An offer of a decision that is reserved, or that was responded to. Times are in milliseconds. */
export interface Exposure {
  /** The id under which it is stored. */
  readonly customerId: CustomerId;
  readonly offer: string;
  readonly decisionId: string;
  readonly placement: string;
  /** Null where no reservation is open. */
  readonly reservation: Reservation | null;
  /** The time of the first response: from then on it counts as presented. */
  readonly shownAt: number | null;
  /** 1 where learning counts it as the customer's presentation of that day; 2 once they clicked or accepted on it; otherwise 0. */
  readonly trial: 0 | 1 | 2;
  readonly presentedAt: number | null;
  readonly clickedAt: number | null;
  readonly acceptedAt: number | null;
  readonly declinedAt: number | null;
  /** Afterwards it may be deleted; null while it is only reserved. */
  readonly keptUntil: number | null;
}

/** An exposure that was presented, and counts as a trial of its offer. */
export type Trial = Exposure & { readonly shownAt: number };

/** The other fields of an exposure without a response. */
export const UNSEEN: Omit<Exposure, 'customerId' | 'offer' | 'decisionId' | 'placement'> = {
  ...{ reservation: null, shownAt: null, trial: 0, keptUntil: null },
  ...{ presentedAt: null, clickedAt: null, acceptedAt: null, declinedAt: null },
};

export interface Reservation {
  readonly until: number;
  readonly holder: string;
  /** Windows of the caps of everybody that it counts for, in milliseconds; 0 for a cap without a window. */
  readonly taken: readonly number[];
}

export interface StoredEvidence {
  readonly presented: number;
  readonly responded: number;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * What a plan may ask about offers and audiences. The rules for answers are those of `Facts` (facts.ts): each question is
 * bounded, the answer is what the transaction found, and times are in milliseconds. "Own ids" are ids of one customer.
 */
export interface OfferFacts {
  /**
   * Ids that resolve to a customer, were not erased, and have exposures: that of today first, and a bounded number.
   * @param root may be an id that is not stored.
   */
  exposedIdsOf(root: CustomerId): readonly CustomerId[];
  /** The decision with this id, if its customer is this one. @param root may be an id that is not stored. */
  decision(id: string, root: CustomerId): Decision | undefined;
  /** The newest decision that is kept for a customer and placement until later than `at`. */
  stickyDecision(root: CustomerId, placement: string, at: number): Decision | undefined;

  exposure(ownIds: readonly CustomerId[], offer: string, decisionId: string): Exposure | undefined;
  /** The open reservation of an offer at a placement that lasts longest. */
  openReservation(ownIds: readonly CustomerId[], offer: string, placement: string, at: number): Exposure | undefined;
  /** Presentations after `since` and open reservations; counting ends at `limit`. @param since null: for ever. */
  countOf(ownIds: readonly CustomerId[], offer: string, since: number | null, at: number, limit: number): number;
  /** The trials that were presented from `since` until before `until`, in the order of time. */
  trialsBetween(
    ownIds: readonly CustomerId[],
    shown: Pick<Exposure, 'offer' | 'placement'>,
    since: number,
    until: number,
  ): readonly Trial[];
  /** Reservations that have ended by `at` without a presentation: first those of these offers, then any; the oldest first. */
  expiredReservations(offers: readonly string[], at: number, limit: number): readonly Exposure[];

  capLease(offer: string, per: number, holder: string): CapLease | undefined;
  capLeases(offer: string, per: number): readonly CapLease[];
  /** Presentations in the spans from this one on. */
  capShown(offer: string, per: number, firstSpan: number): number;

  evidence(placement: string, offer: string): StoredEvidence | undefined;

  /** The memberships of a customer in these audiences, with the id under which each is stored. */
  memberships(root: CustomerId, audiences: readonly string[]): readonly { readonly customerId: CustomerId; readonly audience: string }[];

  /** True where rows may be deleted: decisions and audience events before `before`, exposures kept until before `at`. */
  isAnythingOld(before: number, at: number): boolean;
}
