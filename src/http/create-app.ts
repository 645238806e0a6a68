import type { IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import type { AnswerLog } from '../graphql/execution/answer.ts';
import { textsIn } from '../model/texts-in.ts';
import type { Trust } from '../model/trust-proxy.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Draining } from './connections/draining.ts';
import type { HttpServers } from './connections/http-servers.ts';
import type { FastLane } from './graphql/fast-lane.ts';
import { sendAnswer } from './http-answer.ts';
import { inflateBodies } from './inflate-body.ts';
import { parseJsonBody } from './json-body.ts';
import {
  isRefused,
  type Refused,
  refuseConnection,
  refusedRequestAnswer,
  refuseUnknownRoutes,
  unexpectedAnswer,
} from './refuse-request.ts';
import { REQUEST_ID, requestIdOf } from './request-id.ts';
import { EVERY_ANSWER } from './security-headers.ts';
import { endBrokenSocket } from './sockets/socket-errors.ts';

export interface AppOptions {
  readonly logger: FastifyBaseLogger;
  readonly bodyLimit: number;
  /** Web origins that may call with cookies. */
  readonly origins: readonly string[];
  /** Decides which proxies are trusted; null for none. */
  readonly trust: Trust | null;
  readonly metrics: Metrics;
  /** In front of the framework; left out for a server that answers no operations. */
  readonly fastLane?: FastLane;
  /** Makes the server, and ends its connections. */
  readonly servers: HttpServers;
  readonly draining: Draining;
  readonly log: AnswerLog;
  /** Identifiers that capture read off a request, to be hidden in the log. */
  seenValues(request: IncomingMessage): readonly string[];
}

/** The HTTP server without its routes. It logs routes and never addresses: a query string holds identifiers. */
export async function createApp({
  logger,
  bodyLimit,
  origins,
  trust,
  metrics,
  fastLane,
  servers,
  draining,
  log,
  seenValues,
}: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    bodyLimit,
    trustProxy: trust ?? false,
    // Requests that arrive while the server is closing are answered; readiness says to load balancers that it stops.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    // The hooks below are not called for these errors.
    frameworkErrors: (error, request, reply) =>
      void sendAnswer(refusedRequestAnswer(error as Refused, bodyLimit), reply.header(REQUEST_ID, request.id).headers(EVERY_ANSWER)),
    clientErrorHandler: refuseConnection,
    serverFactory: (handler) => servers.create(fastLane?.inFrontOf(handler) ?? handler),
  });
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID, request.id).headers(EVERY_ANSWER);
    done();
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining.endsConnections) reply.raw.shouldKeepAlive = false;
    done();
  });
  await app.register(cors, {
    origin: [...origins],
    credentials: true,
    methods: ['GET', 'POST'],
    maxAge: 600,
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (request.headers.origin !== undefined) reply.header('access-control-expose-headers', REQUEST_ID);
    done();
  });
  await app.register(websocket, {
    options: {
      maxPayload: bodyLimit,
      ...messagePieces(bodyLimit),
      handleProtocols,
      // One message in each turn of the event loop, so that a client that sends thousands at once delays nobody.
      allowSynchronousEvents: false,
    },
    errorHandler: endBrokenSocket,
    preClose: endWebSockets,
  });
  app.websocketServer.on('headers', (headers, request) => headers.push(`${REQUEST_ID}: ${requestIdOf(request)}`));
  app.addHook('onRequest', refuseUnknownRoutes(app));
  app.addHook('preParsing', inflateBodies(bodyLimit));
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, async (_: FastifyRequest, text: string) =>
    parseJsonBody(text),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (isRefused(error)) return sendAnswer(refusedRequestAnswer(error, bodyLimit), reply);
    const { raw, body, query, id } = request;
    log.unexpected(error, id, [...seenValues(raw), ...textsIn([body, { ...(query as object) }])]);
    return sendAnswer(unexpectedAnswer(id), reply);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requestAnswered(route, reply.statusCode, reply.elapsedTime / 1000);
    request.log.debug({ method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
  });
  app.addHook('preClose', async () => fastLane?.close());
  return app;
}

/** Ends all WebSockets, also those that `OpenSockets` has closed and whose client does not answer. */
function endWebSockets(this: FastifyInstance, done: () => void): void {
  for (const socket of this.websocketServer.clients) socket.terminate();
  this.websocketServer.close(() => done());
}

/** Frames and pieces of a message that a client may send. Each is an object of some hundred bytes, however short it is. */
function messagePieces(bodyLimit: number) {
  const pieces = Math.max(1_000, Math.ceil(bodyLimit / 1_000));
  return { maxFragments: pieces, maxBufferedChunks: 4 * pieces };
}
