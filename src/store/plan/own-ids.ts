import type { CustomerId } from '../../model/customer.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { OfferFacts } from './offer-facts.ts';

/**
 * The ids of a customer under which exposures may lie, the one of today first.
 * @param root the customer of today. @param asked an id of theirs that may be stored in this plan, or not at all.
 */
export function ownIdsOf(
  draft: GraphDraft,
  facts: OfferFacts,
  root: CustomerId,
  asked: CustomerId,
): readonly [CustomerId, ...CustomerId[]] {
  const exposed = draft.basesOf(root).flatMap((base) => facts.exposedIdsOf(base));
  return [root, ...new Set([asked, ...exposed].filter((id) => id !== root))];
}
