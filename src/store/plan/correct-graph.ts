import { correct } from '../../identity/correct.ts';
import { type IdentityRules, personTypesOf } from '../../identity/identity-rules.ts';
import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import type {
  CorrectionRefusal,
  CorrectionState,
  FormerCustomer,
  IdentityChanges,
  IdentityCorrection,
  ShownCustomer,
} from '../../model/identity.ts';
import { applyChanges } from './apply-changes.ts';
import type { GraphDraft } from './graph-draft.ts';
import { formerCustomersOf, recordChange } from './identity-history.ts';
import { unconfirmedIn } from './unconfirmed.ts';

/** All corrections, each decided on what those before it leave, or, where one is refused, none (`IdentityStore.correctAll`). */
export function correctGraph(
  rules: IdentityRules,
  draft: GraphDraft,
  corrections: readonly IdentityCorrection[],
): readonly IdentityChanges[] | CorrectionRefusal {
  const decisions: IdentityChanges[] = [];
  for (const correction of corrections) {
    storeShown(draft, correction.shown ?? [], correction.source);
    const state = stateOf(rules, draft, correction);
    const decision = unconfirmedIn(draft, state, correction) ?? correct(state, correction);
    if (decision.kind === 'refused') {
      draft.giveUp();
      return decision;
    }
    const { at, source, actor, reason } = correction;
    applyChanges(draft, decision, source, at);
    const evidence = correction.kind === 'merge' ? decision.merged.flatMap(({ identifiers }) => identifiers) : correction.identifiers;
    recordChange(draft, decision, { source, actor, reason, occurredAt: at, evidence });
    decisions.push(decision);
  }
  return decisions;
}

/** Stores customers who were only shown. One that is stored by now, or is shown with another id by now, is left as it is. */
export function storeShown(draft: GraphDraft, shown: readonly ShownCustomer[], source: string): void {
  for (const { id, identifier } of shown) {
    const { type, value } = identifier;
    if (draft.ownerOf(identifier) !== null || draft.provisionalId(`${type}:${value}`) !== id) continue;
    const changes: IdentityChanges = { ...NO_CHANGES, rule: 'TOGETHER', customerId: id, created: true, linked: [{ type, value }] };
    const occurredAt = new Date(draft.now());
    applyChanges(draft, changes, source, occurredAt);
    recordChange(draft, changes, { source, actor: null, reason: null, occurredAt, evidence: changes.linked });
  }
}

function stateOf(rules: IdentityRules, draft: GraphDraft, correction: IdentityCorrection): CorrectionState {
  const ids = correction.kind === 'merge' ? correction.customerIds : correction.customerId === null ? [] : [correction.customerId];
  const owners = draft.ownersByKey(correction.kind === 'merge' ? [] : correction.identifiers);
  const roots = new Map<CustomerId, CustomerId>();
  for (const id of ids) {
    const root = draft.customer(id)?.root;
    if (root !== undefined) roots.set(id, root);
  }
  return {
    roots,
    owners,
    customers: draft.customersById([...roots.values(), ...owners.values()]),
    formerCustomers: correction.kind === 'split' ? [...new Set(owners.values())].flatMap((root) => formerCustomers(draft, root)) : [],
    personTypes: personTypesOf(rules),
    freshId: draft.freshId() as CustomerId,
  };
}

/** With cookies under the value that they were replaced by since. */
function formerCustomers(draft: GraphDraft, root: CustomerId): FormerCustomer[] {
  return formerCustomersOf(draft, root).map((former) => ({
    ...former,
    identifiers: former.identifiers.map((identifier) => draft.retired.currentOf(identifier)),
  }));
}
