import DataLoader from 'dataloader';
import { customerIdOf } from './customer-id.ts';
import { fetchBatch, type Row } from './fetch-profile.ts';

/** The schema of the profile, for servers without this gateway's directives. */
export const TYPE_DEFS = `
  type Query { customer: Customer }
  type Customer { name: String country: String loyalty: Loyalty orders(first: Int = 20): OrderConnection }
  type Loyalty { points: Int tier: String }
  type OrderConnection { edges: [OrderEdge!]! }
  type OrderEdge { node: Order! }
  type Order { invoiceNo: String! total: Float }
`;

export interface Context {
  readonly customerId: string | null;
  readonly crm: DataLoader<string, Row | null>;
  readonly loyalty: DataLoader<string, Row | null>;
  readonly orders: DataLoader<string, readonly Row[]>;
}

/** The loaders of one request, as DataLoader's README asks for: https://github.com/graphql/dataloader#caching-per-request */
export function createContext(cookie: string | null | undefined): Context {
  return {
    customerId: customerIdOf(cookie),
    crm: new DataLoader(async (ids) => one(ids, await fetchBatch.crm(ids))),
    loyalty: new DataLoader(async (ids) => one(ids, await fetchBatch.loyalty(ids))),
    orders: new DataLoader(async (ids) => many(ids, await fetchBatch.orders(ids))),
  };
}

const one = (ids: readonly string[], rows: readonly Row[]) => ids.map((id) => rows.find(({ customerId }) => customerId === id) ?? null);
const many = (ids: readonly string[], rows: readonly Row[]) => ids.map((id) => rows.filter(({ customerId }) => customerId === id));

interface Parent {
  readonly id: string;
}

/** One resolver for each field of `Customer`, so that all three back ends are asked at the same time. */
export const RESOLVERS = {
  Query: { customer: (_: unknown, __: unknown, { customerId }: Context) => customerId && { id: customerId } },
  Customer: {
    name: async ({ id }: Parent, _: unknown, { crm }: Context) => (await crm.load(id))?.name,
    country: async ({ id }: Parent, _: unknown, { crm }: Context) => (await crm.load(id))?.country,
    loyalty: ({ id }: Parent, _: unknown, { loyalty }: Context) => loyalty.load(id),
    orders: async ({ id }: Parent, { first }: { first: number }, { orders }: Context) => connectionOf(await orders.load(id), first),
  },
};

/** The first `first` rows, as a Relay connection. */
export const connectionOf = (rows: readonly Row[], first: number) => ({ edges: rows.slice(0, first).map((node) => ({ node })) });
