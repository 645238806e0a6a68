import { RESERVED_FOR } from '../../model/offer.ts';

/*
 * The arithmetic of a cap that everybody shares. At any time
 *   presentations within the window + open reservations + unspent presentations of leases <= the cap's count,
 * because only a new lease adds to the left side, and it is granted out of what is left. So no more than `count`
 * presentations are in any window, apart from those that are reported after their reservation has ended.
 */

/** A window is counted in this many spans. The span in which the window begins counts as a whole. */
const SPANS_PER_WINDOW = 64;
/** A lease gets one part in this many of what is left, so that no process holds all of the last presentations. */
const PART_OF_REST = 16;
/** Presentations of one lease at most: a process that ends keeps them from others for `RESERVED_FOR`. */
const MAX_LEASED = 100;

export interface SharedCap {
  readonly offer: string;
  /** Milliseconds of the window; 0 for none. */
  readonly per: number;
  readonly count: number;
}

/** The lease of one process: presentations of a shared cap that it may reserve on its own. */
export interface CapLease {
  readonly holder: string;
  /** The cap's count when it was granted. With another count it is asked for anew. */
  readonly count: number;
  /** Presentations that it may still reserve. */
  readonly unspent: number;
  /** Its open reservations, and those that have ended and are not released yet. */
  readonly reserved: number;
  /** Milliseconds: the last reservation. */
  readonly usedAt: number;
}

/** @param at milliseconds. @returns the number of the span that contains it. */
export function capSpanOf(per: number, at: number): number {
  return per === 0 ? 0 : Math.floor(at / spanLength(per));
}

/** The first span that a window which ends at this time touches. @param at milliseconds. */
export function firstCapSpan(per: number, at: number): number {
  return per === 0 ? 0 : capSpanOf(per, at - per);
}

/** A lease ends `RESERVED_FOR` after its last use. @param at milliseconds. @returns what it may still reserve. */
export function unspentOf({ unspent, usedAt }: CapLease, at: number): number {
  return at < usedAt + RESERVED_FOR ? unspent : 0;
}

/** The lease after one more reservation from it; null where it has none left and must be granted anew. @param at milliseconds. */
export function reserveFrom(lease: CapLease | undefined, cap: SharedCap, at: number): CapLease | null {
  if (lease === undefined || lease.count !== cap.count || unspentOf(lease, at) < 1) return null;
  return { ...lease, unspent: lease.unspent - 1, reserved: lease.reserved + 1, usedAt: Math.max(at, lease.usedAt) };
}

/**
 * Grants a block, and reserves one presentation of it.
 * @param shown presentations in the spans that the window touches. @param leases all of the cap. @param at milliseconds.
 * @returns the holder's lease; null where nothing is left.
 */
export function grantLease(cap: SharedCap, shown: number, leases: readonly CapLease[], holder: string, at: number): CapLease | null {
  const own = leases.find((lease) => lease.holder === holder);
  // The holder's own unspent presentations are left again: they were granted for another count, or the lease has ended.
  const held = leases.reduce((sum, lease) => sum + lease.reserved + (lease === own ? 0 : unspentOf(lease, at)), 0);
  const left = cap.count - shown - held;
  if (left < 1) return null;
  return {
    ...{ holder, count: cap.count },
    unspent: blockOf(cap.per, left) - 1,
    reserved: (own?.reserved ?? 0) + 1,
    usedAt: Math.max(at, own?.usedAt ?? at),
  };
}

/** In a short window, a process leases one presentation at a time: an unused lease would hold them for a large part of the window. */
function blockOf(per: number, left: number): number {
  if (per !== 0 && per / SPANS_PER_WINDOW < RESERVED_FOR) return 1;
  return Math.min(Math.max(Math.floor(left / PART_OF_REST), 1), MAX_LEASED);
}

function spanLength(per: number): number {
  return Math.ceil(per / SPANS_PER_WINDOW);
}
