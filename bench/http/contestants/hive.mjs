// Plain JavaScript, because its packages are installed for the benchmark only: neither tsc nor CI needs them.
import { readFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import * as rest from '@graphql-mesh/transport-rest';
import { customerIdOf } from './customer-id.ts';
import { connectionOf } from './profile-schema.ts';
import { report } from './report.ts';

const supergraph = ['crm', 'loyalty', 'orders'].reduce(
  (sdl, name) => sdl.replaceAll(`http://${name}.invalid`, process.env[`${name.toUpperCase()}_URL`]),
  readFileSync(new URL('./hive-supergraph.graphql', import.meta.url), 'utf8'),
);

const argsFromKeys = (ids) => ({ ids: ids.join(',') });
const one = (rows, ids) => ids.map((id) => rows.find(({ customerId }) => customerId === id) ?? null);
const many = (rows, ids) => ids.map((id) => rows.filter(({ customerId }) => customerId === id));

const additionalResolvers = {
  Query: {
    customer: (root, _, context, info) =>
      context.crm.Query.customersByIds({
        root,
        context,
        info,
        key: customerIdOf(context.headers.cookie),
        argsFromKeys,
        valuesFromResults: one,
      }),
  },
  Customer: {
    loyalty: {
      selectionSet: '{ customerId }',
      resolve: (root, _, context, info) =>
        context.loyalty.Query.loyaltyByIds({
          root,
          context,
          info,
          key: root.customerId,
          argsFromKeys,
          valuesFromResults: one,
          selectionSet: () => '{ customerId points tier }',
        }),
    },
    orders: {
      selectionSet: '{ customerId }',
      resolve: async (root, { first }, context, info) => {
        const rows = await context.orders.Query.ordersByCustomers({
          root,
          context,
          info,
          key: root.customerId,
          argsFromKeys,
          valuesFromResults: many,
          selectionSet: () => '{ customerId invoiceNo total }',
        });
        return connectionOf(rows, first);
      },
    },
  },
};

/**
 * Hive Gateway over the same REST calls, as subgraphs that GraphQL Mesh composed (hive-compose.mjs). Fields that join them are
 * resolved in batches, as its documentation shows: https://the-guild.dev/graphql/hive/docs/gateway/other-features/performance
 * and https://github.com/graphql-hive/gateway/tree/main/examples/programmatic-batching. A batch holds keys of one request only.
 * Connections are kept: https://the-guild.dev/graphql/hive/docs/gateway/other-features/performance/connection-pooling
 */
const agent = new Agent({ keepAlive: true });
const gateway = createGatewayRuntime({
  supergraph,
  transports: { rest },
  additionalResolvers,
  customAgent: () => agent,
  logging: false,
  landingPage: false,
  graphiql: false,
});
const server = createServer(gateway);
server.listen(0, '127.0.0.1', () => report(server.address().port));
