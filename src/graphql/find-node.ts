import { type CustomerId, parseCustomerId, type ResolvedCustomer } from '../model/customer.ts';
import { isTrusted } from '../model/viewer.ts';
import type { RequestContext } from './request-context.ts';

/**
 * The customer with this id, also when it was merged since. Viewers other than AGENT and SERVICE find only themselves; for
 * any other id the answer is null, as for one that does not exist. The id of a claimed identifier is found only on a
 * request with that claim, and the graph is not asked.
 */
export async function findNode(id: string, context: RequestContext): Promise<ResolvedCustomer | null> {
  const customerId = parseCustomerId(id);
  if (customerId === null) return null;
  if (isTrusted(context.viewer)) return (await context.customersById.load(customerId)) ?? claimed(customerId, await context.customer());
  const own = await context.customer();
  if (own?.assurance === 'CLAIMED') return claimed(customerId, own);
  return own !== null && (await context.graph.isSame(own.id, customerId)) ? own : null;
}

function claimed(id: CustomerId, own: ResolvedCustomer | null): ResolvedCustomer | null {
  return own?.assurance === 'CLAIMED' && own.id === id ? own : null;
}
