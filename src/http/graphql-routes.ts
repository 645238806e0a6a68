import type { ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import type { CheckedOperation, OperationRunner } from '../graphql/execution/operation-runner.ts';
import type { RequestContext } from '../graphql/request-context.ts';
import { GatewayError } from '../model/errors.ts';
import { apolloHandler } from './apollo-handler.ts';
import { begunOn, bodyAgain } from './fast-lane.ts';
import { addGraphiqlPage } from './graphiql-page.ts';
import { createEventStreamHandler } from './graphql-event-stream.ts';
import { createSocketHandler } from './graphql-socket.ts';
import { acceptedTypes, EVENT_STREAM, JSON_TYPE, prefersPage } from './media-type.ts';
import type { OpenSockets } from './open-sockets.ts';
import type { OperationContexts } from './operation-contexts.ts';
import { BadRequest, operationOf, requireAskedByScript } from './operation-request.ts';
import { requireOwnPage } from './own-page.ts';
import { sendGraphqlError, sendRefusal } from './send-error.ts';

export interface GraphqlRoutes {
  readonly apollo: ApolloServer<RequestContext>;
  readonly runner: OperationRunner;
  readonly contexts: OperationContexts;
  /** Whether browsers get an IDE. */
  readonly ide: boolean;
  readonly now: () => Date;
  readonly sockets: OpenSockets;
  /** Milliseconds that a WebSocket's client has for its `connection_init`. */
  readonly socketInitTimeout: number;
  /** Aborted when the gateway ends. */
  readonly gatewayEnds: AbortSignal;
}

const NO_TYPE = 'expected accept to name application/json, application/graphql-response+json or text/event-stream';
const NO_STREAM = 'expected a subscription over WebSocket (graphql-transport-ws), or with accept: text/event-stream';

/** `/graphql` over HTTP, WebSocket and server-sent events, and the IDE that works offline. */
export function addGraphqlRoutes(app: FastifyInstance, routes: GraphqlRoutes): void {
  const { apollo, runner, contexts, ide, now, sockets, socketInitTimeout: initTimeout, gatewayEnds } = routes;
  const { answer, page } = apolloHandler(apollo, (request, reply) => contexts.openWith(request, reply, begunOn(request.raw)?.cookies));
  const stream = createEventStreamHandler(runner, contexts, now, gatewayEnds);
  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const { accept } = request.headers;
    if (ide && request.method === 'GET' && prefersPage(accept)) return page(request, reply);
    const types = acceptedTypes(accept);
    const [preferred] = types;
    if (preferred === undefined) return sendRefusal([badRequest(NO_TYPE)], { type: JSON_TYPE, status: 406 }, reply);
    try {
      requireAskedByScript(request);
      const checked = runner.check(operationOf(request));
      const type = isSubscription(checked) && types.includes(EVENT_STREAM) ? EVENT_STREAM : preferred;
      if (request.method === 'GET' && isMutation(checked)) {
        reply.header('allow', 'POST');
        return sendRefusal([badRequest('expected a mutation by POST, received GET')], { type, status: 405 }, reply);
      }
      if (type === EVENT_STREAM) {
        requireOwnPage(request, contexts);
        return await stream(checked, request, reply);
      }
      if (Array.isArray(checked)) return sendRefusal(checked, { type }, reply);
      // Apollo Server would run it once, as if it were a query.
      if (isSubscription(checked)) return sendRefusal([badRequest(NO_STREAM)], { type }, reply);
      return await answer(request, reply, checked.variableValues ?? undefined);
    } catch (error) {
      if (error instanceof BadRequest) return sendRefusal([badRequest(error.message)], { type: preferred }, reply);
      if (error instanceof GatewayError) return sendGraphqlError(error, reply);
      throw error;
    }
  };
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
        if (request.ws) requireOwnPage(request, contexts);
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
  app.route({ ...common, method: 'GET', wsHandler: createSocketHandler(runner, contexts, { now, sockets, initTimeout }) });
  if (!ide) return;
  addGraphiqlPage(app);
  app.get('/', async (_, reply) => reply.redirect('/graphiql'));
}

type Checked = CheckedOperation | readonly GraphQLFormattedError[];

function isSubscription(checked: Checked): boolean {
  return 'type' in checked && checked.type === 'subscription';
}

function isMutation(checked: Checked): boolean {
  return 'type' in checked && checked.type === 'mutation';
}

function badRequest(message: string): GraphQLFormattedError {
  return { message, extensions: { code: 'BAD_REQUEST' } };
}
