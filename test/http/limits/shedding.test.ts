import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { testGateway } from '../../support/gateway.ts';
import { loadMeter } from '../../support/load.ts';
import { type post, TRANSPORTS } from '../../support/transports.ts';
import { PATIENTLY } from '../../support/waiting.ts';

const QUERY = '{ __typename }';
const OVERLOADED = { code: 'OVERLOADED', retryAfter: 1 };
/** Requests that clients may wait for, however dear they are. */
const MANY = 256;
/** How many of them begin, where they are dear: the others wait. */
const BEGUN = 16;

type Options = Parameters<typeof testGateway>[0];

/** A gateway that holds requests and has a load as a test wants them. */
async function loaded(options: Options = {}) {
  const load = loadMeter();
  const tested = await testGateway({ loadMeter: load.meter, ...options });
  const { app } = tested.gateway;
  const statusOf = async () => (await app.inject({ method: 'POST', url: '/graphql', payload: { query: QUERY } })).statusCode;
  /** Requests that arrive and stay under way. @returns lets them be answered, and gives their statuses. */
  const hold = (count: number, headers: Readonly<Record<string, string>> = {}) => {
    const body = JSON.stringify({ query: QUERY });
    const bodies = Array.from({ length: count }, () => new Readable({ read: () => {} }));
    const answers = bodies.map((payload) => {
      const sent = { 'content-type': 'application/json', 'content-length': String(body.length), ...headers };
      return app.inject({ method: 'POST', url: '/graphql', headers: sent, payload });
    });
    return async () => {
      for (const each of bodies) each.push(body);
      for (const each of bodies) each.push(null);
      return (await Promise.all(answers)).map(({ statusCode }) => statusCode);
    };
  };
  // What a request costs is known.
  expect(await statusOf()).toBe(200);
  load.busy();
  return { ...tested, ...load, hold, statusOf };
}

/** A gateway that refuses requests because of those under way. */
async function overloaded(options: Options = {}) {
  const tested = await loaded(options);
  const answerHeld = tested.hold(MANY);
  // A held request arrives before one that is sent later.
  tested.busy();
  expect(await tested.statusOf()).toBe(503);
  return { ...tested, answerHeld };
}

