import type { CustomerId } from '../model/customer.ts';
import type { InteractionReceipt, InteractionToSave, StoredInteraction } from '../model/interaction.ts';
import type { LiveEvents } from '../model/ports.ts';

/** Publishes stored interactions, then each customer whose attributes may have changed, once. @param receipts one for each interaction. */
export function publishCaptured(live: LiveEvents, saved: readonly InteractionToSave[], receipts: readonly InteractionReceipt[]): void {
  const changedCustomers = new Set<CustomerId>();
  for (const [index, receipt] of receipts.entries()) {
    const { outcome, customerId, changed, losers } = receipt;
    if (customerId === null) continue;
    // Before the interaction: its subscribers may have watched the customer under an id that is an alias now.
    if (changed.length > 0) live.publish({ kind: 'customer', customerId, others: changed, isIdentity: true });
    for (const loser of losers) changedCustomers.add(loser);
    if (outcome !== 'stored') continue;
    changedCustomers.add(customerId);
    live.publish({ kind: 'interaction', customerId, interaction: asStored(saved[index] as InteractionToSave, receipt) });
  }
  for (const customerId of changedCustomers) live.publish({ kind: 'customer', customerId, others: [], isIdentity: false });
}

function asStored(
  { id, type, occurredAt, touchpoint, pageUrl, properties, source, actor = null }: InteractionToSave,
  { customerId, identifier, recordedAt }: InteractionReceipt,
): StoredInteraction {
  return {
    ...{ id, type, occurredAt, touchpoint, pageUrl, properties, source, actor, identifier, recordedAt },
    customerId: customerId as CustomerId,
  };
}
