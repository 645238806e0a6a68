import type { CustomerId } from '../../model/customer.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { OfferFacts } from './offer-facts.ts';

/**
 * The ids of a customer under which exposures may be stored, the present one first.
 * @param root the customer's present id. @param asked another id of theirs, which need not be stored.
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