describe('under overload', () => {
  it.each(['POST on the fast lane', 'POST in chunks, by Apollo Server', 'GET', 'an event stream'])(
    '%s: a request is refused at once, and those under way are answered',
    async (name) => {
      const tested = await overloaded();
      const send = TRANSPORTS[name] as ReturnType<typeof post>;
      const refused = await send(tested, { query: QUERY });
      expect(refused?.status).toBe(503);
      expect(refused?.errors).toMatchObject([{ extensions: OVERLOADED }]);
      expect(await tested.answerHeld()).toEqual([...Array(BEGUN).fill(200), ...Array(MANY - BEGUN).fill(503)]);
      expect((await send(tested, { query: QUERY }))?.status).toBe(200);
    },
  );

  it('an operation on a WebSocket is refused, and the socket stays', async () => {
    const tested = await loaded();
    await tested.gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = tested.gateway.app.server.address() as { port: number };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    const answerHeld = tested.hold(MANY);
    tested.busy();
    expect(await tested.statusOf()).toBe(503);
    const messages: { type: string; payload: unknown }[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    const ask = (id: string) => socket.send(JSON.stringify({ type: 'subscribe', id, payload: { query: QUERY } }));
    ask('1');
    await vi.waitFor(() => expect(messages).toMatchObject([{ type: 'error', payload: [{ extensions: OVERLOADED }] }]), PATIENTLY);
    await answerHeld();
    ask('2');
    await vi.waitFor(() => expect(messages.map(({ type }) => type)).toEqual(['error', 'next', 'complete']), PATIENTLY);
  });

  it.each(['/interactions', '/pixel.gif', '/invalidate'])('%s refuses in its own form', async (url) => {
    const { gateway } = await overloaded();
    const method = url === '/pixel.gif' ? 'GET' : 'POST';
    const refused = await gateway.app.inject({ method, url, ...(method === 'POST' && { payload: {} }) });
    if (method === 'GET') {
      expect(refused.headers['content-type']).toBe('image/gif');
      expect(refused.headers['x-error']).toMatch(/^OVERLOADED/);
    } else {
      expect(refused.json()).toMatchObject({ error: OVERLOADED });
      expect(refused.headers['retry-after']).toBe('1');
    }
  });

  it('health and metrics are answered', async () => {
    const { gateway } = await overloaded();
    for (const url of ['/health/live', '/health/ready', '/metrics']) expect((await gateway.app.inject(url)).statusCode).toBe(200);
  });

  it('what is refused is counted, and the log says when it begins and ends', async () => {
    const { gateway, answerHeld, statusOf, calm, log } = await overloaded();
    expect(await statusOf()).toBe(503);
    const shown = async () => (await gateway.app.inject('/metrics')).body;
    expect(await shown()).toContain('gateway_requests_refused_total{door="graphql",reason="event loop"} 2');
    expect(await shown()).toContain('gateway_overloaded{what="event loop"} 1');
    await answerHeld();
    for (let read = 0; read < 6; read++) calm();
    expect(await shown()).toContain('gateway_overloaded{what="event loop"} 0');
    expect(log.filter((line) => /new requests are refused|requests are taken again/.test(line))).toHaveLength(2);
  });

  it('clients that wait for as many requests as the limit are never refused again half a second after the last refusal', async () => {
    const { answerHeld, hold, calm, busy } = await overloaded();
    await answerHeld();
    for (let read = 0; read < 6; read++) calm();
    const answer = hold(MANY);
    busy();
    expect(await answer()).toEqual(Array(MANY).fill(200));
  });
});

describe('nothing is refused', () => {
  it('while requests under way wait for back ends and the event loop is idle', async () => {
    const { hold, calm, statusOf } = await loaded();
    calm();
    const answerHeld = hold(MANY);
    let last: number | undefined;
    statusOf().then((status) => {
      last = status;
    });
    // With each reading, as many requests begin as are always begun.
    while (last === undefined) {
      await new Promise(setImmediate);
      calm();
    }
    expect(last).toBe(200);
    expect(await answerHeld()).toEqual(Array(MANY).fill(200));
  });

  it('but a request waits while the event loop is busy with others, until they are answered', async () => {
    const tested = await loaded();
    const answerHeld = tested.hold(MANY - 1);
    const waiting = tested.statusOf();
    tested.busy();
    expect(await Promise.all([answerHeld(), waiting])).toEqual([Array(MANY - 1).fill(200), 200]);
  });

  it('because of clients that were answered', async () => {
    const tested = await loaded();
    await tested.hold(MANY)();
    tested.busy();
    expect(await tested.statusOf()).toBe(200);
  });

  it('because of subscriptions that wait for events', async () => {
    const tested = await loaded({ config: { limits: { subscriptions: 1_000 } } });
    await tested.gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = tested.gateway.app.server.address() as { port: number };
    const over = new AbortController();
    onTestFinished(() => over.abort());
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    const body = JSON.stringify({ query: 'subscription { customerChanged { id } }' });
    const open = () => fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body, signal: over.signal });
    const streams = await Promise.all(Array.from({ length: MANY }, open));
    expect(streams.map(({ headers: sent }) => sent.get('content-type'))).toEqual(Array(MANY).fill('text/event-stream; charset=utf-8'));
    tested.busy();
    expect(await tested.statusOf()).toBe(200);
  });

  it('where limits.shedding is false', async () => {
    const { hold, busy, statusOf } = await loaded({ config: { limits: { shedding: false } } });
    hold(MANY);
    busy();
    expect(await statusOf()).toBe(200);
  });
});
