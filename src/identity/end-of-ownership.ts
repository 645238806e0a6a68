import type { LinkedIdentifier } from '../model/identifier.ts';

/**
 * Until when an identifier that nobody owns from now on was its last owner's. An event that comes late ends no ownership
 * before the last evidence for it: otherwise what happened between the two would be nobody's.
 * @param at when the event happened, or when a person decided.
 * @returns the first millisecond that is not the last owner's.
 */
export function endOfOwnership({ lastSeenAt }: Pick<LinkedIdentifier, 'lastSeenAt'>, at: Date): Date {
  return new Date(Math.max(at.getTime(), lastSeenAt.getTime() + 1));
}
