import { type RunningService, serve, serveForParent } from '../demo/serve.ts';
import { type Order, ordersOf } from './orders.ts';
import { readTransactions } from './transactions.ts';

/**
 * The order service: a REST API that answers for many customers in one call, `GET /orders?customerIds=17850,13047`, and finds
 * orders by the beginning of their invoice number, `GET /orders/search?q=5363&limit=20`.
 */
export async function startOrderService(port: number): Promise<RunningService> {
  const orders = ordersOf(readTransactions());
  const byCustomer = Map.groupBy(orders, ({ customerId }) => customerId);
  return serve(port, async ({ url = '/' }) => {
    const { pathname, searchParams } = new URL(url, 'http://service');
    if (pathname === '/orders') return { status: 200, body: find(byCustomer, searchParams.get('customerIds') ?? '') };
    if (pathname === '/orders/search') return { status: 200, body: search(orders, searchParams) };
    return pathname === '/' ? { status: 200, body: { service: 'orders' } } : { status: 404, body: { error: 'not found' } };
  });
}

function find(byCustomer: ReadonlyMap<string, readonly Order[]>, ids: string): Order[] {
  return ids.split(',').flatMap((id) => byCustomer.get(id) ?? []);
}

/** Digits that an invoice number must begin with; fewer are in nearly all of them. */
const MIN_DIGITS = 3;
const MAX_FOUND = 100;

/** Newest first, each customer's orders once: `{ customerId, invoiceNo }`. */
function search(orders: readonly Order[], parameters: URLSearchParams): Pick<Order, 'customerId' | 'invoiceNo'>[] {
  const text = (parameters.get('q') ?? '').trim().toUpperCase();
  const limit = Math.min(Number(parameters.get('limit')) || MAX_FOUND, MAX_FOUND);
  if (!/^C?\d+$/.test(text) || text.replace('C', '').length < MIN_DIGITS) return [];
  const found = new Map<string, Pick<Order, 'customerId' | 'invoiceNo'>>();
  for (const { customerId, invoiceNo } of orders) {
    if (found.size >= limit) break;
    if (invoiceNo.startsWith(text) && !found.has(customerId)) found.set(customerId, { customerId, invoiceNo });
  }
  return [...found.values()];
}

if (import.meta.main) await serveForParent(startOrderService);
