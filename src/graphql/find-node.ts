import type { ResolvedCustomer } from '../identity/identity-graph.ts';
import { parseCustomerId } from '../model/customer.ts';
import { isTrusted } from '../model/viewer.ts';
import type { RequestContext } from './request-context.ts';

/**
 * The customer with this id, also when it was merged since. Whoever is no AGENT or SERVICE finds themselves
 * only; for any other id the answer is the same null as for one that does not exist.
 */
export async function findNode(id: string, context: RequestContext): Promise<ResolvedCustomer | null> {
  const customerId = parseCustomerId(id);
  if (customerId === null) return null;
  if (isTrusted(context.viewer)) return context.customersById.load(customerId);
  const own = await context.customer();
  return own !== null && (await context.graph.isSame(own.id, customerId)) ? own : null;
}
