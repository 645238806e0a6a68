import type { Offer, Placement } from '../../model/offer.ts';
import type { Trait } from '../../model/trait.ts';
import type { RuleSet } from '../rules/rule-set.ts';

/** Offers, placements and audiences of a project without a problem. */
export interface CompiledOffers {
  readonly placements: ReadonlyMap<string, CompiledPlacement>;
  /** The rules of all audiences, by name. */
  readonly audiences: RuleSet;
  readonly audienceNames: readonly string[];
  /** Audiences whose rules read only what the gateway itself stores. */
  readonly storedAudiences: readonly string[];
  readonly settings: DecisionSettings;
  /** What the store counts for `journey.count` and `journey.last`, each once. */
  readonly traits: readonly Trait[];
  /** Names of the data sources that some rule reads. */
  readonly sources: ReadonlySet<string>;
}

export interface CompiledPlacement {
  readonly placement: Placement;
  /** The offers that name this placement, sorted by name. `rules` has a rule for each of these names. */
  readonly offers: readonly Offer[];
  readonly rules: RuleSet;
  readonly fallback: Offer | null;
}

/** How offers are ranked. */
export interface DecisionSettings {
  /** Share of customers in the control group, 0 to 1. */
  readonly control: number;
  /** Share of decisions with an even random order, 0 to 1. */
  readonly exploration: number;
  /** Milliseconds in which evidence loses half of its weight. */
  readonly halfLife: number;
  /** Presentations below which an offer comes first in decisions that explore. */
  readonly minimumEvidence: number;
  /** The compiled rank formula. */
  readonly rank: (inputs: RankInputs) => number;
  /** False where the formula does not name `propensity`: nothing is sampled then. */
  readonly ranksByPropensity: boolean;
}

export interface RankInputs {
  readonly propensity: number;
  readonly value: number;
  readonly priority: number;
}
