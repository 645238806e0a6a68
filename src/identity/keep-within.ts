import { IDENTIFIER_CLASSES } from '../model/identifier.ts';
import { type Candidate, fullest, type IdentityRules, placesOf } from './identity-rules.ts';

/** Of each type, its newest values up to the limit. What the event says counts as newer than what is as old. */
export function withinLimits(rules: IdentityRules, candidates: readonly Candidate[]): Candidate[] {
  return rules.types.flatMap((type) => {
    const values = candidates.filter(({ identifier }) => identifier.type === type.name);
    const places = placesOf(type, values);
    const kept: Candidate[] = [];
    for (const value of values.sort(newestFirst)) if (fullest(type, [...kept, value]) <= places) kept.push(value);
    return kept;
  });
}

/** Evicts the oldest of the weakest class until the customer has room; never one of the strongest unique type. */
export function withinCapacity(rules: IdentityRules, candidates: readonly Candidate[]): Candidate[] {
  const excess = candidates.length - rules.capacity;
  if (excess <= 0) return [...candidates];
  const classes = new Map(rules.types.map((type) => [type.name, IDENTIFIER_CLASSES.indexOf(type.class)]));
  const weakness = ({ identifier }: Candidate) => classes.get(identifier.type) ?? 0;
  const protectedType = rules.types.find(({ unique }) => unique)?.name;
  const evicted = new Set(
    candidates
      .filter(({ identifier, isPicker }) => !isPicker && identifier.type !== protectedType)
      .sort((a, b) => weakness(b) - weakness(a) || newestFirst(b, a))
      .slice(0, excess),
  );
  return candidates.filter((candidate) => !evicted.has(candidate));
}

function newestFirst(a: Candidate, b: Candidate): number {
  return (
    Number(b.isPicker) - Number(a.isPicker) ||
    b.seenAt - a.seenAt ||
    Number(b.isOnEvent) - Number(a.isOnEvent) ||
    (a.identifier.value < b.identifier.value ? -1 : 1)
  );
}
