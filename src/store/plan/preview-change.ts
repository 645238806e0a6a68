import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { ChangeToPreview, IdentityChanges, PreviewedChange, StoredCustomer } from '../../model/identity.ts';
import { correctGraph } from './correct-graph.ts';
import type { Facts } from './facts.ts';
import { GraphDraft } from './graph-draft.ts';
import { recordEvent } from './record-event.ts';
import { runPlan } from './run-plan.ts';
import type { StoreWrite } from './writes.ts';

/** What a preview needs of a store beside the facts of plans. */
export interface PreviewFacts extends Facts {
  /** How many interactions lie under all ids of a customer of today, without those of erased ids. */
  countInteractionsOf(root: CustomerId): number;
  /** How many interactions lie under exactly this id; none under an erased one. */
  countInteractionsUnder(id: CustomerId): number;
}

/**
 * Decides a change as a write does, and throws its writes away (`IdentityStore.preview`).
 * @param now milliseconds. @param freshId a random UUID each time.
 */
export function previewChange(
  rules: IdentityRules,
  facts: PreviewFacts,
  now: () => number,
  freshId: () => string,
  change: ChangeToPreview,
): PreviewedChange {
  const { result: decision, writes } = runPlan(facts, now, freshId, (draft): PreviewedChange['decision'] => {
    if (change.kind === 'event') return recordEvent(rules, draft, change.event);
    const decided = correctGraph(rules, draft, [change.correction]);
    return 'kind' in decided ? decided : (decided[0] as IdentityChanges);
  });
  if (decision.kind === 'refused') return { decision, customers: [], interactions: 0 };
  // Another draft: the first one has the change in it.
  const before = new GraphDraft(facts, now, freshId);
  return { decision, customers: customersOf(before, decision), interactions: movedInteractions(facts, writes) };
}

function customersOf(draft: GraphDraft, { customerId, merged, moved }: IdentityChanges): StoredCustomer[] {
  const ids = new Set([customerId, ...merged.map(({ id }) => id), ...moved.map(({ from }) => from)]);
  const roots = [...ids].map((id) => draft.find(id)).filter((customer) => customer !== undefined);
  // An id that a split gives back leads to the customer who has it until then.
  return [...new Map(roots.map((customer) => [customer.id, customer])).values()];
}

/** Interactions stay where they were written; those of an id belong to another customer when the id does. */
function movedInteractions(facts: PreviewFacts, writes: readonly StoreWrite[]): number {
  let moved = 0;
  for (const write of writes) {
    if (write.kind === 'move-aliases') moved += facts.countInteractionsOf(write.from);
    else if (write.kind === 'set-root') moved += facts.countInteractionsUnder(write.id);
  }
  return moved;
}
