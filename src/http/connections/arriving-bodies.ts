import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HeldBytes } from './held-bytes.ts';

/** A body of fewer bytes is not counted: the connection itself costs more. */
const COUNTED_FROM = 16 * 1024;

/**
 * Counts the bytes of a request whose body is long, or of unknown length, until it is answered. Its time-out alone would let
 * many slow clients fill the memory.
 * @param bodyLimit bytes that a body may have.
 */
export function holdBody(request: IncomingMessage, response: ServerResponse, held: HeldBytes, bodyLimit: number): void {
  const { headers, socket } = request;
  const length = headers['content-length'];
  if (length === undefined ? headers['transfer-encoding'] === undefined : Number(length) < COUNTED_FROM) return;
  const begin = socket.bytesRead;
  const holder = {
    since: performance.now(),
    get bytes() {
      return Math.min(socket.bytesRead - begin, bodyLimit);
    },
    cutOff: () => void socket.destroy(),
  };
  held.add(holder);
  response.once('close', () => held.delete(holder));
}
