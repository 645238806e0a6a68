import type { CustomerId } from '../model/customer.ts';
import type { Identifier } from '../model/identifier.ts';
import type { FormerOwner } from '../model/identity.ts';
import { doubledType, type IdentityRules, orderedByStrength } from './identity-rules.ts';

/** Whose an identifier is and was. @typeParam Now includes null where nobody may have it now. */
export interface Ownership<Now extends CustomerId | null = CustomerId> {
  readonly now: Now;
  /** The earliest end first; those that ended by the time asked for may be left out. */
  readonly formerly: readonly Pick<FormerOwner, 'until' | 'customerId'>[];
}

/** The identifier that says whose an interaction is: the strongest; of a type that says two things at once, none while there is another. */
export function decidingIdentifier(rules: IdentityRules, identifiers: readonly Identifier[]): Identifier {
  const ordered = orderedByStrength(rules, identifiers);
  const doubled = doubledType(rules, ordered);
  return ordered.find(({ type }) => type !== doubled) ?? (ordered[0] as Identifier);
}

/**
 * Whose an interaction is: the customer who had its deciding identifier when it happened. So what comes late goes
 * where it would have gone in time, and a cookie that moves on takes nothing along. What happened before an
 * identifier had any owner is its first owner's: an anonymous history belongs to the person it turns out to be.
 * (DESIGN, Identity 5.)
 */
export function attributeInteraction<Now extends CustomerId | null>({ now, formerly }: Ownership<Now>, occurredAt: Date): CustomerId | Now {
  return formerly.find(({ until }) => until.getTime() > occurredAt.getTime())?.customerId ?? now;
}
