import { decide } from '../../identity/decide.ts';
import { type IdentityRules, orderedByStrength, pickerOf } from '../../identity/identity-rules.ts';
import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { IdentityDecision, IdentityEvent } from '../../model/identity.ts';
import { applyChanges } from './apply-changes.ts';
import type { GraphDraft } from './graph-draft.ts';
import { recordDecision, replayed } from './identity-history.ts';
import { stateOf } from './identity-state.ts';
import { saveAttributes } from './save-attributes.ts';
import { unconfirmedAmong } from './unconfirmed.ts';

/** Decides an event, and writes what it changes: the graph, its attributes, its history (`IdentityStore.commit`). */
export function recordEvent(rules: IdentityRules, draft: GraphDraft, event: IdentityEvent): IdentityDecision {
  const known = replayed(draft, event);
  if (known !== null) return known;
  const unconfirmed = unconfirmedAmong(draft, event.identifiers, event.onlyConfirmedBy);
  if (unconfirmed.length > 0) return { kind: 'refused', type: null, unconfirmed };
  const retired = event.identifiers.filter((identifier) => draft.retired.ownerOf(identifier) !== undefined);
  if (retired.length > 0) return recordWithout(retired, rules, draft, event);
  const decided = decide(rules, stateOf(draft, event), event);
  const decision = decided.kind === 'changes' ? { ...decided, attributed: apply(rules, draft, event, decided) } : decided;
  recordDecision(draft, event, decision);
  return decision;
}

/** @returns who got the event's attributes. */
function apply(
  rules: IdentityRules,
  draft: GraphDraft,
  event: IdentityEvent,
  decision: Extract<IdentityDecision, { kind: 'changes' }>,
): CustomerId | null {
  const { occurredAt, source } = event;
  applyChanges(draft, decision, source, occurredAt);
  const at = occurredAt.getTime();
  for (const identifier of decision.seen) draft.seeIdentifier(identifierKey(identifier), at);
  if (!decision.created) draft.seeCustomer(decision.customerId, at, at);
  return attribute(rules, draft, event, decision.customerId);
}

/** A retired cookie is no evidence for anybody but its owner, of whom it says nothing new. */
function recordWithout(retired: readonly Identifier[], rules: IdentityRules, draft: GraphDraft, event: IdentityEvent): IdentityDecision {
  const owners = retired.map((cookie) => draft.retired.ownerOf(cookie) as CustomerId);
  const identifiers = event.identifiers.filter((identifier) => !retired.includes(identifier));
  const [owner] = owners as [CustomerId];
  if (identifiers.length === 0) {
    return { ...NO_CHANGES, rule: 'TOGETHER', customerId: owner, attributed: attribute(rules, draft, event, owner) };
  }
  const decision = recordEvent(rules, draft, { ...event, identifiers });
  if (decision.kind === 'refused') return decision;
  const foreign = retired.filter((_, index) => owners[index] !== decision.customerId);
  return {
    ...decision,
    leftOut: [...decision.leftOut, ...foreign.map((cookie) => ({ ...cookie, reason: 'CONFLICTING_IDENTIFIERS' as const }))],
  };
}

function attribute(
  rules: IdentityRules,
  draft: GraphDraft,
  { attributes, identifiers, occurredAt }: IdentityEvent,
  customerId: CustomerId,
): CustomerId | null {
  if (attributes === undefined) return null;
  return saveAttributes(draft, pickerOf(rules, orderedByStrength(rules, identifiers)), customerId, attributes, occurredAt);
}
