import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { IdentityDecision, IdentityEvent, IdentityState, StoredCustomer } from '../model/ports.ts';

/** How many values of a type one customer may have; strongest type first. Plain data: it travels to the store's thread. */
export interface IdentityRules {
  readonly types: readonly { readonly name: string; readonly limit: number }[];
}

/**
 * What an event means: its identifiers belong to one customer. The oldest customer survives and the others
 * become its aliases; where nobody is known yet, the customer gets the id that the strongest identifier was
 * shown with. Pure: the store applies the answer.
 *
 * An event that would give one customer more values of a type than its limit is refused whole.
 */
export function decide(rules: IdentityRules, state: IdentityState, event: IdentityEvent): IdentityDecision {
  const ordered = byStrength(rules, event.identifiers);
  const owners = [...new Set(ordered.map((identifier) => state.owners.get(identifierKey(identifier))).filter((id) => id !== undefined))];
  const customers = owners.map((id) => state.customers.get(id) as StoredCustomer).sort(oldestFirst);
  const linked = ordered.filter((identifier) => !state.owners.has(identifierKey(identifier)));

  const exceeded = exceededType(rules, [...customers.flatMap(({ identifiers }) => identifiers), ...linked]);
  if (exceeded !== null) return { kind: 'refused', type: exceeded };

  const provisional = linked.map((identifier) => state.provisionalIds.get(identifierKey(identifier)) as CustomerId);
  const survivor = customers[0]?.id ?? (provisional[0] as CustomerId);
  return {
    kind: 'changes',
    customerId: survivor,
    created: customers.length === 0,
    merged: customers.slice(1).map(({ id }) => id),
    aliases: provisional.filter((id) => id !== survivor),
    linked,
  };
}

/** Strongest type first, then by value, each once: the order in which identifiers came must not matter. */
function byStrength(rules: IdentityRules, identifiers: readonly Identifier[]): Identifier[] {
  const rank = new Map(rules.types.map(({ name }, index) => [name, index]));
  const distinct = new Map(identifiers.map((identifier) => [identifierKey(identifier), identifier]));
  return [...distinct.values()].sort(
    (a, b) => (rank.get(a.type) ?? 0) - (rank.get(b.type) ?? 0) || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0),
  );
}

function oldestFirst(a: StoredCustomer, b: StoredCustomer): number {
  return a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1);
}

function exceededType(rules: IdentityRules, identifiers: readonly Identifier[]): string | null {
  for (const { name, limit } of rules.types) {
    if (identifiers.filter(({ type }) => type === name).length > limit) return name;
  }
  return null;
}
