import type { CustomerId } from '../../../model/customer.ts';
import type { Decision } from '../../../model/offer.ts';
import { trialsInOrder } from '../../offer-rows.ts';
import type { Exposure, OfferFacts, StoredEvidence, Trial } from '../../plan/offer-facts.ts';
import type { CapLease } from '../../plan/shared-caps.ts';
import type { Gathering } from '../gathering.ts';
import { OfferCounts, shownSince } from './offer-counts.ts';
import {
  anyExpiredLookup,
  decisionLookup,
  evidenceLookup,
  expiredLookup,
  exposureLookup,
  keyOf,
  leaseLookup,
  membershipLookup,
  trialsLookup,
} from './offer-lookups.ts';

/** Answers what plans ask about offers from what was gathered. It locks nothing: what is written on its answers does (offer-rows.ts). */
export class PostgresOfferFacts implements OfferFacts {
  readonly #gathering: Gathering;
  readonly #counts: OfferCounts;

  constructor(gathering: Gathering) {
    this.#gathering = gathering;
    this.#counts = new OfferCounts(gathering);
  }

  exposedIdsOf(root: CustomerId): readonly CustomerId[] {
    return this.#counts.exposedIdsOf(root);
  }

  decision(id: string, root: CustomerId): Decision | undefined {
    return this.#gathering.ask(decisionLookup, keyOf(this.#counts.ownIdsOf(root), id));
  }

  stickyDecision(root: CustomerId, placement: string, at: number): Decision | undefined {
    return this.#counts.stickyDecision(root, placement, at);
  }

  exposure(ownIds: readonly CustomerId[], offer: string, decisionId: string): Exposure | undefined {
    const found = this.#gathering.ask(exposureLookup, keyOf(ownIds, offer, decisionId));
    return inOrderOf(ownIds, found)[0];
  }

  openReservation(ownIds: readonly CustomerId[], offer: string, placement: string, at: number): Exposure | undefined {
    const open = this.#counts.openReservations(ownIds, offer, at).filter((each) => each.placement === placement);
    return inOrderOf(ownIds, open).sort((a, b) => (b.reservation?.until ?? 0) - (a.reservation?.until ?? 0))[0];
  }

  countOf(ownIds: readonly CustomerId[], offer: string, since: number | null, at: number, limit: number): number {
    return this.#counts.ofCustomer({ ownIds, offer, since, at, limit, withoutPlacement: null });
  }

  trialsBetween(
    ownIds: readonly CustomerId[],
    { offer, placement }: Pick<Exposure, 'offer' | 'placement'>,
    since: number,
    until: number,
  ): readonly Trial[] {
    const trials = this.#gathering.ask(trialsLookup, keyOf(ownIds, offer, placement, since, until));
    return trialsInOrder(trials);
  }

  /** Only those of these offers; for no offers, those of any. Any would be asked of all nodes of a cluster: the janitor releases them. */
  expiredReservations(offers: readonly string[], at: number, limit: number): readonly Exposure[] {
    if (offers.length === 0) return this.#gathering.ask(anyExpiredLookup, keyOf(at, limit));
    return offers.flatMap((offer) => this.#gathering.ask(expiredLookup, keyOf(offer, at, limit))).slice(0, limit);
  }

  capLease(offer: string, per: number, holder: string): CapLease | undefined {
    return this.#gathering.ask(leaseLookup, keyOf(offer, per, holder));
  }

  /**
   * A plan asks for the whole cap where its process has nothing left of its lease, and on PostgreSQL where it does not know that
   * yet. It is not read then: most reservations are made from a lease, and who has read a cap locks it (offer-rows.ts).
   */
  capLeases(offer: string, per: number): readonly CapLease[] {
    return this.#gathering.isComplete ? this.#counts.cap(offer, per).leases : [];
  }

  capShown(offer: string, per: number, firstSpan: number): number {
    return this.#gathering.isComplete ? shownSince(this.#counts.cap(offer, per), firstSpan) : 0;
  }

  evidence(placement: string, offer: string): StoredEvidence | undefined {
    return this.#gathering.ask(evidenceLookup, keyOf(placement, offer));
  }

  memberships(root: CustomerId, audiences: readonly string[]): readonly { readonly customerId: CustomerId; readonly audience: string }[] {
    return this.#gathering.ask(membershipLookup, keyOf(this.#counts.ownIdsOf(root), audiences));
  }

  /** The janitor deletes what is old. */
  isAnythingOld(): boolean {
    return false;
  }
}

function inOrderOf(ownIds: readonly CustomerId[], exposures: readonly Exposure[]): Exposure[] {
  if (exposures.length < 2) return [...exposures];
  const order = new Map(ownIds.map((id, index) => [id, index]));
  return exposures.toSorted((a, b) => (order.get(a.customerId) ?? 0) - (order.get(b.customerId) ?? 0));
}
