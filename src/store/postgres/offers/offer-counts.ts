import type { CustomerId } from '../../../model/customer.ts';
import type { Decision } from '../../../model/offer.ts';
import { type CustomerCount, MAX_EXPOSED_IDS } from '../../offer-counts.ts';
import type { Exposure } from '../../plan/offer-facts.ts';
import { aliasLookup, customerLookup } from '../facts/customer-lookups.ts';
import type { Gathering } from '../gathering.ts';
import { type CapState, capLookup, countsLookup, exposedLookup, keyOf, openLookup, stickyLookup } from './offer-lookups.ts';

/** Before every time that is stored. */
const ALWAYS = Number.MIN_SAFE_INTEGER;

/** The questions about caps and sticky decisions that reads and plans have in common. Times are in milliseconds. */
export class OfferCounts {
  readonly #gathering: Gathering;

  constructor(gathering: Gathering) {
    this.#gathering = gathering;
  }

  /** Ids of a customer that were not erased, that of today first. @param root need not be stored. */
  ownIdsOf(root: CustomerId): readonly CustomerId[] {
    const row = this.#gathering.ask(customerLookup, root);
    const aliases = this.#gathering.ask(aliasLookup, root).filter(({ erasedAt }) => erasedAt === null);
    return [...(row?.erasedAt == null ? [root] : []), ...aliases.map(({ id }) => id)];
  }

  /** Those with presentations or reservations among them: that of today first, and at most `MAX_EXPOSED_IDS`. */
  exposedIdsOf(root: CustomerId): readonly CustomerId[] {
    const own = this.ownIdsOf(root);
    // So few need no question: an id without exposures adds nothing.
    return own.length <= MAX_EXPOSED_IDS ? own : this.#gathering.ask(exposedLookup, keyOf(own, root, MAX_EXPOSED_IDS));
  }

  stickyDecision(root: CustomerId, placement: string, at: number): Decision | undefined {
    return this.#gathering.ask(stickyLookup, keyOf(this.ownIdsOf(root), placement, at));
  }

  ofCustomer({ ownIds, offer, since, at, limit, withoutPlacement }: CustomerCount): number {
    const key = keyOf(ownIds, offer, since ?? ALWAYS, limit, at, withoutPlacement);
    const { former, shown, reserved } = this.#gathering.ask(countsLookup, key);
    return Math.min((since === null ? former : 0) + shown + reserved, limit);
  }

  /** Open reservations of an offer, those that last longest first. */
  openReservations(ownIds: readonly CustomerId[], offer: string, at: number): readonly Exposure[] {
    return this.#gathering.ask(openLookup, keyOf(ownIds, offer, at));
  }

  cap(offer: string, per: number): CapState {
    return this.#gathering.ask(capLookup, keyOf(offer, per));
  }
}

/** @returns the presentations in the spans from this one on. */
export function shownSince({ spans }: CapState, firstSpan: number): number {
  return spans.reduce((sum, { span, shown }) => (span < firstSpan ? sum : sum + shown), 0);
}
