import type { DecidedOffer } from '../../model/offer.ts';
import { validityProblem } from '../decision/reasons.ts';
import type { CompiledPlacement } from '../definition/compiled-offers.ts';
import { readsCustomer } from '../rules/rule-set.ts';

/** What a kept choice is checked against before it is given again. */
export interface KeptChoiceState {
  /** Whether rules may read this customer: proven well enough, and without objection. */
  readonly mayBeRead: boolean;
  readonly channel: string | null;
  /** Milliseconds. */
  readonly now: number;
  /** Offers whose reservation was refused. */
  readonly refused: ReadonlySet<string>;
}

/**
 * The offers of a kept choice that may still be given: they exist, at this placement, in this channel and at this time, and their
 * rules read nothing that they may not read any more. Rules are not evaluated again, because a sticky placement keeps its choice
 * for a time whatever changes.
 */
export function stillGiven(
  { offers, rules }: CompiledPlacement,
  chosen: readonly DecidedOffer[],
  { mayBeRead, channel, now, refused }: KeptChoiceState,
): DecidedOffer[] {
  const byName = new Map(offers.map((offer) => [offer.name, offer]));
  return chosen.filter(({ name }) => {
    const offer = byName.get(name);
    if (offer === undefined || refused.has(name) || validityProblem(offer, { now, channel }) !== null) return false;
    return mayBeRead || !readsCustomer(rules.readsOf(name));
  });
}
