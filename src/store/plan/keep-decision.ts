import type { Decision, DecisionToKeep, KeptDecision } from '../../model/offer.ts';
import { forgetOffers, type Retention } from './forget-offers.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { OfferFacts } from './offer-facts.ts';
import { ownIdsOf } from './own-ids.ts';
import { reserveOffers } from './reserve-offers.ts';

/** Keeps a decision, and reserves its capped offers (`OfferStore.keepDecision`). */
export function keepDecision(draft: GraphDraft, facts: OfferFacts, retention: Retention, toKeep: DecisionToKeep): KeptDecision {
  const { decision, reserve, mayStore } = toKeep;
  const customer = draft.customer(decision.customerId);
  // Nothing is written under an erased id: no later erasure would delete it.
  if (customer?.erasedAt != null) {
    return reserve.length === 0 ? { outcome: 'kept', decision } : { outcome: 'capped', offers: reserve.map(({ offer }) => offer) };
  }
  const root = customer?.root ?? decision.customerId;
  const at = decision.decidedAt.getTime();
  const sticky = decision.stickyUntil === null ? undefined : facts.stickyDecision(root, decision.placement, at);
  if (sticky !== undefined && isGivenInstead(sticky, toKeep)) return { outcome: 'sticky', decision: sticky };
  const refused = reserve.length === 0 ? [] : reserveOffers(draft, facts, toKeep, ownIdsOf(draft, facts, root, decision.customerId));
  const known = facts.decision(decision.id, root);
  if (refused.length === 0 && mayStore && known === undefined) {
    draft.write({ kind: 'insert-decision', decision });
    forgetOffers(draft, facts, retention, at);
  }
  if (refused.length > 0) return { outcome: 'capped', offers: refused };
  return { outcome: 'kept', decision: known ?? decision };
}

/** True where a sticky decision that was stored meanwhile is to be given instead of this one. */
function isGivenInstead(sticky: Decision, { decision, replaces }: DecisionToKeep): boolean {
  if (sticky.id === decision.id) return false;
  return replaces === undefined ? sticky.decidedAt > decision.decidedAt : sticky.id !== replaces;
}
