import type { WebSocket } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';

/** Codes of broken frames, found by the library `ws`, and of a connection whose client has gone. */
const OF_THE_CLIENT = /^(?:WS_ERR_|ECONNRESET$|EPIPE$)/;

/** Handles errors of a WebSocket. The library answers a client's mistake with a close code, so it is logged at `debug` only. */
export function endBrokenSocket(error: Error & { readonly code?: string }, socket: WebSocket, request: FastifyRequest): void {
  if (OF_THE_CLIENT.test(error.code ?? '')) {
    request.log.debug({ code: error.code }, 'a client broke its WebSocket');
    return;
  }
  request.log.error({ code: error.code, message: error.message }, 'something unexpected went wrong on a WebSocket');
  socket.terminate();
}
