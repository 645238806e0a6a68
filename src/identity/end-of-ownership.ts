import type { LinkedIdentifier } from '../model/identifier.ts';

/**
 * When the last ownership of an identifier ends, which has no owner from now on. A late event does not end it before the last
 * evidence for it: otherwise interactions between the two times would have no customer.
 * @param at the time of the event, or of the correction.
 * @returns the first millisecond after the ownership.
 */
export function endOfOwnership({ lastSeenAt }: Pick<LinkedIdentifier, 'lastSeenAt'>, at: Date): Date {
  return new Date(Math.max(at.getTime(), lastSeenAt.getTime() + 1));
}
