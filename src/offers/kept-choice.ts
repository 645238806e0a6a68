import { isProven } from '../model/assurance.ts';
import type { DecidedOffer, Offer } from '../model/offer.ts';
import type { CompiledPlacement } from './compiled-offers.ts';
import type { RuleReads } from './rules/rule-set.ts';
import type { RuleState } from './rules/rule-set.ts';

/** What a choice that was kept is checked with, when it is given again. */
export type KeptChoiceState = Pick<RuleState, 'assurance' | 'mayBeRead' | 'channel' | 'now'>;

/**
 * The offers of a kept choice that may still be given: they exist, at this placement, in this channel and at this time, and their
 * rules read nothing that they may not read any more. Whether the rules are still true is not asked: that is what keeping means.
 */
export function stillGiven(
  { offers, rules }: CompiledPlacement,
  chosen: readonly DecidedOffer[],
  { assurance, mayBeRead, channel, now }: KeptChoiceState,
): DecidedOffer[] {
  const byName = new Map(offers.map((offer) => [offer.name, offer]));
  return chosen.filter(({ name }) => {
    const offer = byName.get(name);
    if (offer === undefined || !isValid(offer, channel, now.getTime())) return false;
    return (isProven(assurance) && mayBeRead) || !readsCustomer(rules.readsOf(name));
  });
}

function isValid({ starts, ends, channels }: Offer, channel: string | null, now: number): boolean {
  if (starts !== null && now < starts) return false;
  if (ends !== null && now >= ends) return false;
  return channels === null || (channel !== null && channels.includes(channel));
}

function readsCustomer({ customer, attributes, traits }: RuleReads): boolean {
  return customer.length > 0 || attributes || traits.length > 0;
}
