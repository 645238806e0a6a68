import type { DecisionSettings } from '../definition/compiled-offers.ts';
import type { DecisionState, Evidence } from './decision-state.ts';
import { sampleBeta } from './sample-beta.ts';
import { seededRandom } from './seeded-random.ts';
import type { Ranked, Standing } from './standing.ts';

/** The name of a sequence of random numbers. A file's name has no NUL, so it is no offer's sequence. */
const EXPLORATION = '\0exploration';

/** True for the share of decisions that explore, drawn from the seed. */
export function isExploring(state: DecisionState, settings: DecisionSettings): boolean {
  return settings.exploration > 0 && seededRandom(state.seed, EXPLORATION)() < settings.exploration;
}

/**
 * Offers from first to last. Mandatory ones first, by priority, then score. The others by score; in decisions that explore in an
 * even random order, those with little evidence first. Ties go by name, so the order of files doesn't matter.
 */
export function rankOffers(
  standings: readonly Standing[],
  state: DecisionState,
  settings: DecisionSettings,
  isExploring: boolean,
): Ranked[] {
  const ranked: Ranked[] = [];
  for (const standing of standings) if (standing.step === 'RANKED') ranked.push(scored(standing, state, settings, isExploring));
  return ranked.sort((a, b) => compare(a, b, isExploring, settings.minimumEvidence));
}

function scored(standing: Standing, state: DecisionState, settings: DecisionSettings, isExploring: boolean): Ranked {
  const { offer, step, mark, why } = standing;
  const { ranksByPropensity } = settings;
  const evidence = ranksByPropensity || isExploring ? state.evidenceOf(offer.name) : null;
  const random = evidence === null ? null : seededRandom(state.seed, offer.name);
  // This number is drawn also where it is not used, so that a decision that explores samples the same propensities.
  const luck = random === null ? 0 : random();
  const propensity = ranksByPropensity && random !== null && evidence !== null ? sampledPropensity(evidence, random) : null;
  const score = settings.rank({ propensity: propensity ?? 0, value: offer.value, priority: offer.priority });
  return { offer, step, mark, why, score: Number.isFinite(score) ? score : null, propensity, evidence, luck };
}

/**
 * Thompson sampling for yes-or-no responses: a random draw from the posterior distribution of the rate. The prior is Beta(1, 1), so
 * every rate is equally likely at first. Each presentation adds to the one parameter or the other.
 * (W. R. Thompson, Biometrika 25, 1933; O. Chapelle and L. Li, An empirical evaluation of Thompson sampling, NIPS 2011.)
 */
function sampledPropensity({ presented, responded }: Evidence, random: () => number): number {
  return sampleBeta(1 + responded, 1 + Math.max(0, presented - responded), random);
}

function compare(a: Ranked, b: Ranked, isExploring: boolean, minimumEvidence: number): number {
  if (a.offer.mandatory !== b.offer.mandatory) return a.offer.mandatory ? -1 : 1;
  if (a.offer.mandatory) return b.offer.priority - a.offer.priority || byScore(a, b);
  if (!isExploring) return byScore(a, b);
  const aIsNew = (a.evidence?.presented ?? 0) < minimumEvidence;
  const bIsNew = (b.evidence?.presented ?? 0) < minimumEvidence;
  if (aIsNew !== bIsNew) return aIsNew ? -1 : 1;
  return a.luck - b.luck || byName(a, b);
}

function byScore(a: Ranked, b: Ranked): number {
  if (a.score === b.score) return byName(a, b);
  if (a.score === null || b.score === null) return a.score === null ? 1 : -1;
  return b.score - a.score;
}

function byName(a: Ranked, b: Ranked): number {
  return a.offer.name < b.offer.name ? -1 : 1;
}
