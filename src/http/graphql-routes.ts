import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestContext } from '../graphql/request-context.ts';

export interface GraphqlRoutes {
  readonly apollo: ApolloServer<RequestContext>;
  createContext(request: FastifyRequest, reply: FastifyReply): Promise<RequestContext>;
  /** Whether browsers get an IDE. */
  readonly ide: boolean;
}

/** What GraphiQL opens with. */
const FIRST_QUERY = `# The customer of this request. Add ?cid=17850 to this page's address to be one of the demo's.
{
  customer {
    id
    assurance
    sources { name status }
  }
}
`;

export function addGraphqlRoutes(app: FastifyInstance, { apollo, createContext, ide }: GraphqlRoutes): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    // Answers are somebody's, and many differ by a cookie that caches don't look at.
    onRequest: async (_, reply) => void reply.header('cache-control', 'private, no-store'),
    handler: fastifyApolloHandler(apollo, { context: createContext }),
  });
  if (!ide) return;
  // One self-contained page: it works without internet, which Apollo Sandbox does not.
  const page = renderGraphiQL({
    endpoint: '/graphql',
    title: 'GraphiQL · customer profile gateway',
    credentials: 'include',
    defaultQuery: FIRST_QUERY,
  });
  app.get('/graphiql', async (_, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get('/', async (_, reply) => reply.redirect('/graphiql'));
}
