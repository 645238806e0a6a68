import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { FormerOwner } from '../model/identity.ts';
import { doubledType, type IdentityRules, orderedByStrength } from './identity-rules.ts';

/** Whose an identifier is and was. */
export interface Ownership {
  readonly now: CustomerId;
  /** The earliest end first. */
  readonly formerly: readonly Pick<FormerOwner, 'until' | 'customerId'>[];
}

/**
 * Whose an interaction is: the customer who had the strongest of its identifiers when it happened. So what comes
 * late goes where it would have gone in time, and a cookie that moves on takes nothing along. What happened before
 * an identifier had any owner is its first owner's: an anonymous history belongs to the person it turns out to be.
 * Of a type that says two things at once, neither counts while there is another. (DESIGN, Identity 5.)
 *
 * @param ownership by identifier key, for each.
 */
export function attributeInteraction(
  rules: IdentityRules,
  identifiers: readonly Identifier[],
  occurredAt: Date,
  ownership: ReadonlyMap<string, Ownership>,
): CustomerId {
  const ordered = orderedByStrength(rules, identifiers);
  const doubled = doubledType(rules, ordered);
  const deciding = ordered.find(({ type }) => type !== doubled) ?? (ordered[0] as Identifier);
  const { now, formerly } = ownership.get(identifierKey(deciding)) as Ownership;
  return formerly.find(({ until }) => until.getTime() > occurredAt.getTime())?.customerId ?? now;
}
