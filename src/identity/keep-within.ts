import type { CustomerId } from '../model/customer.ts';
import { IDENTIFIER_CLASSES } from '../model/identifier.ts';
import { allowedValues, type Candidate, type IdentityRules, type TypeRules } from './identity-rules.ts';

/** Of each type, its newest values up to the limit. Of values that are as old, those on the event count as newer. */
export function withinLimits(rules: IdentityRules, candidates: readonly Candidate[]): Candidate[] {
  const byType = Map.groupBy(candidates, ({ identifier }) => identifier.type);
  return rules.types.flatMap((type) => {
    const values = byType.get(type.name) ?? [];
    return newestWithin(type, allowedValues(type, values), values.sort(newestFirst));
  });
}

/**
 * Takes one value after the other, each unless some window would hold more than `allowed` then. O(n): the values come
 * newest first, so the window that holds the value at hand and most others begins just before it.
 * @param values newest first.
 */
function newestWithin({ window }: TypeRules, allowed: number, values: readonly Candidate[]): Candidate[] {
  if (window === null) return values.slice(0, Math.max(0, allowed));
  const kept: Candidate[] = [];
  let begin = 0;
  for (const value of values) {
    // Of the kept values, those from `begin` on were seen less than a window after this one.
    while (begin < kept.length && (kept[begin] as Candidate).seenAt >= value.seenAt + window) begin++;
    if (kept.length - begin < allowed) kept.push(value);
  }
  return kept;
}

/**
 * Evicts the oldest of the weakest class until the customer has room; never one of the strongest unique type. There is
 * room for what one of the customers had before, where that is more: only a person merges beyond the capacity. Of what
 * a person brought together so, evidence that is not newer evicts nothing: what it adds is left out, of whatever type.
 * @param isNewer whether the event is newer than the last merge by a person of any of these customers.
 */
export function withinCapacity(rules: IdentityRules, candidates: readonly Candidate[], isNewer: boolean): Candidate[] {
  const { owner: largest, allowed } = roomOf(rules, candidates);
  const excess = candidates.length - allowed;
  if (excess <= 0) return [...candidates];
  const classes = new Map(rules.types.map((type) => [type.name, IDENTIFIER_CLASSES.indexOf(type.class)]));
  const weakness = ({ identifier }: Candidate) => classes.get(identifier.type) ?? 0;
  const protectedType = rules.types.find(({ unique }) => unique)?.name;
  const isDecided = largest !== null && !isNewer;
  const isEvictable = ({ identifier, owner, isPicker }: Candidate) =>
    isDecided ? owner !== largest : identifier.type !== protectedType && !isPicker;
  const evicted = new Set(
    candidates
      .filter(isEvictable)
      .sort((a, b) => weakness(b) - weakness(a) || newestFirst(b, a))
      .slice(0, excess),
  );
  return candidates.filter((candidate) => !evicted.has(candidate));
}

/** How many identifiers there is room for, and who had so many before; nobody within the capacity. */
function roomOf({ capacity }: IdentityRules, candidates: readonly Candidate[]): { owner: CustomerId | null; allowed: number } {
  let room: { owner: CustomerId | null; allowed: number } = { owner: null, allowed: capacity };
  const held = Map.groupBy(candidates, ({ owner }) => owner);
  for (const [owner, { length }] of held) {
    if (owner !== null && length > room.allowed) room = { owner, allowed: length };
  }
  return room;
}

function newestFirst(a: Candidate, b: Candidate): number {
  return b.seenAt - a.seenAt || Number(b.isOnEvent) - Number(a.isOnEvent) || (a.identifier.value < b.identifier.value ? -1 : 1);
}
