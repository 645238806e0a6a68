import type { OfferResponse } from '../model/offer.ts';

/** What a decision gave: offers by ranking, the fallback, the fallback because of the control group, or nothing. */
export type DecisionOutcome = 'ranked' | 'fallback' | 'control' | 'none';

/** Counts what happens with offers, by names of the configuration only. */
export interface OfferObserver {
  onDecision(placement: string, outcome: DecisionOutcome): void;
  onResponse(placement: string, response: OfferResponse): void;
  /** A reservation was refused, because the offer's caps are reached. */
  onCapRefused(placement: string, offer: string): void;
  /** A decision could not be stored. Its offers were given all the same, because no request waits for such a write. */
  onDecisionLost(error: unknown): void;
}
