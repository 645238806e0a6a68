import { z } from 'zod';
import { GatewayError } from './errors.ts';

/** How far an event may be ahead of the clock, because clocks differ (DESIGN, Journey). */
const MAX_AHEAD_MS = 5 * 60 * 1000;

/**
 * What is wrong with the time of an event: it is too far ahead, or before 1970. Such old times (0001-01-01, 1969-12-31) come
 * from clocks and fields that were never set.
 * @returns null for a valid time.
 */
export function eventTimeProblem(occurredAt: Date, now: Date): string | null {
  const time = occurredAt.getTime();
  if (time >= 0 && time <= now.getTime() + MAX_AHEAD_MS) return null;
  const expected = time < 0 ? 'a time since 1970-01-01T00:00:00Z' : 'at most 5 minutes ahead of now';
  return `occurredAt: expected ${expected}, received ${occurredAt.toISOString()}`;
}

/** @throws GatewayError BAD_USER_INPUT for an invalid time of an event. */
export function requireEventTime(occurredAt: Date, now: Date): void {
  const problem = eventTimeProblem(occurredAt, now);
  if (problem !== null) throw new GatewayError('BAD_USER_INPUT', problem);
}

/**
 * The schema of the time of an event in a record: a date, or a text.
 * @param read parses a text; returns null for a text that is no time.
 * @param expected the message: `expected a time such as …`.
 */
export function eventTimeSchema(read: (text: string) => Date | null, expected: string) {
  const text = z.string().transform((value, context) => {
    const time = read(value);
    if (time !== null) return time;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
  return z.union([z.date(), text], { error: expected });
}
