import type { CustomerId } from '../../model/customer.ts';
import { type DecisionToKeep, type OfferCap, RESERVED_FOR } from '../../model/offer.ts';
import { CapLedger } from './cap-ledger.ts';
import type { GraphDraft } from './graph-draft.ts';
import { isSame } from './learn-offers.ts';
import { type Exposure, type OfferFacts, UNSEEN } from './offer-facts.ts';
import type { OfferWrite } from './offer-writes.ts';
import type { SharedCap } from './shared-caps.ts';

/** Ended reservations that one plan releases at most, so that many are released in small parts. */
export const RELEASED_AT_ONCE = 100;

type Capped = DecisionToKeep['reserve'][number];

/** The caps of an offer that everybody shares: the smallest of each window, which implies the others. */
export function sharedCapsOf(offer: string, caps: readonly OfferCap[]): SharedCap[] {
  const counts = new Map<number, number>();
  for (const { count, per, of } of caps) {
    if (of === 'everybody') counts.set(per ?? 0, Math.min(count, counts.get(per ?? 0) ?? count));
  }
  return [...counts].map(([per, count]) => ({ offer, per, count }));
}

/**
 * Reserves a presentation of each capped offer of a decision. It also releases reservations that have ended, even if it refuses an
 * offer.
 * @param ownIds ids of the customer that may have exposures. New ones are stored under the decision's own id, which its tokens name.
 * @returns the offers that have reached a cap. If there is one, nothing is reserved.
 */
export function reserveOffers(
  draft: GraphDraft,
  facts: OfferFacts,
  { decision, reserve, holder }: DecisionToKeep,
  ownIds: readonly CustomerId[],
): string[] {
  const at = decision.decidedAt.getTime();
  const ledger = new CapLedger(facts, holder, at);
  const release = (exposure: Exposure) => {
    for (const write of ledger.release(exposure)) draft.write(write);
  };
  const offers = reserve.map(({ offer }) => offer);
  for (const expired of facts.expiredReservations(offers, at, RELEASED_AT_ONCE)) release(expired);
  const writes: OfferWrite[] = [];
  const refused: string[] = [];
  for (const capped of reserve) {
    const reserved = reserveOne(capped);
    if (reserved === null) refused.push(capped.offer);
    else writes.push(...reserved);
  }
  if (refused.length === 0) for (const write of writes) draft.write(write);
  return refused;

  /** @returns what to write; null where the offer has reached a cap. */
  function reserveOne({ offer, caps }: Capped): OfferWrite[] | null {
    const until = at + RESERVED_FOR;
    const same = facts.exposure(ownIds, offer, decision.id);
    // The offer of this decision was presented already: showing it again is no new presentation.
    if (same !== undefined && same.shownAt !== null) return [];
    if (same?.reservation != null && same.reservation.until <= at) release(same);
    const open = facts.openReservation(ownIds, offer, decision.placement, at);
    if (open?.reservation != null) return moved(open, { ...open.reservation, until });
    if (caps.some((cap) => cap.of === 'customer' && isReached(offer, cap))) return null;
    const shared = sharedCapsOf(offer, caps);
    const taken = ledger.reserve(shared);
    if (taken === null) return null;
    const reservation = { until, holder, taken: shared.map(({ per }) => per) };
    const key = { customerId: decision.customerId, offer, decisionId: decision.id, placement: decision.placement };
    return [...taken, { kind: 'save-exposure', exposure: { ...key, ...UNSEEN, reservation } }];
  }

  /** The customer's open reservation at the placement becomes one of this decision. */
  function moved(open: Exposure, reservation: NonNullable<Exposure['reservation']>): OfferWrite[] {
    const exposure = { ...open, customerId: decision.customerId, decisionId: decision.id, reservation };
    const save: OfferWrite = { kind: 'save-exposure', exposure };
    return isSame(open, exposure) ? [save] : [{ kind: 'delete-exposure', exposure: open }, save];
  }

  function isReached(offer: string, { count, per }: OfferCap): boolean {
    return facts.countOf(ownIds, offer, per === null ? null : at - per, at, count) >= count;
  }
}
