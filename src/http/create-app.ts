import { createServer, type IncomingMessage } from 'node:http';
import cors from '@fastify/cors';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { GatewayError } from '../model/errors.ts';
import type { Trust } from '../model/trust-proxy.ts';
import type { Metrics } from '../observability/metrics.ts';
import { loggable } from '../observability/redact.ts';
import type { FastLane } from './fast-lane.ts';
import { inflateBody } from './inflate-body.ts';
import { parseJsonBody } from './json-body.ts';
import { isRefused, type Refused, refuseConnection, refuseRequest, refuseUnknownRoutes } from './refuse-request.ts';
import { sendError } from './send-error.ts';
import { endBrokenSocket } from './socket-errors.ts';

export interface AppOptions {
  readonly logger: FastifyBaseLogger;
  readonly bodyLimit: number;
  /** Web origins that may call with cookies. */
  readonly origins: readonly string[];
  /** Which proxies are believed; null for none. */
  readonly trust: Trust | null;
  readonly metrics: Metrics;
  /** Answers what it can in front of the framework. */
  readonly fastLane: FastLane;
  /** Identifiers that came with a request, for keeping them out of the log. */
  seenValues(request: IncomingMessage): readonly string[];
}

/** The HTTP server without its routes. It logs paths only: a query string holds identifiers. */
export async function createApp({
  logger,
  bodyLimit,
  origins,
  trust,
  metrics,
  fastLane,
  seenValues,
}: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    trustProxy: trust ?? false,
    // Requests that arrive while the server is closing are answered; the load balancer learns from readiness.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _, reply) => void refuseRequest(error as Refused, bodyLimit, reply),
    clientErrorHandler: refuseConnection,
    serverFactory: (handler, options) => {
      const { keepAliveTimeout, requestTimeout, connectionTimeout } = options as Record<string, number>;
      const server = createServer(fastLane.inFrontOf(handler));
      // As the framework sets up its own.
      Object.assign(server, { keepAliveTimeout, requestTimeout });
      server.setTimeout(connectionTimeout);
      return server;
    },
  });
  await app.register(cors, { origin: [...origins], credentials: true, methods: ['GET', 'POST'], maxAge: 600 });
  await app.register(websocket, { options: { maxPayload: bodyLimit }, errorHandler: endBrokenSocket });
  app.addHook('onRequest', refuseUnknownRoutes(app));
  app.addHook('preParsing', inflateBody);
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, async (_: FastifyRequest, text: string) =>
    parseJsonBody(text),
  );
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (isRefused(error)) return refuseRequest(error, bodyLimit, reply);
    request.log.error({ error: loggable(error, seenValues(request.raw)) }, 'something unexpected went wrong');
    const message = 'Something unexpected went wrong; the log has it under the requestId';
    return sendError(new GatewayError('INTERNAL', message, { requestId: request.id }), reply);
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.requestAnswered(route, reply.statusCode, reply.elapsedTime / 1000);
    request.log.debug({ method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
  });
  app.addHook('preClose', async () => fastLane.close());
  return app;
}
