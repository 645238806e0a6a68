import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { ConfirmationOrder } from '../../model/confirmation.ts';
import type { CustomerId } from '../../model/customer.ts';
import { agentHash } from '../keyed-hashes.ts';
import { storeShown } from './correct-graph.ts';
import type { GraphDraft } from './graph-draft.ts';
import { recordChange } from './identity-history.ts';

/** How many expired confirmations are deleted at most with a new one: more than come, so that old ones go in small parts. */
const FORGOTTEN_AT_ONCE = 100;

/** @returns the customer whom the agent confirmed; null for an id that is nobody's, or of whom everything was erased. */
export function confirmIdentity(draft: GraphDraft, order: ConfirmationOrder): CustomerId | null {
  const { agent, method, confirmedAt, expiresAt, source, actor, shown } = order;
  if (shown) storeShown(draft, [shown], source);
  const customer = draft.find(order.customerId);
  if (customer === undefined || customer.isErased) return null;
  draft.write({
    kind: 'save-confirmation',
    customerId: customer.id,
    agent: agentHash(draft.facts.secret, agent),
    method,
    confirmedAt: confirmedAt.getTime(),
    expiresAt: expiresAt.getTime(),
  });
  draft.write({ kind: 'forget-confirmations', before: confirmedAt.getTime(), limit: FORGOTTEN_AT_ONCE });
  const cause = { source, actor, reason: method, occurredAt: confirmedAt, evidence: [] };
  recordChange(draft, { ...NO_CHANGES, rule: 'CONFIRM', customerId: customer.id }, cause);
  return customer.id;
}
