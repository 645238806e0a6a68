import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import Fastify from 'fastify';
import { type Context, createContext, RESOLVERS, TYPE_DEFS } from './profile-schema.ts';
import { report } from './report.ts';

/** Apollo Server on Fastify, as the README of its integration shows it: https://github.com/apollo-server-integrations/apollo-server-integration-fastify */
const app = Fastify();
const server = new ApolloServer<Context>({ typeDefs: TYPE_DEFS, resolvers: RESOLVERS, plugins: [fastifyApolloDrainPlugin(app)] });
await server.start();
await app.register(fastifyApollo(server), { context: async (request) => createContext(request.headers.cookie) });
await app.listen({ port: 0, host: '127.0.0.1' });
report((app.server.address() as { port: number }).port);
