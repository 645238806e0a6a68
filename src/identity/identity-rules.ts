import type { CustomerId } from '../model/customer.ts';
import { type Identifier, type IdentifierClass, identifierKey } from '../model/identifier.ts';
import type { ConflictPolicy } from '../model/identity.ts';

/** What an owner says about identifiers. Plain data: it travels to the store's thread. */
export interface IdentityRules {
  /** Strongest type first. */
  readonly types: readonly TypeRules[];
  readonly conflict: ConflictPolicy;
  /** How many identifiers one customer may have. */
  readonly capacity: number;
}

export interface TypeRules {
  readonly name: string;
  readonly class: IdentifierClass;
  readonly unique: boolean;
  /** How many values of it one customer may have; 1 for a unique type. */
  readonly limit: number;
  /** Milliseconds: only values last seen within so long of each other count together for the limit. Null: all count. */
  readonly window: number | null;
}

/** An identifier that a customer has or would have. */
export interface Candidate {
  readonly identifier: Identifier;
  /** The customer who has it and joins with all they have; null for one that nobody has, or that leaves its owner. */
  readonly owner: CustomerId | null;
  /** Milliseconds: the last evidence, the event's own included. */
  readonly seenAt: number;
  /** Milliseconds: the last evidence before the event; 0 where there was none. */
  readonly seenBefore: number;
  readonly isPicker: boolean;
  readonly isOnEvent: boolean;
}

/** Strongest type first, then by value, each once: the order in which identifiers came must not matter. */
export function orderedByStrength(rules: IdentityRules, identifiers: readonly Identifier[]): Identifier[] {
  const rank = new Map(rules.types.map(({ name }, index) => [name, index]));
  const distinct = new Map(identifiers.map((identifier) => [identifierKey(identifier), identifier]));
  return [...distinct.values()].sort(
    (a, b) => (rank.get(a.type) ?? 0) - (rank.get(b.type) ?? 0) || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0),
  );
}

/** The identifier that says whose a conflicting event is: the strongest unique one, or else the strongest. */
export function pickerOf(rules: IdentityRules, ordered: readonly Identifier[]): Identifier {
  const unique = new Set(rules.types.filter((type) => type.unique).map(({ name }) => name));
  return ordered.find(({ type }) => unique.has(type)) ?? (ordered[0] as Identifier);
}

/** Names of the types that name a human. */
export function personTypesOf({ types }: IdentityRules): Set<string> {
  return new Set(types.filter((type) => type.class === 'person').map(({ name }) => name));
}

/** The strongest unique type of which these are two values. */
export function doubledType(rules: IdentityRules, distinct: readonly Identifier[]): string | null {
  return rules.types.find(({ name, unique }) => unique && distinct.filter(({ type }) => type === name).length > 1)?.name ?? null;
}

/** The strongest type of which one customer with all of these would have too many values; null for none. */
export function overfullType(rules: IdentityRules, candidates: readonly Candidate[]): string | null {
  const isOverfull = (type: TypeRules) => {
    const values = candidates.filter(({ identifier }) => identifier.type === type.name);
    return fullest(type, values) > allowedValues(type, values);
  };
  return rules.types.find(isOverfull)?.name ?? null;
}

/**
 * How many values of a type one customer may have: the limit; or what one of the joining customers had before the event,
 * where that is more, since a person may merge customers beyond a limit, and an event does not undo what a person decided.
 */
export function allowedValues(type: TypeRules, values: readonly Candidate[]): number {
  const before = values.filter(({ owner }) => owner !== null).map(({ owner, seenBefore }) => ({ owner, seenAt: seenBefore }));
  let allowed = type.limit;
  for (const theirs of Map.groupBy(before, ({ owner }) => owner).values()) allowed = Math.max(allowed, fullest(type, theirs));
  return allowed;
}

/**
 * How many of a type's values count together: all of them, or the most that were seen within one window. A window ends
 * with one of the values and begins, without its first millisecond, `window` before. O(n log n).
 */
export function fullest({ window }: TypeRules, values: readonly { readonly seenAt: number }[]): number {
  if (window === null) return values.length;
  const times = Float64Array.from(values, ({ seenAt }) => seenAt).sort();
  let most = 0;
  let first = 0;
  for (const [last, end] of times.entries()) {
    while ((times[first] as number) <= end - window) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
