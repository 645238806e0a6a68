import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { IdentityState } from '../model/identity.ts';

/**
 * Leaves out what would bring together what a person took apart after the event. The identifier that picks the
 * customer stays; of the others, strongest first, each that fits with those before it.
 */
export function withoutSeparated(
  state: IdentityState,
  ordered: readonly Identifier[],
  picker: Identifier,
): { identifiers: readonly Identifier[]; separated: readonly Identifier[] } {
  if (state.separations.size === 0) return { identifiers: ordered, separated: [] };
  const identifiers: Identifier[] = [picker];
  const separated: Identifier[] = [];
  for (const identifier of ordered.filter((other) => other !== picker)) {
    if (areApart(state, [...identifiers, identifier])) separated.push(identifier);
    else identifiers.push(identifier);
  }
  return { identifiers, separated };
}

/** Whether one customer of all these, and of all that their owners have, would again have what was taken from them. */
function areApart(state: IdentityState, identifiers: readonly Identifier[]): boolean {
  const owners = new Set(identifiers.map((identifier) => state.owners.get(identifierKey(identifier))).filter((id) => id !== undefined));
  const takenFromOneOf = (identifier: Identifier, owner: CustomerId | undefined) =>
    (state.separations.get(identifierKey(identifier)) ?? []).some((from) => from !== owner && owners.has(from));
  return (
    identifiers.some((identifier) => takenFromOneOf(identifier, state.owners.get(identifierKey(identifier)))) ||
    [...owners].some((id) => state.customers.get(id)?.identifiers.some((identifier) => takenFromOneOf(identifier, id)))
  );
}
