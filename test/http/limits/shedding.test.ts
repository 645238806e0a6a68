import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { testGateway } from '../../support/gateway.ts';
import { loadMeter } from '../../support/load.ts';
import { type post, TRANSPORTS } from '../../support/transports.ts';

const QUERY = '{ __typename }';
const OVERLOADED = { code: 'OVERLOADED', retryAfter: 1 };

type Tested = Awaited<ReturnType<typeof overloaded>>;

/** Requests that are not looked at: so many in one turn that its length is their fault. */
async function fill({ gateway }: Pick<Tested, 'gateway'>): Promise<number[]> {
  const answers = await Promise.all(
    Array.from({ length: 150 }, () => gateway.app.inject({ method: 'POST', url: '/graphql', payload: { query: QUERY } })),
  );
  return answers.map(({ statusCode }) => statusCode);
}

/** A gateway whose event loop has too much to do. */
async function overloaded() {
  const load = loadMeter();
  const tested = await testGateway({ loadMeter: load.meter });
  expect(await fill(tested)).not.toContain(503);
  load.busy();
  await fill(tested);
  load.busy();
  return { ...tested, ...load };
}

/** Takes the room of this turn, so that the next request of it is refused. */
function takeRoom({ gateway }: Pick<Tested, 'gateway'>): void {
  void gateway.app.inject({ method: 'POST', url: '/graphql', payload: { query: QUERY } });
}

describe('under overload', () => {
  it.each(['POST on the fast lane', 'POST in chunks, by Apollo Server', 'GET', 'an event stream'])(
    '%s: what is beyond the room is refused at once',
    async (name) => {
      const tested = await overloaded();
      const send = TRANSPORTS[name] as ReturnType<typeof post>;
      const answers = await Promise.all(Array.from({ length: 5 }, () => send(tested, { query: QUERY })));
      const refused = answers.filter((answer) => answer?.status === 503);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused.length).toBeLessThan(5);
      expect(refused[0]?.errors).toMatchObject([{ extensions: OVERLOADED }]);
    },
  );

  it('an operation on a WebSocket is refused, and the socket stays', async () => {
    const load = loadMeter();
    const tested = await testGateway({ loadMeter: load.meter });
    await tested.gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = tested.gateway.app.server.address() as { port: number };
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    for (let read = 0; read < 2; read++) {
      await fill(tested);
      load.busy();
    }
    const messages: { type: string; payload: unknown }[] = [];
    socket.on('message', (data) => messages.push(JSON.parse(String(data))));
    const asked = 20;
    for (let id = 0; id < asked; id++) socket.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query: QUERY } }));
    await vi.waitFor(() => expect(messages.filter(({ type }) => type === 'next' || type === 'error')).toHaveLength(asked));
    const errors = messages.filter(({ type }) => type === 'error');
    expect(errors.length).toBeGreaterThan(0);
    expect(errors[0]?.payload).toMatchObject([{ extensions: OVERLOADED }]);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  it.each(['/interactions', '/pixel.gif', '/invalidate'])('%s refuses in its own form', async (url) => {
    const tested = await overloaded();
    takeRoom(tested);
    const method = url === '/pixel.gif' ? 'GET' : 'POST';
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => tested.gateway.app.inject({ method, url, ...(method === 'POST' && { payload: {} }) })),
    );
    const refused = answers.filter(({ statusCode, headers }) => statusCode === 503 || /^OVERLOADED/.test(String(headers['x-error'])));
    expect(refused.length).toBeGreaterThan(0);
    if (method === 'GET') expect(refused[0]?.headers['content-type']).toBe('image/gif');
    else {
      expect(refused[0]?.json()).toMatchObject({ error: OVERLOADED });
      expect(refused[0]?.headers['retry-after']).toBe('1');
    }
  });

  it('health and metrics are answered', async () => {
    const tested = await overloaded();
    for (const url of ['/health/live', '/health/ready', '/metrics']) {
      takeRoom(tested);
      const answers = await Promise.all(Array.from({ length: 5 }, () => tested.gateway.app.inject(url)));
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
    }
  });

  it('what is refused is counted, and the log says when it begins and ends', async () => {
    const tested = await overloaded();
    const refused = (await fill(tested)).filter((status) => status === 503).length;
    const shown = async () => (await tested.gateway.app.inject('/metrics')).body;
    expect(await shown()).toContain(`gateway_requests_refused_total{door="graphql",reason="event loop"} ${refused}`);
    expect(await shown()).toContain('gateway_overloaded{what="event loop"} 1');
    tested.calm();
    for (let read = 0; read < 5; read++) tested.calm();
    expect(await shown()).toContain('gateway_overloaded{what="event loop"} 0');
    expect(tested.log.filter((line) => /new requests are refused|requests are taken again/.test(line))).toHaveLength(2);
  });

  it('everything is taken again half a second after the last refusal', async () => {
    const tested = await overloaded();
    expect(await fill(tested)).toContain(503);
    for (let read = 0; read < 6; read++) tested.calm();
    expect(await fill(tested)).not.toContain(503);
  });

  it('nothing is refused where limits.shedding is false', async () => {
    const load = loadMeter();
    const tested = await testGateway({ loadMeter: load.meter, config: { limits: { shedding: false } } });
    for (let read = 0; read < 5; read++) {
      expect(await fill(tested)).not.toContain(503);
      load.busy();
    }
  });
});
