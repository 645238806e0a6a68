/** How an interaction came into the journey while it was open. */
export type Arrival = 'live' | 'gap';

/**
 * What came in while the journey was open. An arrival waits while the reader is scrolled down or has a row focused; otherwise it
 * is shown above the unread line. The line moves only when something arrives after the reader has looked, never under the pointer.
 */
export interface Arrivals {
  /** Keys of interactions that are not shown yet. */
  readonly waiting: ReadonlyMap<string, Arrival>;
  /** Keys of interactions above the unread line. */
  readonly fresh: ReadonlyMap<string, Arrival>;
  /** Whether the reader did something in the journey since the last arrival. */
  readonly hasLooked: boolean;
}

export const NO_ARRIVALS: Arrivals = { waiting: new Map(), fresh: new Map(), hasLooked: true };

/** Adds arrivals; `isHeld` says whether they wait. */
export function arrive(arrivals: Arrivals, keys: readonly string[], how: Arrival, isHeld: boolean): Arrivals {
  const added = keys.filter((key) => !arrivals.waiting.has(key) && !arrivals.fresh.has(key));
  if (added.length === 0) return arrivals;
  const waiting = new Map([...arrivals.waiting, ...added.map((key) => [key, how] as const)]);
  return isHeld ? { ...arrivals, waiting } : reveal({ ...arrivals, waiting });
}

/** Shows what waits, above the unread line. */
export function reveal(arrivals: Arrivals): Arrivals {
  if (arrivals.waiting.size === 0) return arrivals;
  const fresh = new Map([...(arrivals.hasLooked ? [] : arrivals.fresh), ...arrivals.waiting]);
  return { waiting: new Map(), fresh, hasLooked: false };
}

/** Notes that the reader did something in the journey: the next arrival starts a new unread line. */
export function look(arrivals: Arrivals): Arrivals {
  return arrivals.hasLooked ? arrivals : { ...arrivals, hasLooked: true };
}
