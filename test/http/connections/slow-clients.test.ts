import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { frame, UPGRADE } from '../../support/frames.ts';
import { memorySource, type TestGatewayOptions, testGateway } from '../../support/gateway.ts';
import { TRANSPORTS } from '../../support/transports.ts';

/** More than the operating system keeps for a client, in bytes. */
const LARGE = 20_000_000;
const QUERY = '{"query":"{ customer { name } }"}';
const SUBSCRIBE = (id: string) => JSON.stringify({ type: 'subscribe', id, payload: { query: '{ customer { name } }' } });

async function listening(name: string, options: TestGatewayOptions = {}) {
  const crm = memorySource({ 1: { name } });
  const config = { limits: { answerBytes: '30MB' as const } };
  const world = await testGateway({ dataSources: { crm: crm.adapter }, config, ...options });
  await world.gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const { server } = world.gateway.app;
  return { ...world, crm, server, port: (server.address() as { port: number }).port };
}

type World = Awaited<ReturnType<typeof listening>>;

/** A connection, and the gateway's end of it. */
async function open({ port, server }: World): Promise<{ client: Socket; serverSide: Socket }> {
  const accepted = once(server, 'connection');
  const client = connect(port, '127.0.0.1');
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  const [serverSide] = (await accepted) as [Socket];
  return { client, serverSide };
}

async function openWebSocket(world: World): Promise<{ client: WebSocket; serverSide: Socket }> {
  const accepted = once(world.server, 'connection');
  const client = new WebSocket(`ws://127.0.0.1:${world.port}/graphql?cid=1`, 'graphql-transport-ws');
  client.on('error', () => {});
  onTestFinished(() => client.terminate());
  await once(client, 'open');
  client.send('{"type":"connection_init"}');
  await once(client, 'message');
  return { client, serverSide: ((await accepted) as [Socket])[0] };
}

const post = (headers: string, body: string) =>
  `POST /graphql?cid=1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n\r\n${body}`;

/** Ways to ask for an answer and not to read it. Each returns the gateway's end of the connection. */
const NOT_READ: Readonly<Record<string, (world: World) => Promise<Socket>>> = {
  'on the fast lane': async (world) => {
    const { client, serverSide } = await open(world);
    client.write(post(`content-length: ${QUERY.length}`, QUERY));
    return serverSide;
  },
  'by Apollo Server': async (world) => {
    const { client, serverSide } = await open(world);
    client.write(post('transfer-encoding: chunked', `${QUERY.length.toString(16)}\r\n${QUERY}\r\n0\r\n\r\n`));
    return serverSide;
  },
  'as an event stream': async (world) => {
    const { client, serverSide } = await open(world);
    client.write(post(`accept: text/event-stream\r\ncontent-length: ${QUERY.length}`, QUERY));
    return serverSide;
  },
  'over a WebSocket': async (world) => {
    const { client, serverSide } = await openWebSocket(world);
    client.pause();
    client.send(SUBSCRIBE('1'));
    return serverSide;
  },
};

describe.each(Object.entries(NOT_READ))('an answer that is not read, %s', (_, ask) => {
  it('is dropped with its connection when all of them are too many, the oldest first', async () => {
    const world = await listening('x'.repeat(LARGE), { heldBytes: 2.5 * LARGE });
    const [first, second] = [await ask(world), await ask(world)] as const;
    const hasBegun = (socket: Socket) => expect.poll(() => socket.writableLength).toBeGreaterThan(0);
    await Promise.all([hasBegun(first), hasBegun(second)]);
    const third = await ask(world);
    await Promise.race([once(first, 'close'), once(second, 'close')]);
    await hasBegun(third);
    expect([first, second, third].filter((socket) => socket.destroyed)).toHaveLength(1);
    const { body } = await world.gateway.app.inject('/metrics');
    expect(body).toContain('gateway_clients_cut_off_total{reason="heldBytes"} 1');
  });
});

describe.each(Object.entries(TRANSPORTS))('a long answer, by %s', (_, send) => {
  it('arrives whole', async () => {
    const name = 'я😀"x'.repeat(80_000);
    const { gateway } = await listening(name);
    const answer = await send({ gateway, path: '/graphql?cid=1' }, { query: '{ customer { name } }' });
    expect(answer?.data.customer.name === name).toBe(true);
  });
});

it('an event that is taken slowly has no comment within it', async () => {
  const world = await listening('x'.repeat(LARGE), { timeouts: { ping: 1 } });
  const { client, serverSide } = await open(world);
  client.write(post(`accept: text/event-stream\r\nconnection: close\r\ncontent-length: ${QUERY.length}`, QUERY));
  await expect.poll(() => serverSide.writableLength).toBeGreaterThan(0);
  // The timer of comments has its turns.
  for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate);
  const chunks: string[] = [];
  client.setEncoding('latin1').on('data', (data: string) => void chunks.push(data));
  await expect.poll(() => chunks.at(-1)?.endsWith('\r\n0\r\n\r\n')).toBe(true);
  const body = chunks.join('').replace(/\r\n[0-9a-f]+\r\n/g, '');
  const [, name] = /"name":"(x*)"/.exec(body) ?? [];
  expect(name?.length).toBe(LARGE);
});

