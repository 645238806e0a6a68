import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { IdentityChanges, IdentityDecision, IdentityEvent, IdentityState, StoredCustomer } from '../model/ports.ts';
import { crowdedType, type IdentityRules, orderedByStrength, pickerOf } from './identity-rules.ts';
import { type Candidate, withinCapacity, withinLimits } from './keep-within.ts';

/** Customers who become one, and what else comes to them. */
interface Gathering {
  readonly rule: IdentityChanges['rule'];
  /** The identifier that picked the customer: it stays whatever happens. */
  readonly picker: Identifier;
  readonly group: readonly StoredCustomer[];
  /** Of the event's identifiers, those that none of the group owns. */
  readonly arriving: readonly Identifier[];
  readonly leftOut: readonly Identifier[];
}

/**
 * What an event means: its identifiers belong to one customer. The oldest customer survives and the others
 * become its aliases; where nobody is known yet, the customer gets the id that the strongest identifier was
 * shown with. Where that would break a limit, the strongest unique identifier picks the customer, and the
 * conflict policy says what happens to the others. Pure: the store applies the answer. (DESIGN, Identity 2 to 6.)
 */
export function decide(rules: IdentityRules, state: IdentityState, event: IdentityEvent): IdentityDecision {
  const identifiers = orderedByStrength(rules, event.identifiers);
  const crowded = crowdedType(rules, identifiers);
  if (crowded !== null) return { kind: 'refused', type: crowded };

  const picker = pickerOf(rules, identifiers);
  const everyone = ownersOf(identifiers, state);
  const unowned = identifiers.filter((identifier) => !state.owners.has(identifierKey(identifier)));
  const broken = crowdedType(rules, together(everyone, unowned));
  if (broken === null) return gather(rules, state, event, { rule: 'together', picker, group: everyone, arriving: unowned, leftOut: [] });

  switch (rules.conflict) {
    case 'refuse':
      return { kind: 'refused', type: broken };
    case 'keep-first':
      return gather(rules, state, event, keepFirst(rules, state, identifiers, picker));
    case 'reassign-latest':
      return gather(rules, state, event, reassignLatest(rules, state, event, { identifiers, picker, everyone }));
  }
}

/** Owned identifiers stay where they are; of the others, the customer gets what fits. */
function keepFirst(rules: IdentityRules, state: IdentityState, identifiers: readonly Identifier[], picker: Identifier): Gathering {
  const group = ownersOf([picker], state);
  const arriving: Identifier[] = [];
  const leftOut: Identifier[] = [];
  for (const identifier of [picker, ...identifiers.filter((other) => other !== picker)]) {
    const owner = state.owners.get(identifierKey(identifier));
    if (owner !== undefined) {
      if (owner !== group[0]?.id) leftOut.push(identifier);
    } else if (crowdedType(rules, together(group, [...arriving, identifier])) === null) arriving.push(identifier);
    else leftOut.push(identifier);
  }
  return { rule: 'keep-first', picker, group, arriving, leftOut };
}

/**
 * Customers who fit whole become one with the picked one: an anonymous visit belongs to the person it turns
 * out to be. Of those who don't, only what is on the event moves, unless there is later evidence for where it is.
 */
function reassignLatest(
  rules: IdentityRules,
  state: IdentityState,
  event: IdentityEvent,
  { identifiers, picker, everyone }: { identifiers: readonly Identifier[]; picker: Identifier; everyone: readonly StoredCustomer[] },
): Gathering {
  const group = ownersOf([picker], state);
  const held = group.length === 0 ? [picker] : [];
  for (const customer of everyone) {
    if (!group.includes(customer) && crowdedType(rules, together([...group, customer], held)) === null) group.push(customer);
  }
  const ids = new Set(group.map(({ id }) => id));
  const outside = identifiers.filter((identifier) => !ids.has(state.owners.get(identifierKey(identifier)) as CustomerId));
  const isSuperseded = (identifier: Identifier) => (lastSeenOf(identifier, state) ?? 0) > event.occurredAt.getTime();
  return {
    rule: 'reassign-latest',
    picker,
    group,
    arriving: outside.filter((identifier) => !isSuperseded(identifier)),
    leftOut: outside.filter(isSuperseded),
  };
}

function gather(
  rules: IdentityRules,
  state: IdentityState,
  event: IdentityEvent,
  { rule, picker, group, arriving, leftOut }: Gathering,
): IdentityChanges {
  const occurredAt = event.occurredAt.getTime();
  const onEvent = new Set(event.identifiers.map(identifierKey));
  const candidates: Candidate[] = together(group, arriving).map((identifier) => {
    const key = identifierKey(identifier);
    const seenAt = onEvent.has(key) ? Math.max(occurredAt, lastSeenOf(identifier, state) ?? 0) : (lastSeenOf(identifier, state) ?? 0);
    return { identifier, seenAt, isPicker: key === identifierKey(picker), isOnEvent: onEvent.has(key) };
  });
  const kept = new Set(withinCapacity(rules, withinLimits(rules, candidates)).map(({ identifier }) => identifierKey(identifier)));
  const isKept = (identifier: Identifier) => kept.has(identifierKey(identifier));

  const coming = arriving.filter(isKept);
  const linked = coming.filter((identifier) => !state.owners.has(identifierKey(identifier)));
  const customers = [...group].sort(oldestFirst);
  const provisional = linked.map((identifier) => state.provisionalIds.get(identifierKey(identifier)) as CustomerId);
  const survivor = customers[0]?.id ?? (state.provisionalIds.get(identifierKey(picker)) as CustomerId);
  return {
    kind: 'changes',
    rule,
    customerId: survivor,
    created: customers.length === 0,
    merged: customers.slice(1).map(({ id }) => id),
    aliases: provisional.filter((id) => id !== survivor),
    linked,
    moved: coming
      .filter((identifier) => state.owners.has(identifierKey(identifier)))
      .map((identifier) => ({ ...identifier, from: state.owners.get(identifierKey(identifier)) as CustomerId })),
    cut: group.flatMap(({ identifiers }) => identifiers).filter((identifier) => !isKept(identifier)),
    leftOut: [...leftOut, ...arriving.filter((identifier) => !isKept(identifier))],
  };
}

/** In the order of their strongest identifier, each once. */
function ownersOf(identifiers: readonly Identifier[], state: IdentityState): StoredCustomer[] {
  const ids = new Set(identifiers.map((identifier) => state.owners.get(identifierKey(identifier))).filter((id) => id !== undefined));
  return [...ids].map((id) => state.customers.get(id) as StoredCustomer);
}

function together(customers: readonly StoredCustomer[], others: readonly Identifier[]): Identifier[] {
  return [...customers.flatMap(({ identifiers }) => identifiers), ...others];
}

/** Milliseconds; undefined for an identifier that nobody owns. */
function lastSeenOf(identifier: Identifier, state: IdentityState): number | undefined {
  const key = identifierKey(identifier);
  const owner = state.customers.get(state.owners.get(key) as CustomerId);
  const known =
    owner?.identifiers.find((other) => identifierKey(other) === key) ??
    ('lastSeenAt' in identifier ? (identifier as { lastSeenAt: Date }) : undefined);
  return known?.lastSeenAt.getTime();
}

function oldestFirst(a: StoredCustomer, b: StoredCustomer): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1);
}
