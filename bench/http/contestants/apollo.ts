import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { type Context, createContext, RESOLVERS, TYPE_DEFS } from './profile-schema.ts';
import { report } from './report.ts';

/**
 * Apollo Server as its documentation introduces it: https://www.apollographql.com/docs/apollo-server/getting-started and
 * https://www.apollographql.com/docs/apollo-server/data/fetching-data. Its cache of documents is the default. Its only
 * advice on speed is NODE_ENV=production.
 */
const server = new ApolloServer<Context>({ typeDefs: TYPE_DEFS, resolvers: RESOLVERS });
const { url } = await startStandaloneServer(server, {
  context: async ({ req }) => createContext(req.headers.cookie),
  listen: { port: 0, host: '127.0.0.1' },
});
report(Number(new URL(url).port));
