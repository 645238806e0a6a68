import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import type { OperationRunner } from '../graphql/operation-runner.ts';
import type { RequestContext } from '../graphql/request-context.ts';
import { GatewayError } from '../model/errors.ts';
import { begunOn, bodyAgain } from './fast-lane.ts';
import { createEventStreamHandler } from './graphql-event-stream.ts';
import { createSocketHandler } from './graphql-socket.ts';
import type { OperationContexts } from './operation-contexts.ts';
import { requireOwnPage } from './own-page.ts';
import { sendGraphqlError } from './send-error.ts';

export interface GraphqlRoutes {
  readonly apollo: ApolloServer<RequestContext>;
  readonly runner: OperationRunner;
  readonly contexts: OperationContexts;
  /** Whether browsers get an IDE. */
  readonly ide: boolean;
  readonly now: () => Date;
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

/** `/graphql` over HTTP, WebSocket and server-sent events, and the IDE that works offline. */
export function addGraphqlRoutes(app: FastifyInstance, { apollo, runner, contexts, ide, now }: GraphqlRoutes): void {
  const answer = fastifyApolloHandler(apollo, {
    context: async (request, reply) => contexts.openWith(request, reply, begunOn(request.raw)?.cookies),
  });
  const stream = createEventStreamHandler(runner, contexts, now);
  const wantsEvents = ({ headers }: FastifyRequest) => headers.accept?.includes('text/event-stream') === true;
  const handler = async (request: FastifyRequest, reply: FastifyReply) =>
    wantsEvents(request) ? stream(request, reply) : answer.call(app, request, reply);
  const common = {
    url: '/graphql',
    // Answers are somebody's, and many differ by a cookie that caches don't look at.
    onRequest: (_: FastifyRequest, reply: FastifyReply, done: () => void) => {
      reply.header('cache-control', 'private, no-store');
      done();
    },
    preParsing: (
      request: FastifyRequest,
      _: FastifyReply,
      payload: RequestPayload,
      done: (error: null, payload: RequestPayload) => void,
    ) => {
      const begun = begunOn(request.raw);
      done(null, begun === undefined ? payload : bodyAgain(begun));
    },
    // What is wrong with the request itself is said before it is an operation.
    preHandler: (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => {
      const refuse = (error: Error) => void (error instanceof GatewayError ? sendGraphqlError(error, reply) : done(error));
      try {
        if (request.ws || wantsEvents(request)) requireOwnPage(request, contexts);
        const recognized = contexts.recognize(request.raw);
        if (recognized instanceof Promise) recognized.then(() => done(), refuse);
        else done();
      } catch (error) {
        refuse(error as Error);
      }
    },
    handler,
  };
  app.route({ ...common, method: 'POST' });
  app.route({ ...common, method: 'GET', wsHandler: createSocketHandler(runner, contexts, now) });
  if (!ide) return;
  // One self-contained page: it works without internet, which Apollo Sandbox does not.
  const page = renderGraphiQL({
    endpoint: '/graphql',
    title: 'GraphiQL · customer profile gateway',
    credentials: 'include',
    defaultQuery: FIRST_QUERY,
    subscriptionsProtocol: 'WS',
  });
  app.get('/graphiql', async (_, reply) => reply.type('text/html; charset=utf-8').send(page));
  app.get('/', async (_, reply) => reply.redirect('/graphiql'));
}
