// Plain JavaScript, because its packages are installed for the benchmark only: neither tsc nor CI needs them.
import { createServer } from 'node:http';
import { useGraphQlJit } from '@envelop/graphql-jit';
import { createSchema, createYoga } from 'graphql-yoga';
import { createContext, RESOLVERS, TYPE_DEFS } from './profile-schema.ts';
import { report } from './report.ts';

/**
 * GraphQL Yoga on node:http: https://the-guild.dev/graphql/yoga-server/docs/integrations/integration-with-node-http
 * Its cache of parsed and validated documents is on by default:
 * https://the-guild.dev/graphql/yoga-server/docs/features/parsing-and-validation-caching
 * All else is as in the fastest contestant of its own benchmark: https://github.com/graphql-hive/graphql-yoga/blob/main/benchmark/start-server.ts
 */
const yoga = createYoga({
  schema: createSchema({ typeDefs: TYPE_DEFS, resolvers: RESOLVERS }),
  context: ({ request }) => createContext(request.headers.get('cookie')),
  plugins: [useGraphQlJit({ customJSONSerializer: true })],
  logging: false,
  multipart: false,
  graphiql: false,
  landingPage: false,
});
const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => report(server.address().port));
