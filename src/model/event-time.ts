import { GatewayError } from './errors.ts';

/** Clocks differ; an event further ahead than this is a mistake (DESIGN, Journey). */
const MAX_AHEAD_MS = 5 * 60 * 1000;

/**
 * What is wrong with the time of an event: it is later than clocks differ, or before 1970. No touchpoint is that old, and
 * such times (0001-01-01, 1969-12-31) come from clocks and fields that were never set.
 * @returns null for a time that an event may have.
 */
export function eventTimeProblem(occurredAt: Date, now: Date): string | null {
  const time = occurredAt.getTime();
  if (time >= 0 && time <= now.getTime() + MAX_AHEAD_MS) return null;
  const expected = time < 0 ? 'a time since 1970-01-01T00:00:00Z' : 'at most 5 minutes ahead of now';
  return `occurredAt: expected ${expected}, received ${occurredAt.toISOString()}`;
}

/** @throws GatewayError BAD_USER_INPUT for a time that no event can have. */
export function requireEventTime(occurredAt: Date, now: Date): void {
  const problem = eventTimeProblem(occurredAt, now);
  if (problem !== null) throw new GatewayError('BAD_USER_INPUT', problem);
}
