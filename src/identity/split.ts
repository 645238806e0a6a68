import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier, plain } from '../model/identifier.ts';
import type { BroughtCustomer, CorrectionState, FormerCustomer, FormerOwner, IdentityChanges, StoredCustomer } from '../model/identity.ts';
import { NO_CHANGES } from './no-changes.ts';
import { oldestFirst } from './oldest-first.ts';

/**
 * Separates the listed identifiers from the others of a customer. A customer who was merged into this one, and who brought only
 * identifiers that leave, comes back with their id and history. When all others were brought by merged customers and the listed
 * ones were not, the others leave instead, so that the listed part keeps its id and history. Pure. (DESIGN, Identity 7.)
 * @param listed at least one; all belong to the customer.
 */
export function split(state: CorrectionState, customer: StoredCustomer, listed: readonly LinkedIdentifier[], at: Date): IdentityChanges {
  const owned = new Set(customer.identifiers.map(identifierKey));
  const keys = new Set(listed.map(identifierKey));
  const rest = customer.identifiers.filter((identifier) => !keys.has(identifierKey(identifier)));
  const parts = partsOf(state.formerCustomers, owned);
  const [ofListed, ofRest] = [returningWith(parts, listed), returningWith(parts, rest)];
  // Interactions since the merge are stored under the customer's id, and belong to the person rather than to a cookie.
  const isPerson = (part: readonly Identifier[]) => part.some(({ type }) => state.personTypes.has(type));
  const isRestLeaving = isBroughtBy(ofRest, rest) && !isBroughtBy(ofListed, listed) && (isPerson(listed) || !isPerson(rest));
  const [lost, returning] = isRestLeaving ? [rest, ofRest] : [listed, ofListed];

  // An id that was only shown for an identifier may be as old as the customer who got it, who is the one to come back.
  const back = [...returning].sort((a, b) => Number(b.wasCustomer) - Number(a.wasCustomer) || oldestFirst(a, b))[0];
  const customerId = back?.id ?? state.freshId;
  return {
    ...NO_CHANGES,
    rule: 'SPLIT',
    customerId,
    created: back === undefined,
    restored: returning.map(({ id }) => id),
    moved: lost.map((identifier) => ({ ...identifier, from: customer.id })),
    formerly: [
      ...beforeTheMerges(state.formerCustomers, returning, customer.identifiers),
      ...lost.map((identifier) => ({ identifier: plain(identifier), until: at, customerId: customer.id })),
    ],
    brought: broughtAfter(state, returning, customerId, customer.id),
    separated: lost.map((identifier) => ({ identifier: plain(identifier), from: customer.id })),
  };
}

/**
 * What both customers must remember of their aliases, because the events that say it may belong to the other customer now: all
 * aliases that come back, and those that stay and had been merged into another customer than this one.
 */
function broughtAfter(
  { formerCustomers }: CorrectionState,
  returning: readonly FormerCustomer[],
  to: CustomerId,
  from: CustomerId,
): BroughtCustomer[] {
  const ids = new Set(returning.map(({ id }) => id));
  const intoOf = new Map(formerCustomers.map(({ id, into }) => [id, into]));
  // When an alias and the customer into which it was merged go different ways, the alias follows the chain of merges to the
  // next customer that goes its way. Otherwise its identifiers would count as brought by the customer at the end of the chain.
  const joinedOf = (former: FormerCustomer): CustomerId => {
    const isReturning = ids.has(former.id);
    const end = isReturning ? to : from;
    const seen = new Set<CustomerId>();
    let into = former.into;
    while (into !== end && ids.has(into) !== isReturning) {
      seen.add(into);
      const next = intoOf.get(into);
      if (next === undefined || seen.has(next)) return end;
      into = next;
    }
    return into;
  };
  return formerCustomers.flatMap((former) => {
    if (former.id === to || (!ids.has(former.id) && former.into === from)) return [];
    const { createdAt: _, ...brought } = former;
    return { ...brought, into: joinedOf(former) };
  });
}

/** A former customer, with the identifiers that it had before any other customer was merged into it. */
interface Part {
  readonly former: FormerCustomer;
  /** Keys of those that the present customer still has. */
  readonly own: readonly string[];
}

/** @param owned keys of all identifiers of the present customer. */
function partsOf(formerCustomers: readonly FormerCustomer[], owned: ReadonlySet<string>): Part[] {
  const joined = Map.groupBy(
    formerCustomers.filter(({ wasCustomer }) => wasCustomer),
    ({ into }) => into,
  );
  return formerCustomers.map((former) => {
    const others = new Set((joined.get(former.id) ?? []).flatMap((other) => other.identifiers.map(identifierKey)));
    return { former, own: former.identifiers.map(identifierKey).filter((key) => owned.has(key) && !others.has(key)) };
  });
}

/**
 * The former customers who come back when these identifiers leave: those who brought some of them and none that stays; and,
 * with the customer into which they were merged, those who brought nothing that the customer still has.
 */
function returningWith(parts: readonly Part[], leaving: readonly Identifier[]): FormerCustomer[] {
  const keys = new Set(leaving.map(identifierKey));
  const returning = new Map<CustomerId, FormerCustomer>();
  for (const { former, own } of parts) if (own.length > 0 && own.every((key) => keys.has(key))) returning.set(former.id, former);
  const without = parts.flatMap(({ former, own }) => (own.length === 0 ? [former] : []));
  const joined = Map.groupBy(without, ({ into }) => into);
  // The iteration also visits entries that are set during it.
  for (const id of returning.keys()) for (const former of joined.get(id) ?? []) returning.set(former.id, former);
  return [...returning.values()];
}

/** True when former customers, and not only shown ids, brought all of these. */
function isBroughtBy(formerCustomers: readonly FormerCustomer[], identifiers: readonly Identifier[]): boolean {
  const customers = formerCustomers.filter(({ wasCustomer }) => wasCustomer);
  const brought = new Set(customers.flatMap((former) => former.identifiers.map(identifierKey)));
  return identifiers.length > 0 && identifiers.every((identifier) => brought.has(identifierKey(identifier)));
}

/** Former owners: who had each identifier of the returning customers before each merge. */
function beforeTheMerges(
  formerCustomers: readonly FormerCustomer[],
  returning: readonly FormerCustomer[],
  owned: readonly Identifier[],
): FormerOwner[] {
  const brought = new Set(returning.flatMap(({ identifiers }) => identifiers.map(identifierKey)));
  const concerned = new Set(owned.map(identifierKey).filter((key) => brought.has(key)));
  const joined = Map.groupBy(formerCustomers, ({ into }) => into);
  // Merges may be late, or in the same millisecond: this customer had an identifier only after the customer who brought it.
  const untilOf = ({ id, mergedAt }: FormerCustomer, key: string, seen: readonly CustomerId[] = []): number => {
    const before = (joined.get(id) ?? []).filter(
      (other) => !seen.includes(other.id) && other.identifiers.some((each) => identifierKey(each) === key),
    );
    return before.reduce((until, other) => Math.max(until, untilOf(other, key, [...seen, id]) + 1), mergedAt.getTime());
  };
  return formerCustomers.flatMap((former) =>
    former.identifiers
      .filter((identifier) => concerned.has(identifierKey(identifier)))
      .map((identifier) => ({
        identifier: plain(identifier),
        until: new Date(untilOf(former, identifierKey(identifier))),
        customerId: former.id,
      })),
  );
}
