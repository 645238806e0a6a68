import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { UNEXPECTED } from '../graphql/execution/mask-error.ts';
import { type ErrorCode, GatewayError } from '../model/errors.ts';
import { answerConnection } from './connections/answer-connection.ts';
import { errorAnswer, type HttpAnswer, sendError } from './http-answer.ts';
import { RequestError } from './request-error.ts';

/** Messages by error code. The framework's own messages repeat the address, in which identifiers may stand. */
const MESSAGES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type: expected application/json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'content-length: expected the number of bytes in the body, received another',
  FST_ERR_BAD_URL: 'expected an address whose percent-encoding can be read',
};

/** A request that the framework or one of our hooks refused. */
export type Refused = Error & { readonly code?: string; readonly statusCode: number };

export function isRefused(error: Error & { readonly statusCode?: number }): error is Refused {
  return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
}

/** Why a request is refused. @param bodyLimit bytes that a body may have. */
export function refusedRequestAnswer(error: Refused, bodyLimit: number): HttpAnswer {
  const { code = '', statusCode, message } = error;
  const ours = error instanceof RequestError ? message : undefined;
  const tooLarge = statusCode === 413 ? `expected a body of at most ${bodyLimit} bytes` : undefined;
  const words = ours ?? tooLarge ?? MESSAGES[code] ?? `the request can't be read: ${STATUS_CODES[statusCode] ?? 'Bad Request'}`;
  const answer = errorAnswer(new GatewayError(codeOf(statusCode), words), statusCode);
  // The rest of the body is not read.
  return statusCode === 413 ? { ...answer, headers: { connection: 'close' } } : answer;
}

/** The answer to a request that failed with an unexpected error, which the log has under the id. */
export function unexpectedAnswer(requestId: string): HttpAnswer {
  return errorAnswer(new GatewayError('INTERNAL', UNEXPECTED, { requestId }));
}

/**
 * Answers 404 for an unknown address, and for a WebSocket at an address that has none, and 405 for a method that the address
 * does not have, before the body is read. The library of WebSockets would open a socket at every address, and log its query
 * string.
 */
export function refuseUnknownRoutes(app: FastifyInstance) {
  // The framework's `hasRoute` reads a path as a pattern, and fails on one such as `/:a(`.
  const methods = new Map<string, string[]>();
  const sockets = new Set<string | undefined>();
  app.addHook('onRoute', ({ url, method, wsHandler }) => {
    if (wsHandler !== undefined) sockets.add(url);
    const known = methods.get(url) ?? [];
    methods.set(url, [...known, ...[method].flat().filter((each) => each !== 'HEAD' && each !== 'OPTIONS')].sort());
  });
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (!request.is404) {
      if (!request.ws || sockets.has(request.routeOptions.url)) done();
      else sendError(new GatewayError('NOT_FOUND', 'there is no WebSocket at this address'), reply);
      return;
    }
    const path = request.url.split('?', 1)[0] as string;
    const allowed = request.method === 'HEAD' ? [] : (methods.get(path) ?? []);
    if (allowed.length === 0) {
      sendError(new GatewayError('NOT_FOUND', 'there is nothing at this address'), reply);
      return;
    }
    reply.header('allow', allowed.join(', '));
    const message = `expected ${allowed.join(' or ')} at this address, received ${request.method}`;
    sendError(new GatewayError('BAD_USER_INPUT', message), reply, 405);
  };
}

/** Answers bytes that are no HTTP request, on the connection itself. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  answerConnection(socket, errorAnswer(new GatewayError('BAD_USER_INPUT', `expected an HTTP request: ${STATUS_CODES[status]}`), status));
  socket.destroy(error);
}

function codeOf(status: number): ErrorCode {
  return status === 404 ? 'NOT_FOUND' : 'BAD_USER_INPUT';
}
