import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { IdentityState, StoredCustomer } from '../model/identity.ts';
import type { IdentityRules } from './identity-rules.ts';

interface Separated {
  readonly identifiers: readonly Identifier[];
  readonly separated: readonly Identifier[];
}

/**
 * Leaves out what would bring together what a person took apart after the event. The identifier that picks the
 * customer stays; of the others, strongest first, each that fits with those before it.
 */
export function withoutSeparated(state: IdentityState, ordered: readonly Identifier[], picker: Identifier): Separated {
  if (state.separations.size === 0) return { identifiers: ordered, separated: [] };
  return separate(ordered, picker, (identifiers) => areApart(state, identifiers));
}

/**
 * Leaves out what would bring another customer to one whom a person merged beyond the capacity, unless the event is newer
 * than that merge: there is no room, and such evidence evicts nothing of what the person brought together.
 * @param at milliseconds: the event's time.
 */
export function withoutOverfilling(
  { capacity }: IdentityRules,
  state: IdentityState,
  ordered: readonly Identifier[],
  picker: Identifier,
  at: number,
): Separated {
  if (![...state.customers.values()].some(({ identifiers }) => identifiers.length > capacity))
    return { identifiers: ordered, separated: [] };
  return separate(ordered, picker, (identifiers) => {
    const owners = [...ownersOf(state, identifiers)].map((id) => state.customers.get(id) as StoredCustomer);
    const isFull = owners.length > 1 && owners.some((owner) => owner.identifiers.length > capacity);
    return isFull && at <= lastMergeByPerson(owners);
  });
}

/** When a person last merged customers into one of these, in milliseconds; 0 for never. */
export function lastMergeByPerson(customers: readonly StoredCustomer[]): number {
  return Math.max(0, ...customers.map(({ mergedByPersonAt }) => mergedByPersonAt?.getTime() ?? 0));
}

function separate(
  ordered: readonly Identifier[],
  picker: Identifier,
  isRefused: (identifiers: readonly Identifier[]) => boolean,
): Separated {
  const identifiers: Identifier[] = [picker];
  const separated: Identifier[] = [];
  for (const identifier of ordered.filter((other) => other !== picker)) {
    if (isRefused([...identifiers, identifier])) separated.push(identifier);
    else identifiers.push(identifier);
  }
  return { identifiers, separated };
}

function ownersOf(state: IdentityState, identifiers: readonly Identifier[]): Set<CustomerId> {
  return new Set(identifiers.map((identifier) => state.owners.get(identifierKey(identifier))).filter((id) => id !== undefined));
}

/** Whether one customer of all these, and of all that their owners have, would again have what was taken from them. */
function areApart(state: IdentityState, identifiers: readonly Identifier[]): boolean {
  const owners = ownersOf(state, identifiers);
  const takenFromOneOf = (identifier: Identifier, owner: CustomerId | undefined) =>
    (state.separations.get(identifierKey(identifier)) ?? []).some((from) => from !== owner && owners.has(from));
  return (
    identifiers.some((identifier) => takenFromOneOf(identifier, state.owners.get(identifierKey(identifier)))) ||
    [...owners].some((id) => state.customers.get(id)?.identifiers.some((identifier) => takenFromOneOf(identifier, id)))
  );
}
