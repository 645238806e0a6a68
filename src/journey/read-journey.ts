import type { JourneyPlace, JourneyRange, StoredInteraction } from '../model/interaction.ts';
import type { Slice } from '../model/slice.ts';

/** Which of a customer's interactions somebody wants. */
export interface JourneyFilter {
  readonly types?: readonly string[] | null | undefined;
  readonly touchpoints?: readonly string[] | null | undefined;
  /** What happened then or later. */
  readonly since?: Date | null | undefined;
  /** What happened before. */
  readonly until?: Date | null | undefined;
}

/** The part of a journey that a filter and a slice of it, newest first, ask for. */
export function journeyRange(
  { types, touchpoints, since, until }: JourneyFilter,
  { limit, after, before, fromEnd }: Slice<JourneyPlace>,
): JourneyRange {
  return {
    limit,
    order: fromEnd ? 'oldest-first' : 'newest-first',
    olderThan: until && (after === null || until <= after.occurredAt) ? beginningOf(until) : after,
    newerThan: since && (before === null || since > before.occurredAt) ? beginningOf(since) : before,
    types: types ?? null,
    touchpoints: touchpoints ?? null,
  };
}

/** No interaction stands here, and all of that time or later stand behind it. */
function beginningOf(time: Date): JourneyPlace {
  return { occurredAt: time, id: '', customerId: '' };
}

/** The last moment that a date can hold, in milliseconds (ECMA-262, 21.4.1.1). */
const MAX_TIME = 8.64e15;

/** Milliseconds that a date can hold. */
export function isTime(part: unknown): part is number {
  return Number.isInteger(part) && Math.abs(part as number) <= MAX_TIME;
}

/** A place as the parts of a cursor. */
export function partsOfPlace({ occurredAt, id, customerId }: JourneyPlace): readonly (string | number)[] {
  return [occurredAt.getTime(), id, customerId];
}

/** @returns null for parts that are no place. */
export function placeOfParts([occurredAt, id, customerId]: readonly unknown[]): JourneyPlace | null {
  if (!isTime(occurredAt) || typeof id !== 'string' || typeof customerId !== 'string') return null;
  return { occurredAt: new Date(occurredAt), id, customerId };
}

/** How a journey is read, as the store's port says it. */
export type ReadJourney = (range: JourneyRange) => Promise<readonly StoredInteraction[]>;
