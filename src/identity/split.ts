import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, type LinkedIdentifier, plain } from '../model/identifier.ts';
import type { BroughtCustomer, CorrectionState, FormerCustomer, FormerOwner, IdentityChanges, StoredCustomer } from '../model/identity.ts';
import { NO_CHANGES } from './no-changes.ts';
import { oldestFirst } from './oldest-first.ts';

/**
 * Takes the listed identifiers and the rest of the customer's apart. Whoever was merged into the customer and brought
 * nothing but what leaves now comes back as they were: id, history and all. Where the customer's own part is listed and
 * only customers who were merged into it remain, it is they who leave, so that the listed part keeps its id and history. Pure. (DESIGN, Identity 7.)
 * @param listed at least one, all of the customer's.
 */
export function split(state: CorrectionState, customer: StoredCustomer, listed: readonly LinkedIdentifier[], at: Date): IdentityChanges {
  const owned = new Set(customer.identifiers.map(identifierKey));
  const keys = new Set(listed.map(identifierKey));
  const rest = customer.identifiers.filter((identifier) => !keys.has(identifierKey(identifier)));
  const parts = partsOf(state.formerCustomers, owned);
  const [ofListed, ofRest] = [returningWith(parts, listed), returningWith(parts, rest)];
  // What was written since the merge lies under the customer's id: that is a person's rather than a cookie's.
  const isPerson = (part: readonly Identifier[]) => part.some(({ type }) => state.personTypes.has(type));
  const isRestLeaving = isBroughtBy(ofRest, rest) && !isBroughtBy(ofListed, listed) && (isPerson(listed) || !isPerson(rest));
  const [lost, returning] = isRestLeaving ? [rest, ofRest] : [listed, ofListed];

  const oldest = [...returning].sort(oldestFirst)[0];
  const customerId = oldest?.id ?? state.freshId;
  return {
    ...NO_CHANGES,
    rule: 'SPLIT',
    customerId,
    created: oldest === undefined,
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
 * What both customers must remember of their aliases, since the events that say so may lie in the other's history from
 * now on: of all that come back, and of those that stay and had joined somebody else than the customer.
 */
function broughtAfter(
  { formerCustomers }: CorrectionState,
  returning: readonly FormerCustomer[],
  to: CustomerId,
  from: CustomerId,
): BroughtCustomer[] {
  const ids = new Set(returning.map(({ id }) => id));
  const intoOf = new Map(formerCustomers.map(({ id, into }) => [id, into]));
  // Where the customer that one had joined goes the other way, it is in that customer's place that it goes on: what it
  // brought must not count as brought by whomever that customer had joined.
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

/** A former customer with those identifiers that it brought for itself, and not by having become one with another before. */
interface Part {
  readonly former: FormerCustomer;
  /** Keys of those that the customer still has. */
  readonly own: readonly string[];
}

/** @param owned keys of all that the customer has. */
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
 * Who comes back when these identifiers leave: whoever brought some of them and nothing that stays; and, with whom they
 * had joined, those who brought nothing that the customer still has.
 */
function returningWith(parts: readonly Part[], leaving: readonly Identifier[]): FormerCustomer[] {
  const keys = new Set(leaving.map(identifierKey));
  const returning = new Map<CustomerId, FormerCustomer>();
  for (const { former, own } of parts) if (own.length > 0 && own.every((key) => keys.has(key))) returning.set(former.id, former);
  const without = parts.flatMap(({ former, own }) => (own.length === 0 ? [former] : []));
  const joined = Map.groupBy(without, ({ into }) => into);
  // Entries that are set during the iteration are visited too.
  for (const id of returning.keys()) for (const former of joined.get(id) ?? []) returning.set(former.id, former);
  return [...returning.values()];
}

/** Whether customers, and not only ids that were shown, brought all of these. */
function isBroughtBy(formerCustomers: readonly FormerCustomer[], identifiers: readonly Identifier[]): boolean {
  const customers = formerCustomers.filter(({ wasCustomer }) => wasCustomer);
  const brought = new Set(customers.flatMap((former) => former.identifiers.map(identifierKey)));
  return identifiers.length > 0 && identifiers.every((identifier) => brought.has(identifierKey(identifier)));
}

/** Whose the identifiers were, before each merge, that the returning ones brought and that the customer has. */
function beforeTheMerges(
  formerCustomers: readonly FormerCustomer[],
  returning: readonly FormerCustomer[],
  owned: readonly Identifier[],
): FormerOwner[] {
  const brought = new Set(returning.flatMap(({ identifiers }) => identifiers.map(identifierKey)));
  const concerned = new Set(owned.map(identifierKey).filter((key) => brought.has(key)));
  const joined = Map.groupBy(formerCustomers, ({ into }) => into);
  // Events come late, and several in one millisecond: an identifier was this one's only after whoever had brought it.
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
