import type { JourneyPlace, JourneyRange, StoredInteraction } from '../model/interaction.ts';

/** Which of a customer's interactions somebody wants. */
export interface JourneyFilter {
  readonly types?: readonly string[] | null | undefined;
  readonly touchpoints?: readonly string[] | null | undefined;
  /** What happened then or later. */
  readonly since?: Date | null | undefined;
  /** What happened before. */
  readonly until?: Date | null | undefined;
}

/** Where in the journey to read, newest first. */
export interface JourneySlice {
  readonly limit: number;
  /** Begins after this place: with what is older. */
  readonly after: JourneyPlace | null;
  /** Ends before this place: with what is newer. */
  readonly before: JourneyPlace | null;
  /** Of all that is between, the oldest. */
  readonly fromEnd: boolean;
}

/** The part of a journey that a filter and a slice of its pages ask for. */
export function journeyRange(
  { types, touchpoints, since, until }: JourneyFilter,
  { limit, after, before, fromEnd }: JourneySlice,
): JourneyRange {
  return {
    limit,
    order: fromEnd ? 'oldest-first' : 'newest-first',
    olderThan: earlier(after, until ? beginningOf(until) : null),
    newerThan: later(before, since ? beginningOf(since) : null),
    types: types ?? null,
    touchpoints: touchpoints ?? null,
  };
}

/** No interaction stands here, and all of that time or later stand behind it. */
function beginningOf(time: Date): JourneyPlace {
  return { occurredAt: time, id: '', customerId: '' };
}

function earlier(a: JourneyPlace | null, b: JourneyPlace | null): JourneyPlace | null {
  if (a === null || b === null) return a ?? b;
  return isBefore(b, a) ? b : a;
}

function later(a: JourneyPlace | null, b: JourneyPlace | null): JourneyPlace | null {
  if (a === null || b === null) return a ?? b;
  return isBefore(a, b) ? b : a;
}

/** One of the two is the beginning of a time, so nothing but the time can decide unless it is the same. */
function isBefore(a: JourneyPlace, b: JourneyPlace): boolean {
  return (
    a.occurredAt.getTime() < b.occurredAt.getTime() || (a.occurredAt.getTime() === b.occurredAt.getTime() && a.id === '' && b.id !== '')
  );
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
