import type { DecidedOffer } from '../../model/offer.ts';
import { validityProblem } from '../decision/reasons.ts';
import type { CompiledPlacement } from '../definition/compiled-offers.ts';
import type { RuleReads } from '../rules/rule-set.ts';

/** What a choice that was kept is checked with, when it is given again. */
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
 * rules read nothing that they may not read any more. Whether the rules are still true is not asked: that is what keeping means.
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

function readsCustomer({ customer, attributes, traits }: RuleReads): boolean {
  return customer.length > 0 || attributes || traits.length > 0;
}
