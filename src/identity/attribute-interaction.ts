import type { CustomerId } from '../model/customer.ts';
import type { Identifier } from '../model/identifier.ts';
import type { FormerOwner } from '../model/identity.ts';
import { doubledType, type IdentityRules, orderedByStrength } from './identity-rules.ts';

/** The present and former owners of an identifier. @typeParam Now includes null when it may have no owner now. */
export interface Ownership<Now extends CustomerId | null = CustomerId> {
  readonly now: Now;
  /** The earliest end first. Ownerships that ended before the time of the interaction may be left out. */
  readonly formerly: readonly Pick<FormerOwner, 'until' | 'customerId'>[];
}

/** The deciding identifier of an interaction: the strongest one, but not of a unique type with two values while there is another type. */
export function decidingIdentifier(rules: IdentityRules, identifiers: readonly Identifier[]): Identifier {
  const ordered = orderedByStrength(rules, identifiers);
  const doubled = doubledType(rules, ordered);
  return ordered.find(({ type }) => type !== doubled) ?? (ordered[0] as Identifier);
}

/**
 * The customer of an interaction: the owner of its deciding identifier when it happened. So a late interaction gets the same
 * customer as one in time, and a cookie that moves takes no history along. An interaction from before the first owner belongs
 * to the first owner, so an anonymous history belongs to the person who logs in. (DESIGN, Identity 5.)
 */
export function attributeInteraction<Now extends CustomerId | null>({ now, formerly }: Ownership<Now>, occurredAt: Date): CustomerId | Now {
  return formerly.find(({ until }) => until.getTime() > occurredAt.getTime())?.customerId ?? now;
}
