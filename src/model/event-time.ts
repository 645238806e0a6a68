import { GatewayError } from './errors.ts';

/** Clocks differ; an event further ahead than this is a mistake (DESIGN, Journey). */
const MAX_AHEAD_MS = 5 * 60 * 1000;

/**
 * @throws GatewayError BAD_USER_INPUT for what is said to happen later than clocks differ, or before 1970: no touchpoint is
 * that old, and a clock or a field that was never set says such times (0001-01-01, 1969-12-31).
 */
export function requireEventTime(occurredAt: Date, now: Date): void {
  const time = occurredAt.getTime();
  if (time < 0) throw refusal('a time since 1970-01-01T00:00:00Z', occurredAt);
  if (time > now.getTime() + MAX_AHEAD_MS) throw refusal('at most 5 minutes ahead of now', occurredAt);
}

function refusal(expected: string, occurredAt: Date): GatewayError {
  return new GatewayError('BAD_USER_INPUT', `occurredAt: expected ${expected}, received ${occurredAt.toISOString()}`);
}
