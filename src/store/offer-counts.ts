import type { CustomerId } from '../model/customer.ts';

/**
 * Ids of one customer under which presentations and reservations are looked for: that of today, and what was merged into it. What
 * is presented after a merge lies under that of today. On SQLite each costs a plan some 10 microseconds, and somebody who logs in
 * ten thousand times, each time as a new visitor who was presented something, would keep everybody's writes waiting.
 */
export const MAX_EXPOSED_IDS = 100;

/** Presentations and open reservations that are counted of a customer. Times are in milliseconds. */
export interface CustomerCount {
  readonly ownIds: readonly CustomerId[];
  readonly offer: string;
  /** Only presentations after this time count; null: all. */
  readonly since: number | null;
  readonly at: number;
  /** Counting stops at this number. */
  readonly limit: number;
  /** Open reservations at this placement are left out; null: none are. */
  readonly withoutPlacement: string | null;
}
