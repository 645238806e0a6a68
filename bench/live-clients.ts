import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { WebSocket } from 'ws';

/** Opens idle subscriptions for `live.ts`, and sends a message once all are asked for. */
const { kind, ids, url, token, isLarge } = workerData as {
  readonly kind: 'sockets' | 'streams';
  readonly ids: readonly string[];
  readonly url: string;
  readonly token: string;
  /** Whether each subscription has a document of its own with nearly 5,000 tokens, which is the limit. */
  readonly isLarge: boolean;
};
const PER_SOCKET = 100;

const DOCUMENT = 'subscription ($id: ID) { customerChanged(customerId: $id) { id assurance } }';
const TYPES = Array.from({ length: 4_900 }, (_, n) => `"t${n}"`).join();
const LARGE = `($id: ID) { customerChanged(customerId: $id) { interactions(first: 1, types: [${TYPES}]) { pageInfo { hasNextPage } } } }`;

function payloadOf(id: string): object {
  return { query: isLarge ? `subscription s${id.replace(/\W/g, '')} ${LARGE}` : DOCUMENT, variables: { id } };
}

function openSocket(own: readonly string[]): void {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })));
  socket.once('message', () => {
    for (const [n, id] of own.entries()) socket.send(JSON.stringify({ id: String(n), type: 'subscribe', payload: payloadOf(id) }));
  });
}

function openStream(id: string, agent: Agent): void {
  const headers = { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${token}` };
  request(`${url}/graphql`, { method: 'POST', headers, agent }, (answer) => answer.resume()).end(JSON.stringify(payloadOf(id)));
}

if (kind === 'sockets') for (let from = 0; from < ids.length; from += PER_SOCKET) openSocket(ids.slice(from, from + PER_SOCKET));
else for (const id of ids) openStream(id, new Agent());
parentPort?.postMessage('asked');
