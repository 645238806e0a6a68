import type { WebSocket, WebsocketHandler } from '@fastify/websocket';
import { CloseCode } from 'graphql-ws';
import { markLongNumbers } from '../model/exact-json.ts';

/** Types of messages that only a server sends (graphql-transport-ws). */
const OF_THE_SERVER: ReadonlySet<unknown> = new Set(['connection_ack', 'next', 'error']);
/** Finds the messages that must be looked at. The name may also stand deeper in a message. */
const PERHAPS_OF_THE_SERVER = /"type"\s*:\s*"(?:connection_ack|next|error)"/;

type Listener = (message: string) => void;

/**
 * A handler that gets each message as text, with its long numbers marked (`markLongNumbers`).
 *
 * A message that only a server sends closes the socket with 4400, like any other invalid message. `graphql-ws` takes it for a
 * failure of its own: it prints it on standard error and closes with 4500. The library can read long numbers itself only by a
 * reviver, which would make each message of a client several times as dear.
 */
export function withReadMessages(handler: WebsocketHandler): WebsocketHandler {
  return function handle(socket, request) {
    const before = new Set(socket.listeners('message'));
    const result = handler.call(this, socket, request);
    for (const listener of socket.listeners('message') as Listener[]) {
      if (before.has(listener)) continue;
      socket.removeListener('message', listener);
      socket.on('message', (message) => read(String(message), socket, listener));
    }
    return result;
  };
}

function read(text: string, socket: WebSocket, listener: Listener): void {
  if (isOfTheServer(text)) socket.close(CloseCode.BadRequest, 'expected a message of a client, received one of a server');
  else listener(markLongNumbers(text));
}

function isOfTheServer(text: string): boolean {
  if (!PERHAPS_OF_THE_SERVER.test(text)) return false;
  try {
    return OF_THE_SERVER.has((JSON.parse(text) as { readonly type?: unknown } | null)?.type);
  } catch {
    return false;
  }
}
