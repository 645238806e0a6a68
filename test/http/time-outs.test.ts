import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { CONNECTION_TIMEOUTS, type ConnectionTimeouts } from '../../src/http/connections/connection-timeouts.ts';
import { MAX_HELD_BYTES } from '../../src/http/connections/held-bytes.ts';
import { LEAST_RATE } from '../../src/http/connections/slow-readers.ts';
import { memorySource, testGateway } from '../support/gateway.ts';

/** Milliseconds. So long that it does not happen in a test. */
const NEVER = 3_600_000;
/** Milliseconds. Long enough for a test to send all its bytes before, also on a busy machine: a server that has closed would reset the connection. */
const SOON = 1_000;

/** A gateway on a port that waits for one thing only a short time. @returns its port. */
async function impatient(timeouts: Partial<ConnectionTimeouts>, name = 'Ada', look = (_: Server) => {}): Promise<number> {
  const patient = { headers: NEVER, request: NEVER, keepAlive: NEVER, silence: NEVER, socketInit: NEVER, checkEvery: 10 };
  const { gateway } = await testGateway({
    dataSources: { crm: memorySource({ 1: { name } }).adapter },
    config: { limits: { answerBytes: '30MB' } },
    timeouts: { ...patient, ...timeouts },
  });
  look(gateway.app.server);
  await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  return (gateway.app.server.address() as { port: number }).port;
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Everything that the gateway sends until it ends the connection. */
async function untilEnd(socket: Socket): Promise<string> {
  let received = '';
  for await (const data of socket.setEncoding('utf8')) received += data;
  return received;
}

const head = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
const QUERY = '{"query":"{ customer { name } }"}';

describe('the gateway does not wait for ever', () => {
  it.each([
    ['/graphql', 'the fast lane'],
    ['/graphql?', 'the fast lane'],
    ['/interactions', 'a body that is parsed as it comes'],
    ['/invalidate', 'the framework'],
  ])('for the rest of a body (%s, %s)', async (path) => {
    const socket = await open(await impatient({ headers: SOON, request: SOON }));
    socket.write(`${head(path, 100)}{"query":`);
    expect(await untilEnd(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each([
    ['nothing at all', ''],
    ['half of its headers', 'POST /graphql HTTP/1.1\r\nhost: gate'],
  ])('for headers, where %s came', async (_, sent) => {
    const socket = await open(await impatient({ headers: SOON }));
    socket.write(sent);
    expect(await untilEnd(socket)).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('for the next request on a connection', async () => {
    // Node adds a second to it.
    const socket = await open(await impatient({ keepAlive: SOON }));
    socket.write(`${head('/graphql?cid=1', QUERY.length)}${QUERY}`);
    expect(await untilEnd(socket)).toMatch(/^HTTP\/1\.1 200 .*"name":"Ada"/s);
  });

  it('for a client to read its answer', async () => {
    const accepted = Promise.withResolvers<Socket>();
    // More than the operating system keeps for a client.
    const port = await impatient({ silence: SOON }, 'x'.repeat(20_000_000), (server) => server.once('connection', accepted.resolve));
    const socket = await open(port);
    socket.write(`${head('/graphql?cid=1', QUERY.length)}${QUERY}`);
    const serverSide = await accepted.promise;
    if (!serverSide.closed) await once(serverSide, 'close');
    expect(serverSide.bytesWritten).toBeGreaterThan(0);
  });

  it('for a WebSocket to say who it is', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${await impatient({ socketInit: SOON })}/graphql`, 'graphql-transport-ws');
    const [code] = await once(socket, 'close');
    expect(code).toBe(4408);
  });
});

it('documents every time-out and bound with its value', () => {
  const page = readFileSync('docs/requests.md', 'utf8');
  for (const milliseconds of Object.values(CONNECTION_TIMEOUTS)) expect(page).toMatch(new RegExp(`\\b${milliseconds / 1_000} s\\b`));
  expect(page).toContain(`${MAX_HELD_BYTES / 1024 / 1024} MB`);
  expect(page).toContain(`${LEAST_RATE / 1024} KB/s`);
});
