/** A weighted number of presentations, and of those to which the customer responded: clicked or accepted. */
export interface WeightedEvidence {
  readonly presented: number;
  readonly responded: number;
}

/**
 * Evidence with the weight that it has at a later time: half of it after each `halfLife`, so that what customers like now counts
 * more than what they liked earlier. Repeated decay over parts of a time is the same as one decay over all of it.
 * @param at the time to which the weights belong, in milliseconds; `now` before it changes nothing, so a clock that was set back
 * adds no weight.
 * @param halfLife milliseconds, more than 0; `Infinity`: evidence keeps its weight.
 */
export function decay(evidence: WeightedEvidence, at: number, now: number, halfLife: number): WeightedEvidence {
  if (!(halfLife > 0)) throw new TypeError(`decay: expected a half-life of more than 0 ms, received ${halfLife}`);
  const weight = 2 ** (-Math.max(0, now - at) / halfLife);
  return { presented: evidence.presented * weight, responded: evidence.responded * weight };
}
