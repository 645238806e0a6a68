import { Pool } from 'undici';

/** A row of a back end's answer. */
export interface Row {
  readonly customerId: string;
  readonly [field: string]: unknown;
}

// undici keeps connections, with one call at a time on each. A call to a back end that hangs ends by its time-out.
const poolOf = (url: string | undefined) => new Pool(url ?? '', { keepAliveTimeout: 30_000, headersTimeout: 1_000, bodyTimeout: 1_000 });
const [crm, loyalty, orders] = [poolOf(process.env.CRM_URL), poolOf(process.env.LOYALTY_URL), poolOf(process.env.ORDERS_URL)];

async function getRows(pool: Pool, path: string): Promise<Row[]> {
  const { statusCode, body } = await pool.request({ path, method: 'GET' });
  if (statusCode === 200) return (await body.json()) as Row[];
  await body.dump();
  throw new Error(`a back end answered ${statusCode}`);
}

/** The batch call of each back end. @returns the rows of all given customers, in no particular order. */
export const fetchBatch = {
  crm: (ids: readonly string[]) => getRows(crm, `/customers?ids=${ids.join(',')}`),
  loyalty: (ids: readonly string[]) => getRows(loyalty, `/loyalty?ids=${ids.join(',')}`),
  orders: (ids: readonly string[]) => getRows(orders, `/orders?customerIds=${ids.join(',')}`),
};

/** Builds the answer by hand. */
export function profileOf(customer: Row | undefined, loyalty: Row | undefined, orders: readonly Row[], first: number) {
  return {
    name: customer?.name ?? null,
    country: customer?.country ?? null,
    loyalty: loyalty === undefined ? null : { points: loyalty.points, tier: loyalty.tier },
    orders: { edges: orders.slice(0, first).map(({ invoiceNo, total }) => ({ node: { invoiceNo, total } })) },
  };
}
