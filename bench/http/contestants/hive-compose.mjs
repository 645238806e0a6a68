import { defineConfig } from '@graphql-mesh/compose-cli';
import { loadJSONSchemaSubgraph } from '@omnigraph/json-schema';

/**
 * The configuration from which hive-supergraph.graphql was composed. That is done once, so its two packages are not dependencies.
 * `npm install @graphql-mesh/compose-cli@1.8.2 @omnigraph/json-schema@0.112.4 graphql@16.15.0` somewhere, then
 * `npx mesh-compose --config-path hive-compose.mjs --output hive-supergraph.graphql`.
 */
const [string, number, integer] = ['string', 'number', 'integer'].map((type) => ({ type }));
const list = (title, properties) => ({ type: 'array', items: { type: 'object', title, properties } });
const subgraph = (name, field, path, responseSchema) => ({
  sourceHandler: loadJSONSchemaSubgraph(name, {
    endpoint: `http://${name}.invalid`,
    operations: [{ type: 'Query', field, path, method: 'GET', argTypeMap: { ids: string }, responseSchema }],
  }),
});
const customer = { customerId: string, name: string, country: string, email: string, memberSince: string };
const loyalty = { customerId: string, points: integer, tier: string, spent: number };
const order = { customerId: string, invoiceNo: string, date: string, total: number };

export const composeConfig = defineConfig({
  subgraphs: [
    subgraph('crm', 'customersByIds', '/customers?ids={args.ids}', list('Customer', customer)),
    subgraph('loyalty', 'loyaltyByIds', '/loyalty?ids={args.ids}', list('Loyalty', loyalty)),
    subgraph('orders', 'ordersByCustomers', '/orders?customerIds={args.ids}', list('Order', order)),
  ],
  additionalTypeDefs: /* GraphQL */ `
    extend type Query { customer: Customer }
    extend type Customer { loyalty: Loyalty orders(first: Int = 20): OrderConnection }
    type OrderConnection { edges: [OrderEdge!]! }
    type OrderEdge { node: Order! }
  `,
});
