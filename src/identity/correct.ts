import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier, plain } from '../model/identifier.ts';
import type { CorrectionRefusal, CorrectionState, IdentityChanges, IdentityCorrection, StoredCustomer } from '../model/identity.ts';
import { endOfOwnership } from './end-of-ownership.ts';
import { NO_CHANGES } from './no-changes.ts';
import { oldestFirst } from './oldest-first.ts';
import { split } from './split.ts';

/**
 * Decides a correction by a person; no limit applies. Pure: the store applies the changes. Separations are remembered, so that
 * older evidence does not undo them. (DESIGN, Identity 7 and settled details.)
 */
export function correct(state: CorrectionState, correction: IdentityCorrection): IdentityChanges | CorrectionRefusal {
  if (correction.kind === 'merge') return merge(state, correction);
  const customer = ownerOfAll(state, correction.identifiers, correction.customerId);
  if ('kind' in customer) return customer;
  const named = new Set(correction.identifiers.map(identifierKey));
  const lost = customer.identifiers.filter((identifier) => named.has(identifierKey(identifier)));
  return correction.kind === 'unlink' ? unlink(customer, lost, correction.at) : split(state, customer, lost, correction.at);
}

function merge(
  { roots, customers }: CorrectionState,
  { customerIds: given, emptied }: Extract<IdentityCorrection, { kind: 'merge' }>,
): IdentityChanges | CorrectionRefusal {
  const unknown = given.findIndex((id) => !roots.has(id));
  if (unknown >= 0) return { kind: 'refused', why: 'unknown-customer', index: unknown };
  const toBeEmpty = emptied === undefined ? undefined : customers.get(roots.get(emptied) as CustomerId);
  if (toBeEmpty !== undefined && toBeEmpty.identifiers.length > 0) {
    return { kind: 'refused', why: 'not-empty', index: given.indexOf(emptied as CustomerId) };
  }
  const [survivor, ...others] = [...new Set(given.map((id) => roots.get(id) as CustomerId))]
    .map((id) => customers.get(id) as StoredCustomer)
    .sort(
      (a, b) =>
        // An erased id must never get data again, so a customer who is not erased survives, of any age.
        Number(a.isErased) - Number(b.isErased) || oldestFirst(a, b),
    ) as [StoredCustomer, ...StoredCustomer[]];
  // Nobody is left: the merge, with the reason that a person wrote, would be new data of an erased id.
  if (survivor.isErased) return { kind: 'refused', why: 'unknown-customer', index: 0 };
  const merged = others.map(({ id, identifiers }) => ({ id, identifiers: identifiers.map(plain) }));
  return { ...NO_CHANGES, rule: 'MERGE', customerId: survivor.id, merged };
}

function unlink(customer: StoredCustomer, lost: readonly LinkedIdentifier[], at: Date): IdentityChanges {
  const formerly = lost.map((identifier) => ({
    identifier: plain(identifier),
    until: endOfOwnership(identifier, at),
    customerId: customer.id,
  }));
  const separated = lost.map((identifier) => ({ identifier: plain(identifier), from: customer.id }));
  return { ...NO_CHANGES, rule: 'UNLINK', customerId: customer.id, cut: lost, formerly, separated };
}

/** The one owner of all identifiers. @param expected who the owner must be; null for any. */
function ownerOfAll(
  { roots, owners, customers }: CorrectionState,
  identifiers: readonly Identifier[],
  expected: CustomerId | null,
): StoredCustomer | CorrectionRefusal {
  const wanted = expected === null ? owners.get(identifierKey(identifiers[0] as Identifier)) : roots.get(expected);
  if (expected !== null && wanted === undefined) return { kind: 'refused', why: 'unknown-customer', index: 0 };
  for (const [index, identifier] of identifiers.entries()) {
    const owner = owners.get(identifierKey(identifier));
    if (owner === undefined) return { kind: 'refused', why: 'unknown-identifier', index };
    if (owner !== wanted) return { kind: 'refused', why: 'several-customers', index };
  }
  return customers.get(wanted as CustomerId) as StoredCustomer;
}
