// Plain JavaScript, because its packages are installed for the benchmark only: neither tsc nor CI needs them.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { fetchBatch } from './fetch-profile.ts';
import { connectionOf, createContext, RESOLVERS, TYPE_DEFS } from './profile-schema.ts';
import { report } from './report.ts';

/**
 * Mercurius, compiling documents after their first execution (`jit: 1`, https://mercurius.dev/#/docs/api/options), with
 * loaders (https://mercurius.dev/#/docs/loaders). Their cache is off: it serialises every key, and no key is asked for twice here.
 * A loader serves one field. Two fields are the CRM's, so these use DataLoader, to share a call.
 */
const byCustomer = (queries) => queries.map(({ obj }) => obj.id);
const loaders = {
  Customer: {
    loyalty: {
      async loader(queries) {
        const rows = await fetchBatch.loyalty(byCustomer(queries));
        return queries.map(({ obj }) => rows.find(({ customerId }) => customerId === obj.id) ?? null);
      },
      opts: { cache: false },
    },
    orders: {
      async loader(queries) {
        const rows = await fetchBatch.orders(byCustomer(queries));
        return queries.map(({ obj, params }) =>
          connectionOf(
            rows.filter(({ customerId }) => customerId === obj.id),
            params.first,
          ),
        );
      },
      opts: { cache: false },
    },
  },
};
const { name, country } = RESOLVERS.Customer;

const app = Fastify();
await app.register(mercurius, {
  schema: TYPE_DEFS,
  resolvers: { Query: RESOLVERS.Query, Customer: { name, country } },
  loaders,
  context: (request) => createContext(request.headers.cookie),
  jit: 1,
});
await app.listen({ port: 0, host: '127.0.0.1' });
report(app.server.address().port);
