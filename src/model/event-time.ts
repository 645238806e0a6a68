import { GatewayError } from './errors.ts';

/** Clocks differ; an event further ahead than this is a mistake (DESIGN, Journey). */
const MAX_AHEAD_MS = 5 * 60 * 1000;

/** @throws GatewayError BAD_USER_INPUT for what is said to happen later than clocks differ. */
export function requirePast(occurredAt: Date, now: Date): void {
  if (occurredAt.getTime() <= now.getTime() + MAX_AHEAD_MS) return;
  throw new GatewayError('BAD_USER_INPUT', `occurredAt: expected at most 5 minutes ahead of now, received ${occurredAt.toISOString()}`);
}
