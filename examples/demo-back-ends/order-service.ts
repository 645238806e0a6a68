import { type RunningService, serve, serveForParent } from '../demo/serve.ts';
import { type Order, ordersOf } from './orders.ts';
import { readTransactions } from './transactions.ts';

/** The order service: a REST API that answers for many customers in one call. `GET /orders?customerIds=17850,13047`. */
export async function startOrderService(port: number): Promise<RunningService> {
  const byCustomer = Map.groupBy(ordersOf(readTransactions()), ({ customerId }) => customerId);
  return serve(port, async ({ url = '/' }) => {
    const { pathname, searchParams } = new URL(url, 'http://service');
    if (pathname === '/orders') return { status: 200, body: find(byCustomer, searchParams.get('customerIds') ?? '') };
    return pathname === '/' ? { status: 200, body: { service: 'orders' } } : { status: 404, body: { error: 'not found' } };
  });
}

function find(byCustomer: ReadonlyMap<string, readonly Order[]>, ids: string): Order[] {
  return ids.split(',').flatMap((id) => byCustomer.get(id) ?? []);
}

if (import.meta.main) await serveForParent(startOrderService);
