import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier } from '../model/identifier.ts';
import type {
  CorrectionRefusal,
  CorrectionState,
  FormerCustomer,
  IdentityChanges,
  IdentityCorrection,
  StoredCustomer,
} from '../model/identity.ts';
import { NO_CHANGES } from './no-changes.ts';

/**
 * What a person decides, beyond any limit. Pure: the store applies the answer. What is taken apart is remembered,
 * so that evidence which is not newer brings it together no more. (DESIGN, Identity 7 and settled details.)
 */
export function correct(state: CorrectionState, correction: IdentityCorrection): IdentityChanges | CorrectionRefusal {
  if (correction.kind === 'merge') return merge(state, correction);
  const customer = ownerOfAll(state, correction.identifiers, correction.customerId);
  if ('kind' in customer) return customer;
  const lost = customer.identifiers.filter((identifier) => isOneOf(correction.identifiers, identifier));
  const changes = correction.kind === 'unlink' ? unlink(customer, lost) : split(state, customer, lost);
  return {
    ...changes,
    formerly: [
      ...changes.formerly,
      ...lost.map(({ type, value }) => ({ identifier: { type, value }, until: correction.at, customerId: customer.id })),
    ],
    separated: lost.map(({ type, value }) => ({ identifier: { type, value }, from: customer.id })),
  };
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
        // An erased id must never hold data again, so a living customer survives, whatever their age.
        Number(a.isErased) - Number(b.isErased) || a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1),
    ) as [StoredCustomer, ...StoredCustomer[]];
  const merged = others.map(({ id, identifiers }) => ({ id, identifiers: identifiers.map(({ type, value }) => ({ type, value })) }));
  return { ...NO_CHANGES, rule: 'MERGE', customerId: survivor.id, merged };
}

function unlink(customer: StoredCustomer, lost: readonly LinkedIdentifier[]): IdentityChanges {
  return { ...NO_CHANGES, rule: 'UNLINK', customerId: customer.id, cut: lost };
}

/** Whoever was merged into the customer and brought nothing but what leaves now comes back as they were: id, history and all. */
function split(state: CorrectionState, customer: StoredCustomer, lost: readonly LinkedIdentifier[]): IdentityChanges {
  const returning = state.formerCustomers.filter(({ identifiers }) => {
    const still = identifiers.filter((identifier) => isOneOf(customer.identifiers, identifier));
    return still.length > 0 && still.every((identifier) => isOneOf(lost, identifier));
  });
  const oldest = [...returning].sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : 1))[0];
  return {
    ...NO_CHANGES,
    rule: 'SPLIT',
    customerId: oldest?.id ?? state.freshId,
    created: oldest === undefined,
    restored: returning.map(({ id }) => id),
    moved: lost.map((identifier) => ({ ...identifier, from: customer.id })),
    formerly: returning.flatMap((former) => beforeTheMerge(former, lost)),
  };
}

function beforeTheMerge({ id, identifiers, mergedAt }: FormerCustomer, lost: readonly Identifier[]) {
  return identifiers
    .filter((identifier) => isOneOf(lost, identifier))
    .map((identifier) => ({ identifier, until: mergedAt, customerId: id }));
}

/** @param expected whose they must be; null for anybody's. */
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

function isOneOf(identifiers: readonly Identifier[], { type, value }: Identifier): boolean {
  return identifiers.some((other) => other.type === type && other.value === value);
}
