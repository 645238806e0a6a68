import { isWholeText } from '../model/check-text.ts';
import { GatewayError } from '../model/errors.ts';
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

/** Names of a filter, and their characters together. The store compares them with each interaction, in one piece. */
const [MAX_NAMES, MAX_CHARACTERS] = [1_000, 100_000];

/**
 * The range of the store for a filter and a slice of the journey, newest first.
 * @throws GatewayError BAD_USER_INPUT for too many names, and for one that no interaction can have.
 */
export function journeyRange(
  { types, touchpoints, since, until }: JourneyFilter,
  { limit, after, before, fromEnd }: Slice<JourneyCursor>,
): JourneyRange {
  return {
    limit,
    order: fromEnd ? 'oldest-first' : 'newest-first',
    olderThan: until && (after === null || until <= after.occurredAt) ? beginningOf(until) : after,
    newerThan: since && (before === null || since > before.occurredAt) ? beginningOf(since) : before,
    types: namesOf('types', types),
    touchpoints: namesOf('touchpoints', touchpoints),
  };
}

function namesOf(argument: string, names: readonly string[] | null | undefined): readonly string[] | null {
  if (names == null) return null;
  const characters = names.length > MAX_NAMES ? 0 : names.reduce((sum, { length }) => sum + length, 0);
  if (names.length <= MAX_NAMES && characters <= MAX_CHARACTERS) {
    if (names.every(isWholeText)) return names;
    throw new GatewayError('BAD_USER_INPUT', `${argument}: expected whole Unicode characters without NUL`);
  }
  const received = characters === 0 ? `${names.length} names` : `${characters} characters`;
  const message = `${argument}: expected at most ${MAX_NAMES} names of ${MAX_CHARACTERS} characters together, received ${received}`;
  throw new GatewayError('BAD_USER_INPUT', message);
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
