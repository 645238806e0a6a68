import type { DecidedOffer } from '../../model/offer.ts';
import type { CompiledPlacement, DecisionSettings } from '../definition/compiled-offers.ts';
import type { DecisionState, ExplainedOffer } from './decision-state.ts';
import { exclusionsAmong } from './exclusions.ts';
import { inputsHash } from './inputs-hash.ts';
import { isExploring, rankOffers } from './rank-offers.ts';
import { channelProblem } from './reasons.ts';
import { type Ranked, type Standing, standingOf } from './standing.ts';

/** What a decision needs of a placement: not its rules, whose verdicts are part of the state. */
export type DecidedPlacement = Pick<CompiledPlacement, 'placement' | 'offers' | 'fallback'>;

/** What was decided, and why. */
export interface Decided {
  /** First to last, at most as many as the placement has slots; the fallback alone, or nothing, where no offer was left. */
  readonly chosen: readonly DecidedOffer[];
  /** True where no offer was chosen by ranking. */
  readonly isFallback: boolean;
  /** True for an admitted customer of the control group. One who is not admitted would get no offer anyway, so they count in neither group. */
  readonly isControl: boolean;
  /** True where the offers are in an even random order. */
  readonly isExploring: boolean;
  /** A hash of everything that the decision depends on: `inputsHash`. */
  readonly inputs: string;
  /** Every offer of the placement: those in the ranking first, in its order, then the others by name. Made at each call. */
  explain(): ExplainedOffer[];
}

/**
 * Chooses the offers of a placement for one customer. A pure function: all random numbers come from the state's seed.
 *
 * 1. INVALID: before its start, after its end, or for other channels.
 * 2. FILTERED: the customer is not admitted or in the control group, or a cap is reached.
 * 3. UNKNOWN or INELIGIBLE: its rule is not true.
 * 4. RANKED: mandatory ones first, then by the rank formula or, in decisions that explore, in an even random order.
 * 5. FILTERED: it is excluded by one that ranks higher.
 * 6. The first ones are chosen, one for each slot; without any, the fallback.
 */
export function decide(compiled: DecidedPlacement, state: DecisionState, settings: DecisionSettings): Decided {
  const standings = compiled.offers.map((offer) => standingOf(offer, state));
  const explores = isExploring(state, settings);
  const ranked = rankOffers(standings, state, settings, explores);
  const excluded = exclusionsAmong(ranked);
  const chosen = firstOf(ranked, excluded, compiled.placement.slots);
  const isFallback = chosen.length === 0;
  return {
    chosen: isFallback ? fallbackOf(compiled, state) : chosen,
    isFallback,
    isControl: state.isControl && state.isAdmitted,
    isExploring: explores && !isFallback,
    inputs: inputsHash(state, standings, ranked),
    explain: () => explained(standings, ranked, excluded),
  };
}

function firstOf(ranked: readonly Ranked[], excluded: ReadonlyMap<string, string>, slots: number): DecidedOffer[] {
  const chosen: DecidedOffer[] = [];
  for (const { offer, score, propensity } of ranked) {
    if (chosen.length >= slots) break;
    if (!excluded.has(offer.name)) chosen.push({ name: offer.name, version: offer.version, score, propensity });
  }
  return chosen;
}

/** The fallback's rule, dates and caps don't count, but an offer for other channels is not shown in this one. */
function fallbackOf({ fallback }: DecidedPlacement, { channel }: DecisionState): DecidedOffer[] {
  if (fallback === null || channelProblem(fallback, channel) !== null) return [];
  return [{ name: fallback.name, version: fallback.version, score: null, propensity: null }];
}

function explained(standings: readonly Standing[], ranked: readonly Ranked[], excluded: ReadonlyMap<string, string>): ExplainedOffer[] {
  const inRanking = ranked.map(({ offer: { name }, score, propensity }): ExplainedOffer => {
    const other = excluded.get(name);
    if (other === undefined) return { name, step: 'RANKED', reason: null, score, propensity };
    return { name, step: 'FILTERED', reason: `it is not shown together with ${other}, which ranks higher`, score, propensity };
  });
  const others = standings
    .filter(({ step }) => step !== 'RANKED')
    .map(({ offer: { name }, step, why }): ExplainedOffer => ({ name, step, reason: why?.() ?? null, score: null, propensity: null }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...inRanking, ...others];
}
