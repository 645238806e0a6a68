import type { JourneyCursor, JourneyRange, StoredInteraction } from '../model/interaction.ts';
import type { Slice } from '../model/slice.ts';

/** Selects interactions of a journey. Null and undefined select all. */
export interface JourneyFilter {
  readonly types?: readonly string[] | null | undefined;
  readonly touchpoints?: readonly string[] | null | undefined;
  /** Inclusive. */
  readonly since?: Date | null | undefined;
  /** Exclusive. */
  readonly until?: Date | null | undefined;
}

/** The range of the store for a filter and a slice of the journey, newest first. */
export function journeyRange(
  { types, touchpoints, since, until }: JourneyFilter,
  { limit, after, before, fromEnd }: Slice<JourneyCursor>,
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

/** The cursor before all interactions of this time: no interaction has an empty id. */
function beginningOf(time: Date): JourneyCursor {
  return { occurredAt: time, id: '', customerId: '' };
}

/** The largest time of a `Date`, in milliseconds (ECMA-262, 21.4.1.1). */
const MAX_TIME = 8.64e15;

/** True for milliseconds that a `Date` can hold. */
export function isTime(part: unknown): part is number {
  return Number.isInteger(part) && Math.abs(part as number) <= MAX_TIME;
}

/** A cursor as JSON values, for its text form. */
export function cursorParts({ occurredAt, id, customerId }: JourneyCursor): readonly (string | number)[] {
  return [occurredAt.getTime(), id, customerId];
}

/** @returns null for values that are no cursor of a journey. */
export function cursorOfParts([occurredAt, id, customerId]: readonly unknown[]): JourneyCursor | null {
  if (!isTime(occurredAt) || typeof id !== 'string' || typeof customerId !== 'string') return null;
  return { occurredAt: new Date(occurredAt), id, customerId };
}

/** `InteractionStore.findInteractions` for one customer. */
export type ReadJourney = (range: JourneyRange) => Promise<readonly StoredInteraction[]>;
