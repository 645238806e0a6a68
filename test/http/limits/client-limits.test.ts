import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Client, createClient } from 'graphql-ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { GatewayConfigInput } from '../../../src/index.ts';
import { testGateway } from '../../support/gateway.ts';
import { signToken } from '../../support/tokens.ts';

const SUBSCRIPTION = 'subscription { customerChanged { id } }';
/** The error of one operation too many. */
const REFUSED = { code: 'RATE_LIMITED', limit: 'subscriptions', allowed: 2, retryAfter: 30 };

async function listening(limits: GatewayConfigInput['limits'], config: Partial<GatewayConfigInput> = {}) {
  const world = await testGateway({ config: { limits, ...config } });
  await world.gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = world.gateway.app.server.address() as { port: number };
  return { ...world, port };
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function answered(socket: Socket): Promise<string> {
  socket.write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n');
  const [data] = await once(socket, 'data');
  return String(data);
}

describe('connections of one address', () => {
  it('are refused beyond their number, until one has ended', async () => {
    const { port } = await listening({ connections: 2 });
    const [first, second] = [open(port), open(port)];
    expect([await answered(first), await answered(second)]).toEqual([expect.stringMatching(/ 200 /), expect.stringMatching(/ 200 /)]);

    const [refusal] = await once(open(port), 'data');
    expect(String(refusal)).toMatch(/^HTTP\/1\.1 503 .*retry-after: 60\r\n.*"code":"OVERLOADED".*"limit":"connections","allowed":2/s);
    expect(String(refusal)).toContain('\r\nx-content-type-options: nosniff\r\n');

    first.end();
    await expect.poll(async () => answered(open(port)).catch(() => '')).toMatch(/ 200 /);
  });

  it('are not counted for a trusted proxy, whose connections are its clients’', async () => {
    const { port } = await listening({ connections: 1 }, { trustProxy: ['127.0.0.1/32'] });
    const answers = await Promise.all([open(port), open(port), open(port)].map(answered));
    for (const answer of answers) expect(answer).toMatch(/ 200 /);
  });
});

describe('operations of one client over WebSockets and event streams', () => {
  const post = (port: number, headers: Record<string, string> = {}, leaving = new AbortController()) => {
    onTestFinished(() => leaving.abort());
    return fetch(`http://127.0.0.1:${port}/graphql?cid=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: JSON.stringify({ query: SUBSCRIPTION }),
      signal: leaving.signal,
    });
  };

  function subscribe(port: number, parameters: Record<string, string> = {}): { client: Client; first: Promise<unknown> } {
    const client = createClient({
      url: `ws://127.0.0.1:${port}/graphql?cid=1`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: parameters,
    });
    onTestFinished(() => client.terminate());
    const { promise: first, resolve } = Promise.withResolvers<unknown>();
    client.subscribe({ query: SUBSCRIPTION }, { next: resolve, error: resolve, complete: () => resolve('complete') });
    return { client, first };
  }

  it('are refused beyond their number, at both doors, until one has ended', async () => {
    const { port, gateway } = await listening({ subscriptions: 2 });
    const leaving = new AbortController();
    expect((await post(port, {}, leaving)).status).toBe(200);
    subscribe(port);
    const subscriptions = async () => /^gateway_subscriptions (\d+)/m.exec((await gateway.app.inject('/metrics')).body)?.[1];
    await expect.poll(subscriptions).toBe('2');

    const refused = await post(port);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await refused.json()).toEqual({
      errors: [{ message: expect.stringMatching(/^expected at most 2 operations/), extensions: REFUSED }],
    });
    expect(await subscribe(port).first).toMatchObject([{ extensions: REFUSED }]);

    leaving.abort();
    await expect.poll(async () => (await post(port)).status).toBe(200);
  });

  it('are counted for each subject of a token, whatever its address', async () => {
    const { port } = await listening({ subscriptions: 1 });
    const headers = async (subject: string) => ({ authorization: `Bearer ${await signToken({ role: 'AGENT', subject })}` });
    expect((await post(port, await headers('one'))).status).toBe(200);
    expect((await post(port, await headers('other'))).status).toBe(200);
    expect((await post(port, await headers('one'))).status).toBe(429);
  });

  it('are counted without a token for each address that a trusted proxy reports, of IPv6 by its network', async () => {
    const { port } = await listening({ subscriptions: 1 }, { trustProxy: ['127.0.0.1/32'] });
    const from = (address: string) => post(port, { 'x-forwarded-for': address });
    expect((await from('192.0.2.1')).status).toBe(200);
    expect((await from('192.0.2.2')).status).toBe(200);
    expect((await from('192.0.2.1')).status).toBe(429);
    expect((await from('2001:db8:1:2::1')).status).toBe(200);
    expect((await from('2001:db8:1:2:ffff::9')).status).toBe(429);
    expect((await from('2001:db8:1:3::1')).status).toBe(200);
  });
});

describe('operations on one WebSocket', () => {
  it('are refused beyond 100 at a time, with what was reached', async () => {
    const { port } = await listening({});
    const client = createClient({ url: `ws://127.0.0.1:${port}/graphql?cid=1`, webSocketImpl: WebSocket, retryAttempts: 0, lazy: false });
    onTestFinished(() => client.terminate());
    const refused = Promise.withResolvers<unknown>();
    for (let count = 0; count < 101; count++) {
      client.subscribe({ query: SUBSCRIPTION }, { next: () => {}, error: refused.resolve, complete: () => {} });
    }
    expect(await refused.promise).toEqual([
      {
        message: expect.stringMatching(/^expected at most 100 operations at a time on one socket, received 101/),
        extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'operations', allowed: 100, actual: 101 },
      },
    ]);
  });
});
