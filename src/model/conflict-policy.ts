/**
 * What happens to an event that would break a limit. `reassign-latest`: its weaker identifiers move to the
 * customer that the strongest unique one picks, and the newest values stay; `keep-first`: what is owned stays
 * where it is; `refuse`: nothing changes.
 */
export const CONFLICT_POLICIES = ['reassign-latest', 'keep-first', 'refuse'] as const;
export type ConflictPolicy = (typeof CONFLICT_POLICIES)[number];
