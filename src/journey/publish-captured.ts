import type { InteractionReceipt, InteractionToSave, StoredInteraction } from '../model/interaction.ts';
import type { LiveEvents } from '../model/ports.ts';

/** Tells of what was stored: each interaction, and each customer who changed with them. */
export function publishCaptured(live: LiveEvents, told: readonly InteractionToSave[], receipts: readonly InteractionReceipt[]): void {
  for (const [index, receipt] of receipts.entries()) {
    const { outcome, customerId, changed } = receipt;
    if (customerId === null || (outcome !== 'stored' && changed.length === 0)) continue;
    // In this order: who the customer has become is known before what they did as that.
    live.publish({ kind: 'customer', customerId, others: changed, isIdentity: changed.length > 0 });
    if (outcome === 'stored')
      live.publish({ kind: 'interaction', customerId, interaction: asStored(told[index] as InteractionToSave, receipt) });
  }
}

function asStored(
  { id, type, occurredAt, touchpoint, pageUrl, properties, source }: InteractionToSave,
  { customerId, identifier, recordedAt }: InteractionReceipt,
): StoredInteraction {
  const told = { id, type, occurredAt, touchpoint, pageUrl, properties, source, identifier, recordedAt };
  return { ...told, customerId: customerId as StoredInteraction['customerId'] };
}
