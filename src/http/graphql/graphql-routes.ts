import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CapturableRequest } from '../../capture/capture.ts';
import type { AnswerLog } from '../../graphql/execution/answer.ts';
import type { Operations, ReadyOperation } from '../../graphql/execution/operations.ts';
import type { RequestContext } from '../../graphql/request-context.ts';
import { GatewayError } from '../../model/errors.ts';
import type { Viewer } from '../../model/viewer.ts';
import { sendText } from '../connections/long-answer.ts';
import { graphqlErrorAnswer, sendAnswer } from '../http-answer.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { acceptedTypes, prefersPage } from '../media-type.ts';
import { requireOwnPage } from '../own-page.ts';
import { addGraphiqlPage } from '../pages/graphiql-page.ts';
import { createSocketHandler, type SocketTimeouts } from '../sockets/graphql-socket.ts';
import type { OpenSockets } from '../sockets/open-sockets.ts';
import { type Admission, admitOperation } from './admit-operation.ts';
import type { ApolloDoor } from './apollo-server.ts';
import { type EventStreamOptions, streamOperation } from './graphql-event-stream.ts';
import type { OperationBatches } from './operation-batches.ts';
import { operationOfBody, operationOfUrl, requireAskedByScript } from './operation-request.ts';

export interface GraphqlRoutes extends EventStreamOptions {
  readonly apollo: ApolloDoor;
  readonly operations: Operations;
  readonly log: AnswerLog;
  readonly limits: RequestLimits;
  /** Null where a request has one operation. */
  readonly batches: OperationBatches | null;
  /** Whether browsers get an IDE. */
  readonly ide: boolean;
  readonly sockets: OpenSockets;
  /** Of WebSockets. */
  readonly timeouts: SocketTimeouts;
}

/** `/graphql` over HTTP, WebSocket and server-sent events, for requests that the fast lane does not take, and the IDE. */
export function addGraphqlRoutes(app: FastifyInstance, routes: GraphqlRoutes): void {
  const { operations, contexts, log, limits, ide, now, sockets, clients, held, timeouts } = routes;
  const common = {
    url: '/graphql',
    // Answers hold personal data, and many depend on a cookie, which is not part of a cache's key.
    onRequest: [
      async (_: FastifyRequest, reply: FastifyReply) => void reply.header('cache-control', 'private, no-store'),
      limits.hook('graphql', (error, reply) => sendAnswer(graphqlErrorAnswer(error), reply)),
    ],
    handler: (request: FastifyRequest, reply: FastifyReply) => answerRequest(routes, request, reply),
  };
  app.route({ ...common, method: 'POST' });
  app.route({
    ...common,
    method: 'GET',
    // A refused upgrade is answered over HTTP, before the connection becomes a WebSocket.
    preHandler: async (request, reply) => {
      if (!request.ws) return;
      try {
        requireOwnPage(request.raw, contexts);
        await contexts.recognize(request.raw);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        await sendAnswer(graphqlErrorAnswer(error), reply);
      }
    },
    wsHandler: createSocketHandler({ operations, contexts, log, limits, now, sockets, clients, held, timeouts }),
  });
  if (ide) addGraphiqlPage(app);
}

async function answerRequest(routes: GraphqlRoutes, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { apollo, contexts, limits, batches, held, ide } = routes;
  const { method, raw, body } = request;
  const { accept } = request.headers;
  try {
    // A wrong request is refused before its operation is read.
    const capturable = await contexts.recognize(raw);
    if (ide && method === 'GET' && prefersPage(accept)) return await apollo.page(reply);
    await limits.requireSender('graphql', capturable);
    if (batches !== null && Array.isArray(body)) {
      const setCookie = (header: string) => reply.header('set-cookie', header);
      const batched = { request: raw, response: reply.raw, capturable, types: acceptedTypes(accept), setCookie };
      const { status, type, text } = await batches.answer(batched, body);
      limits.worked(reply.raw);
      return sendText(text, reply.status(status).type(type), held);
    }
    return await answerAdmitted(routes, request, reply, capturable);
  } catch (error) {
    if (error instanceof GatewayError) return sendAnswer(graphqlErrorAnswer(error), reply);
    throw error;
  }
}

/** Not an async function: one that waits for the end of a stream would keep the operation. */
function answerAdmitted(
  routes: GraphqlRoutes,
  request: FastifyRequest,
  reply: FastifyReply,
  capturable: CapturableRequest,
): FastifyReply | Promise<FastifyReply> {
  const { apollo, contexts, limits } = routes;
  const { raw, id } = request;
  const admission = admit(routes, request, capturable.viewer);
  if (admission.kind === 'refused') return sendAnswer(admission.answer, reply);
  const session = contexts.openSession(raw, capturable, (header) => reply.header('set-cookie', header));
  if (admission.kind === 'run')
    return apollo.answer(contexts.open(id, session, admission.operation, reply.raw), admission.type, request, reply).then(() => {
      limits.worked(reply.raw);
      return reply;
    });
  requireOwnPage(raw, contexts);
  let context: RequestContext | undefined;
  const open = (operation: ReadyOperation) => {
    request.body = undefined;
    context = contexts.open(id, session, operation, reply.raw);
    return context;
  };
  const headers = () => {
    reply.hijack();
    return Object.entries(reply.getHeaders()).flatMap(([name, value]) => [value].flat().flatMap((each) => [name, String(each)]));
  };
  return streamOperation(admission.prepared, { response: reply.raw, headers, open }, routes).then(
    () => reply,
    (error) => {
      // The log hides what is in the body.
      request.body = context?.texts;
      throw error;
    },
  );
}

function admit({ operations, limits }: GraphqlRoutes, { method, headers, body, url }: FastifyRequest, viewer: Viewer): Admission {
  return admitOperation(operations, { method, types: acceptedTypes(headers.accept), viewer, limits }, () => {
    requireAskedByScript(headers);
    return method === 'GET' ? operationOfUrl(url) : operationOfBody(body);
  });
}
