import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { LightMyRequestResponse } from 'fastify';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { TestGateway } from './gateway.ts';

/** An operation as a client sends it, right or wrong. */
export interface Operation {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

export interface Received {
  /** The status of HTTP; null over a WebSocket. */
  readonly status: number | null;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data?: any;
  readonly errors: readonly { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> }[];
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** The answer's bytes, as text. */
  readonly text: string;
}

export interface Sender {
  readonly gateway: TestGateway['gateway'];
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one operation and receives its answer; undefined for an operation that this transport can't carry. */
export type Transport = (sender: Sender, operation: Operation) => Promise<Received | undefined>;

/** POST with a length, which the fast lane answers. */
export function post(accept: string): Transport {
  return async ({ gateway, path = '/graphql', headers }, operation) => {
    const payload = JSON.stringify(operation);
    const own = { accept, 'content-type': 'application/json', ...headers };
    return received(await gateway.app.inject({ method: 'POST', url: path, headers: own, payload }));
  };
}

/** POST without a length, which Fastify and Apollo Server answer. */
const postInChunks: Transport = async ({ gateway, path = '/graphql', headers }, operation) => {
  const payload = Readable.from([Buffer.from(JSON.stringify(operation))], { objectMode: false });
  const own = { 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...headers };
  return received(await gateway.app.inject({ method: 'POST', url: path, headers: own, payload }));
};

/** Parameters of an address that are no JSON. */
const TEXTS: ReadonlySet<string> = new Set(['query', 'documentId', 'operationName']);

const get: Transport = async ({ gateway, path = '/graphql', headers }, operation) => {
  const { query, documentId, operationName } = operation;
  if (typeof query === 'string' && query.trimStart().startsWith('mutation')) return undefined;
  if (typeof operationName === 'number' || (query !== undefined && typeof query !== 'string')) return undefined;
  if (documentId != null && typeof documentId !== 'string') return undefined;
  const [address = '', search] = path.split('?');
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(operation)) {
    if (value != null) parameters.set(name, TEXTS.has(name) ? String(value) : JSON.stringify(value));
  }
  return received(await gateway.app.inject({ url: `${address}?${parameters}`, headers: { 'apollo-require-preflight': '1', ...headers } }));
};

/** An event stream, for an operation that ends by itself. */
const eventStream: Transport = async ({ gateway, path = '/graphql', headers }, operation) => {
  const own = { accept: 'text/event-stream', 'content-type': 'application/json', ...headers };
  const answer = await gateway.app.inject({ method: 'POST', url: path, headers: own, payload: JSON.stringify(operation) });
  const [, data = answer.body] = /^event: next\ndata: ([^\n]*)$/m.exec(answer.body) ?? [];
  return { ...parts(JSON.parse(data)), status: answer.statusCode, text: answer.body };
};

/** The first answer over a new WebSocket. A token is sent in `connection_init`, as clients of WebSockets send it. */
const webSocket: Transport = async ({ gateway, path = '/graphql', headers: { authorization, ...headers } = {} }, operation) => {
  if (!isOfTheProtocol(operation)) return undefined;
  if (!gateway.app.server.listening) await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = gateway.app.server.address() as { port: number };
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, 'graphql-transport-ws', { headers });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: operation }));
  const closed = once(socket, 'close').then(() => {
    throw new Error('expected an answer over the WebSocket, received its end');
  });
  const [message] = await Promise.race([once(socket, 'message'), closed]);
  socket.terminate();
  const { type, payload } = JSON.parse(String(message));
  return { ...parts(type === 'error' ? { errors: payload } : payload), status: null, text: String(message) };
};

/** Every transport. A promise that does not depend on the transport is tested for each. */
export const TRANSPORTS: Readonly<Record<string, Transport>> = {
  'POST on the fast lane': post('application/json'),
  'POST in chunks, by Apollo Server': postInChunks,
  GET: get,
  'an event stream': eventStream,
  'a WebSocket': webSocket,
};

/** False for messages that the WebSocket library itself refuses, by closing the socket. */
function isOfTheProtocol({ query, operationName, variables, extensions }: Operation): boolean {
  const isObject = (value: unknown) => typeof value === 'object' && !Array.isArray(value);
  return typeof query === 'string' && typeof (operationName ?? '') === 'string' && isObject(variables ?? {}) && isObject(extensions ?? {});
}

function received({ statusCode, body }: LightMyRequestResponse): Received {
  return { ...parts(JSON.parse(body)), status: statusCode, text: body };
}

function parts({ data, errors = [], extensions }: Partial<Received>) {
  return { errors, ...(data !== undefined && { data }), ...(extensions !== undefined && { extensions }) };
}
