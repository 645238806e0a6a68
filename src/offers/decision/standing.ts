import type { Offer } from '../../model/offer.ts';
import { explainVerdict } from '../rules/explain-verdict.ts';
import type { DecisionState, DecisionStep, Evidence } from './decision-state.ts';
import { capReason, validityProblem } from './reasons.ts';

/** How far an offer came before ranking. */
export interface Standing {
  readonly offer: Offer;
  /** The step that stopped it; RANKED for an offer that takes part in the ranking. */
  readonly step: DecisionStep;
  /** The reason in short, for the hash of the inputs. */
  readonly mark: string;
  /** Makes the reason; null for RANKED. */
  readonly why: (() => string) | null;
}

/** An offer in the ranking. */
export interface Ranked extends Standing {
  /** Null where the formula gives no finite number: such offers come last. */
  readonly score: number | null;
  /** Null where the formula has no propensity. */
  readonly propensity: number | null;
  /** Null where neither the formula nor exploration reads it. */
  readonly evidence: Evidence | null;
  /** A uniform random number, which orders offers in decisions that explore. */
  readonly luck: number;
}

/** Takes an offer through the steps before ranking. The first one that it does not pass is its step. */
export function standingOf(offer: Offer, state: DecisionState): Standing {
  const invalid = validityProblem(offer, state);
  if (invalid !== null) return { offer, step: 'INVALID', mark: 'invalid', why: invalid };
  return filtered(offer, state) ?? judged(offer, state);
}

const notAdmitted = () => 'the customer is not proven well enough for this placement';
const inControl = () => 'the customer is in the control group';
const noneLeft = () => 'no presentation of its caps is left to reserve';

function filtered(offer: Offer, state: DecisionState): Standing | null {
  if (!state.isAdmitted) return { offer, step: 'FILTERED', mark: 'not admitted', why: notAdmitted };
  if (state.isControl) return { offer, step: 'FILTERED', mark: 'control', why: inControl };
  const counts = state.counts.get(offer.name);
  const reached = offer.caps.findIndex((cap, index) => (counts?.[index] ?? 0) >= cap.count);
  if (reached >= 0) return { offer, step: 'FILTERED', mark: `cap ${reached}`, why: () => capReason(offer, reached) };
  return state.refused.has(offer.name) ? { offer, step: 'FILTERED', mark: 'refused', why: noneLeft } : null;
}

function judged(offer: Offer, state: DecisionState): Standing {
  const verdict = state.verdictOf(offer);
  switch (verdict.kind) {
    case 'TRUE':
      return { offer, step: 'RANKED', mark: 'true', why: null };
    case 'UNKNOWN':
      return { offer, step: 'UNKNOWN', mark: `unknown ${verdict.source}`, why: () => explainVerdict(verdict) };
    default:
      return { offer, step: 'INELIGIBLE', mark: verdict.kind, why: () => explainVerdict(verdict) };
  }
}
