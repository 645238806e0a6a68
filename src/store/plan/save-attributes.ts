import type { CustomerId } from '../../model/customer.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import type { EventAttributes } from '../../model/identity.ts';
import type { GraphDraft } from './graph-draft.ts';

/**
 * Saves what an event or an interaction says of its customer. Attributes belong to the customer who had the deciding
 * identifier at that time: where the identifier has moved since, its present owner must not get them. A former owner gets
 * attributes from trusted viewers only.
 * @param deciding the identifier that picks the event's customer, or decides over the interaction.
 * @param customerId who has it now, or had it then.
 * @returns who got them; null where there are none, or where the owner of that time was erased or is no longer known.
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
  // Otherwise the present owner of a cookie could write attributes of its former owner.
  if (then !== null && isVouchedFor !== true && draft.ownerOf(deciding) !== owner) return null;
  writeAttributes(draft, owner, { values, touchpoint }, occurredAt);
  return owner;
}

/** Saves attributes of a customer who is known, whoever had which identifier then. */
export function writeAttributes(
  draft: GraphDraft,
  customerId: CustomerId,
  { values, touchpoint }: EventAttributes,
  occurredAt: Date,
): void {
  const capturedAt = occurredAt.getTime();
  for (const [name, value] of Object.entries(values)) {
    draft.write({ kind: 'save-attribute', customerId, name, value, touchpoint, capturedAt });
  }
}
