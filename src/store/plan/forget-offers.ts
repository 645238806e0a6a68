import type { GraphDraft } from './graph-draft.ts';
import type { OfferFacts } from './offer-facts.ts';

/** Rows of each kind that one plan deletes at most, so that many old rows are deleted in small parts. */
const FORGOTTEN_AT_ONCE = 100;

/** How long something is kept, in milliseconds. */
export interface Retention {
  /** Decisions, audience events and responses. A response is kept longer where a cap's window is longer. */
  readonly decisions: number;
}

/** 365 days. */
export const DEFAULT_RETENTION: Retention = { decisions: 365 * 24 * 60 * 60 * 1_000 };

/** Deletes a few of the rows whose time of retention has passed. @param at milliseconds, by the caller's clock. */
export function forgetOffers(draft: GraphDraft, facts: OfferFacts, { decisions }: Retention, at: number): void {
  // A caller whose clock is ahead must not delete what is new.
  const now = Math.min(at, draft.now());
  if (facts.isAnythingOld(now - decisions, now)) {
    draft.write({ kind: 'forget-offers', before: now - decisions, at: now, limit: FORGOTTEN_AT_ONCE });
  }
}
