import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { EventAttributes } from '../../model/identity.ts';
import type { GraphDraft } from './graph-draft.ts';

/**
 * What is said of a customer belongs to whoever had the deciding identifier then: an identifier that has moved on since must
 * not bring its present owner what was said of another. A former owner gets attributes from trusted viewers only. The rule
 * is the same for events and interactions.
 * @param deciding the identifier that picks the event's customer, or decides over the interaction.
 * @param customerId who has it now, or had it then.
 * @returns who got them; null where there are none, or where nobody living and known had the identifier then.
 */
export function saveAttributes(
  draft: GraphDraft,
  deciding: Identifier,
  customerId: CustomerId,
  { values, touchpoint, isVouchedFor }: EventAttributes,
  occurredAt: Date,
): CustomerId | null {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  const capturedAt = occurredAt.getTime();
  const then = draft.formerOwners.ownerAt(identifierKey(deciding), capturedAt);
  if (then !== null && (then.erasedAt !== null || then.isNameless)) return null;
  const owner = then?.root ?? customerId;
  // Otherwise whoever has a cookie now could write whatever they like about whoever had it before.
  if (then !== null && isVouchedFor !== true && draft.ownerOf(deciding) !== owner) return null;
  for (const [name, value] of entries) draft.write({ kind: 'save-attribute', customerId: owner, name, value, touchpoint, capturedAt });
  return owner;
}
