import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that may wait behind another on their connection. Pipelining programs send a few; browsers and proxies send none. */
const MAX_WAITING = 100;

/**
 * Begins a request of a connection once the one before is answered (pipelining, RFC 9112, section 9.3.2), because the
 * answers of those behind would be kept until then. A connection on which more requests wait is cut off.
 * @param onCutOff called for each.
 */
export function oneAfterAnother(listener: RequestListener, onCutOff: () => void): RequestListener {
  const waiting = new WeakMap<Socket, number>();
  const wait = (socket: Socket, response: ServerResponse, begin: () => void) => {
    const before = waiting.get(socket) ?? 0;
    if (before >= MAX_WAITING) {
      if (!socket.destroyed) onCutOff();
      socket.destroy();
      return;
    }
    waiting.set(socket, before + 1);
    response.once('socket', () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
      begin();
    });
  };
  return (request, response) => {
    // Node gives a response its connection when it is the first there.
    if (response.socket === null) wait(request.socket, response, () => listener(request, response));
    else listener(request, response);
  };
}
