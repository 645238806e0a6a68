import type { WeightedEvidence } from '../../model/decay.ts';
import type { Offer } from '../../model/offer.ts';
import type { Verdict } from '../rules/rule-set.ts';

/** Everything that a decision depends on, apart from the offers and the settings. */
export interface DecisionState {
  /** Milliseconds. */
  readonly now: number;
  readonly channel: string | null;
  /** A keyed hash of customer, placement and hour: 32 bytes. */
  readonly seed: Uint8Array;
  readonly isControl: boolean;
  /** False: only the fallback is given, because the customer is not proven as well as the placement needs. */
  readonly isAdmitted: boolean;
  /** The verdict of the offer's rule; called at most once for each offer, and only for one that is valid and not filtered. */
  readonly verdictOf: (offer: Offer) => Verdict;
  /** Presentations and reservations by offer, in the order of its caps. */
  readonly counts: ReadonlyMap<string, readonly number[]>;
  /** Offers whose reservation was refused: their caps are reached. */
  readonly refused: ReadonlySet<string>;
  /** The evidence of an offer with the weight of this hour (`hourOf`, `decay`); zeros for an offer without any. Called at most once for each offer. */
  readonly evidenceOf: (offer: string) => Evidence;
}

/** Of one offer at one placement. A customer counts once a day, in `responded` if they clicked or accepted. */
export type Evidence = WeightedEvidence;

/** How far an offer came in a decision. */
export type DecisionStep = 'INVALID' | 'FILTERED' | 'INELIGIBLE' | 'UNKNOWN' | 'RANKED';

export interface ExplainedOffer {
  readonly name: string;
  readonly step: DecisionStep;
  /** In words, without a full stop; null for RANKED. */
  readonly reason: string | null;
  /** The value of the rank formula; null before ranking, and where the formula gives no finite number. */
  readonly score: number | null;
  /** Null before ranking, and where the formula has no propensity. */
  readonly propensity: number | null;
}