describe('requests behind another on their connection', () => {
  it('begin when the one before is answered', async () => {
    const first = Promise.withResolvers<string>();
    const begun: string[] = [];
    const schema = 'type Customer { name: String @from(source: "crm") } type Query { wait: String next: String }';
    const resolvers = { Query: { wait: () => first.promise, next: () => void begun.push('next') } };
    const world = await listening('Ada', { schema, resolvers });
    const { client, serverSide } = await open(world);
    const of = (query: string) => post(`content-length: ${query.length + 12}`, `{"query":"${query}"}`);
    client.write(of('{wait}') + of('{next}'));
    await expect.poll(() => serverSide.bytesRead).toBeGreaterThan(200);
    await world.ask('{ __typename }');
    expect(begun).toEqual([]);
    first.resolve('done');
    let received = '';
    for await (const data of client.setEncoding('utf8')) {
      received += data;
      if (received.includes('"next":null')) break;
    }
    expect(received).toMatch(/"wait":"done".*"next":null/s);
  });

  it('end the connection when they are thousands', async () => {
    const world = await listening('Ada');
    const { client, serverSide } = await open(world);
    client.resume().write('GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(10_000));
    await once(serverSide, 'close');
    expect((await world.ask('{ __typename }')).status).toBe(200);
  });
});

describe('a WebSocket', () => {
  it('is not read while its client does not read, and is answered whole when it does', async () => {
    let runs = 0;
    const text = 'x'.repeat(1_000_000);
    const large = () => {
      runs++;
      return text;
    };
    const schema = 'type Customer { name: String @from(source: "crm") } type Query { large: String }';
    const world = await listening('Ada', { schema, resolvers: { Query: { large } } });
    const { client, serverSide } = await openWebSocket(world);
    client.pause();
    for (let id = 0; id < 100; id++) client.send(JSON.stringify({ type: 'subscribe', id: String(id), payload: { query: '{ large }' } }));
    await expect.poll(() => serverSide.isPaused()).toBe(true);
    for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate);
    // The operating system keeps some megabytes for the client.
    expect(runs).toBeLessThan(30);
    let answers = 0;
    const all = Promise.withResolvers<void>();
    client.on('message', (data) => {
      if (String(data).includes('"large"') && ++answers === 100) all.resolve();
    });
    client.resume();
    await all.promise;
  });

  it('has one message read in each turn of the event loop', async () => {
    const world = await listening('Ada');
    let inTurn = 0;
    let most = 0;
    world.gateway.app.websocketServer.on('connection', (socket) => {
      socket.on('message', () => {
        if (inTurn++ === 0) setImmediate(() => (inTurn = 0));
        most = Math.max(most, inTurn);
      });
    });
    const { client, serverSide } = await openWebSocket(world);
    serverSide.pause();
    for (let count = 0; count < 1_000; count++) client.send('{"type":"ping"}');
    // Counted by a listener that stays: several may arrive in one packet.
    let pongs = 0;
    const all = Promise.withResolvers<void>();
    client.on('message', () => ++pongs === 1_000 && all.resolve());
    serverSide.resume();
    await all.promise;
    expect(most).toBe(1);
  });

  it('is cut off when its client is gone without a word', async () => {
    const world = await listening('Ada', { timeouts: { ping: 200 } });
    const { client, serverSide } = await open(world);
    client.write(
      'GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
    client.resume();
    await once(serverSide, 'close');
  });

  it('is closed when a message stays a part of one', async () => {
    // Long enough between two pings for the client to answer one, also on a busy machine: it would be gone otherwise.
    const world = await listening('Ada', { timeouts: { ping: 2_000, headers: 500, request: 500 } });
    const { client } = await openWebSocket(world);
    client.send('{"type":', { fin: false });
    client.send('"pi'.padEnd(100_000, 'x'), { fin: false });
    const [code] = await once(client, 'close');
    expect(code).toBe(4408);
  });
});

describe('a WebSocket without the protocol', () => {
  it('is cut off when what it sends has too many bytes', async () => {
    const world = await listening('Ada', { heldBytes: 1_000_000, timeouts: { checkEvery: 10 } });
    const closed = [0, 1].map(async () => {
      const { client, serverSide } = await open(world);
      client.write(UPGRADE.replace(/sec-websocket-protocol.*\r\n/, ''));
      await once(client, 'data');
      client.write(frame(0x81, 'x'.repeat(900_000)).subarray(0, 600_000));
      await once(serverSide, 'close');
    });
    await Promise.race(closed);
    expect((await world.ask('{ __typename }')).status).toBe(200);
  });
});

describe('bodies that do not arrive whole', () => {
  it('hold no more than their bytes when they are compressed', async () => {
    const world = await listening('Ada', { heldBytes: 1_000_000, timeouts: { checkEvery: 10 } });
    const body = brotliCompressSync(QUERY);
    const slow = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const { client } = await open(world);
        client.write(`${post(`content-encoding: br\r\ncontent-length: ${body.length}`, '')}`);
        client.write(body.subarray(0, 10));
        return client;
      }),
    );
    // What came before has arrived, and is counted.
    await world.ask('{ __typename }');
    for (const client of slow) client.write(body.subarray(10));
    for (const client of slow) expect(String((await once(client, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('are dropped with their connections when all of them have too many bytes', async () => {
    const world = await listening('Ada', { heldBytes: 1_000_000, timeouts: { checkEvery: 10 } });
    const send = async () => {
      const { client, serverSide } = await open(world);
      client.write(post('content-length: 900000', 'x'.repeat(600_000)));
      await expect.poll(() => serverSide.bytesRead).toBeGreaterThan(600_000);
      return serverSide;
    };
    const first = await send();
    const closed = once(first, 'close');
    const second = await Promise.race([send(), closed.then(() => null)]);
    await Promise.race([closed, second === null ? closed : once(second, 'close')]);
    expect((await world.ask('{ __typename }')).status).toBe(200);
  });
});
