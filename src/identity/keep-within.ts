import { IDENTIFIER_CLASSES, type Identifier } from '../model/identifier.ts';
import type { IdentityRules } from './identity-rules.ts';

/** An identifier that a customer would have. */
export interface Candidate {
  readonly identifier: Identifier;
  /** Milliseconds: the last evidence, the event's own included. */
  readonly seenAt: number;
  readonly isPicker: boolean;
  readonly isOnEvent: boolean;
}

/** Of each type, its newest values up to the limit. What the event says counts as newer than what is as old. */
export function withinLimits(rules: IdentityRules, candidates: readonly Candidate[]): Candidate[] {
  return rules.types.flatMap(({ name, limit }) =>
    candidates
      .filter(({ identifier }) => identifier.type === name)
      .sort(newestFirst)
      .slice(0, limit),
  );
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
