import type { CustomerId } from '../model/customer.ts';
import type { InteractionReceipt, InteractionToSave, StoredInteraction } from '../model/interaction.ts';
import type { LiveEvents } from '../model/ports.ts';

/** Tells of what was stored: each interaction, and each customer who changed with them, once. */
export function publishCaptured(live: LiveEvents, told: readonly InteractionToSave[], receipts: readonly InteractionReceipt[]): void {
  const changedCustomers = new Set<CustomerId>();
  for (const [index, receipt] of receipts.entries()) {
    const { outcome, customerId, changed } = receipt;
    if (customerId === null) continue;
    // In this order: who the customer has become is known before what they did as that.
    if (changed.length > 0) live.publish({ kind: 'customer', customerId, others: changed, isIdentity: true });
    if (outcome !== 'stored') continue;
    changedCustomers.add(customerId);
    live.publish({ kind: 'interaction', customerId, interaction: asStored(told[index] as InteractionToSave, receipt) });
  }
  for (const customerId of changedCustomers) live.publish({ kind: 'customer', customerId, others: [], isIdentity: false });
}

function asStored(
  { id, type, occurredAt, touchpoint, pageUrl, properties, source }: InteractionToSave,
  { customerId, identifier, recordedAt }: InteractionReceipt,
): StoredInteraction {
  const told = { id, type, occurredAt, touchpoint, pageUrl, properties, source, identifier, recordedAt };
  return { ...told, customerId: customerId as StoredInteraction['customerId'] };
}
