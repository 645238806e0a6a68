import { type IdentityRules, personTypesOf } from '../../identity/identity-rules.ts';
import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { IdentityChanges, StoredCustomer } from '../../model/identity.ts';
import type { CookieRotation, RetiredCookie, RotationOutcome } from '../../model/visitor-cookie.ts';
import type { GraphDraft } from './graph-draft.ts';
import { isMentioned, recordChange } from './identity-history.ts';
import { recordEvent } from './record-event.ts';

/** Replaces an issued cookie, links its successor and remembers the old value (`CookieStore.rotate`; DESIGN, Capture 6). */
export function rotateCookie(rules: IdentityRules, draft: GraphDraft, rotation: CookieRotation): RotationOutcome {
  const { cookie, proof, kind, proven } = rotation;
  const known = draft.retired.find(cookie);
  if (known !== null) return { kind: 'retired', cookie: known, changes: [] };
  const owner = ownerOf(draft, cookie);
  if (kind === 'person' && has(owner, proven[0])) return { kind: 'current', changes: [] };
  if (kind !== 'reset' && isSpent(draft, successorOf(rotation))) return { kind: 'spent' };

  const isAnothers = isPerson(rules, owner);
  const keepsItsCustomer = kind === 'replace' || (kind === 'person' && !isAnothers);
  const linked = keepsItsCustomer ? link(rules, draft, rotation, [...(kind === 'person' ? proven : []), cookie]) : [];
  // Made for this person already, and a conflict keeps it from them: one more successor would be kept from them, too.
  const isKeptBack = kind === 'person' && keepsItsCustomer && !has(ownerOf(draft, cookie), proven[0]);
  if (isKeptBack && draft.retired.isSuccessorFor(cookie, proof)) return { kind: 'current', changes: linked };
  const changes = keepsItsCustomer ? [...linked, ...passOn(draft, rotation)] : takeAway(draft, rotation, owner);
  const keeper = keeperOf(rules, draft, rotation, owner);
  const retired: RetiredCookie = { successor: rotation.successor, proof, retiredAt: rotation.at };
  draft.retired.retire(cookie, retired, keeper, rootOf(draft, keeper));
  if (kind === 'person' && isAnothers) changes.push(...link(rules, draft, rotation, [...proven, successorOf(rotation)]));
  return { kind: 'retired', cookie: retired, changes };
}

/** The old value was linked before, as any event links it, so that an anonymous history is the person's. Now it gets its new value. */
function passOn(draft: GraphDraft, rotation: CookieRotation): IdentityChanges[] {
  const { cookie, source } = rotation;
  const successor = successorOf(rotation);
  const keeper = draft.ownerOf(cookie);
  // A conflict may have left it without an owner.
  if (keeper === null) return [];
  // There already only where the cookie was rotated before, and that was forgotten.
  if (draft.ownerOf(successor) === null) draft.rename(cookie, successor, source);
  else draft.cut(cookie);
  return [record(draft, keeper, rotation, [successor])];
}

/** The old value leaves its owner, who keeps all that was stored with it. */
function takeAway(draft: GraphDraft, rotation: CookieRotation, owner: StoredCustomer | null): IdentityChanges[] {
  if (owner === null) return [];
  draft.cut(rotation.cookie);
  return [record(draft, owner.id, rotation, [])];
}

function record(
  draft: GraphDraft,
  customerId: CustomerId,
  { cookie, source, at }: CookieRotation,
  linked: readonly Identifier[],
): IdentityChanges {
  const cut = [{ ...cookie, linkedAt: at, lastSeenAt: at, source }];
  const change: IdentityChanges = { ...NO_CHANGES, rule: 'ROTATE', customerId, linked, cut };
  recordChange(draft, change, { source, actor: null, reason: null, occurredAt: at, evidence: [cookie] });
  return change;
}

function link(
  rules: IdentityRules,
  draft: GraphDraft,
  { at, source }: CookieRotation,
  identifiers: readonly Identifier[],
): IdentityChanges[] {
  const decision = recordEvent(rules, draft, { identifiers, occurredAt: at, source, eventId: null });
  return decision.kind === 'changes' ? [decision] : [];
}

/**
 * Whose the retired value stays, under the id that its owner had before: a split gives it back to them. A visitor of whom
 * nothing was stored is stored with the id that they were shown.
 */
function keeperOf(rules: IdentityRules, draft: GraphDraft, rotation: CookieRotation, before: StoredCustomer | null): CustomerId {
  const after = draft.ownerOf(successorOf(rotation));
  if (before !== null && (after === null || rootOf(draft, before.id) === after)) return before.id;
  if (before !== null && isPerson(rules, before)) return before.id;
  if (after !== null) return after;
  const shown = draft.provisionalId(identifierKey(rotation.cookie));
  draft.insertCustomer(shown, shown, rotation.at.getTime());
  return shown;
}

/**
 * True for a value that was a customer's cookie and has no owner now. The cookie that it once replaced can come back after
 * that rotation was forgotten, and the same proof makes the same value again.
 */
function isSpent(draft: GraphDraft, successor: Identifier): boolean {
  if (draft.retired.find(successor) !== null) return true;
  return draft.ownerOf(successor) === null && isMentioned(draft, identifierKey(successor));
}

function isPerson(rules: IdentityRules, customer: StoredCustomer | null): boolean {
  const types = personTypesOf(rules);
  return customer?.identifiers.some(({ type }) => types.has(type)) ?? false;
}

function rootOf(draft: GraphDraft, id: CustomerId): CustomerId {
  return draft.customer(id)?.root ?? id;
}

function ownerOf(draft: GraphDraft, identifier: Identifier): StoredCustomer | null {
  const owner = draft.ownerOf(identifier);
  return owner === null ? null : (draft.find(owner) ?? null);
}

function successorOf({ cookie, successor }: CookieRotation): Identifier {
  return { type: cookie.type, value: successor };
}

function has(customer: StoredCustomer | null, person: Identifier | undefined): boolean {
  return customer?.identifiers.some(({ type, value }) => type === person?.type && value === person.value) ?? false;
}
