import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { GraphQLScalarType } from 'graphql';
import { resolvers } from 'graphql-scalars';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defineAdapter } from '../../src/index.ts';
import { frame, UPGRADE } from '../support/frames.ts';
import { memorySource, type TestGateway, testGateway } from '../support/gateway.ts';

const NAMES = Object.values(resolvers)
  .filter((scalar) => scalar instanceof GraphQLScalarType)
  .map(({ name }) => name)
  .sort();
const LITERALS = ['"http://["', '99999999999999999999', '{}'];

/** Lines of the log at `warn` and above. */
function loud({ log }: TestGateway): string[] {
  return log.filter((line) => JSON.parse(line).level >= 40);
}

async function listening(gateway: TestGateway): Promise<number> {
  await gateway.gateway.app.listen({ port: 0, host: '127.0.0.1' });
  return (gateway.gateway.app.server.address() as { port: number }).port;
}

/** Sends bytes as they are. @returns all that comes until the connection is closed. */
async function send(port: number, ...parts: (string | Buffer)[]): Promise<string> {
  const socket = open(port);
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text;
  });
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return answer;
}

function open(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

const BODY = JSON.stringify({ query: '{ __typename }' });
const POST = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`;

describe('scalars', () => {
  it("a value that is none is the client's mistake, as literal and as variable, whatever the scalar", async () => {
    const fields = NAMES.map((name) => `f${name}(a: ${name}): String @from(source: "crm")`).join('\n');
    const schema = `type Customer { name: String @from(source: "crm")\n${fields} }`;
    const gateway = await testGateway({ schema, dataSources: { crm: memorySource({ 1: { name: 'Ada' } }).adapter } });
    const path = '/graphql?cid=1';
    const allowed = (codes: readonly unknown[], what: string) => {
      const others = codes.filter(
        (code) => !['GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED', 'BAD_USER_INPUT', 'SOURCE_INVALID'].includes(String(code)),
      );
      expect(others, what).toEqual([]);
    };
    for (const name of NAMES) {
      const answers = await Promise.all(LITERALS.map((literal) => gateway.ask(`{ customer { f${name}(a: ${literal}) } }`, { path })));
      for (const [index, { codes }] of answers.entries()) allowed(codes, `${name} ${LITERALS[index]}`);
    }
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.jsonValue({ maxDepth: 1 }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...NAMES), value, async (name, a) => {
        allowed((await gateway.ask(`query ($a: ${name}) { customer { f${name}(a: $a) } }`, { path, variables: { a } })).codes, name);
      }),
      { numRuns: 60 },
    );
    expect(loud(gateway)).toEqual([]);
  });
});

describe('what is no proper HTTP is answered with 4xx, or not at all, and is no line of the log', () => {
  it.each<[string, (string | Buffer)[], RegExp]>([
    [
      'HTTP/1.0 without a host',
      [`POST /graphql HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`],
      /^HTTP\/1\.1 200 /,
    ],
    [
      'a query that reads the customer, by HTTP/1.0 without a host',
      ['GET /graphql?query={customer{id}} HTTP/1.0\r\napollo-require-preflight: 1\r\n\r\n'],
      /^HTTP\/1\.1 200 /,
    ],
    ['HTTP/1.1 without a host', [`POST /graphql HTTP/1.1\r\ncontent-length: 0\r\n\r\n`], /^HTTP\/1\.1 400 /],
    ['a method that is none', ['BREW /graphql HTTP/1.1\r\nhost: x\r\n\r\n'], /^HTTP\/1\.1 400 /],
    ['a bad chunk', [`${POST}transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n`], /^HTTP\/1\.1 400 /],
    ['headers that are too large', [`GET / HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(20_000)}\r\n\r\n`], /^HTTP\/1\.1 431 /],
    ['a header with a NUL', ['GET / HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n'], /^HTTP\/1\.1 400 /],
    ['two lengths', [`${POST}content-length: 5\r\ncontent-length: 6\r\n\r\nabcdef`], /^HTTP\/1\.1 400 /],
    ['TLS', [Buffer.from('16030100a5010000a10303', 'hex'), '\r\n\r\n'], /^HTTP\/1\.1 400 /],
    ['an address that is none', ['GET http://[ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'], /^HTTP\/1\.1 4\d\d /],
    [
      'a host that is none',
      [
        'GET /graphql?query={customer{id}} HTTP/1.1\r\nhost: [\r\norigin: http://[\r\nreferer: http://[\r\napollo-require-preflight: 1\r\nconnection: close\r\n\r\n',
      ],
      /^HTTP\/1\.1 (200|4\d\d) /,
    ],
    [
      'an upgrade to nothing',
      ['GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n\r\n'],
      /^HTTP\/1\.1 4\d\d |^$/,
    ],
    [
      'a socket without its key',
      ['GET /graphql HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n'],
      /^HTTP\/1\.1 4\d\d |^$/,
    ],
    ['an expectation that is none', [`${POST}expect: tea\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`], /^HTTP\/1\.1 4\d\d /],
  ])('%s', async (_, parts, expected) => {
    const gateway = await testGateway();
    const port = await listening(gateway);
    expect(await send(port, ...parts)).toMatch(expected);
    expect(loud(gateway)).toEqual([]);
    expect((await gateway.ask('{ __typename }')).status).toBe(200);
  });

  it.each(['/graphql', '/interactions', '/invalidate'])('a client that goes in the middle of its request to %s', async (url) => {
    const gateway = await testGateway();
    const port = await listening(gateway);
    for (const head of ['content-length: 100', 'transfer-encoding: chunked', 'content-encoding: gzip\r\ncontent-length: 100']) {
      const socket = open(port);
      socket.write(
        `POST ${url} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${head}\r\n\r\n${head.startsWith('t') ? '5\r\n{"que' : '{"que'}`,
      );
      const arrived = once(gateway.gateway.app.server, 'request');
      await arrived;
      socket.resetAndDestroy();
    }
    await gateway.ask('{ __typename }');
    await gateway.gateway.close();
    expect(loud(gateway)).toEqual([]);
  });

  it('a client that goes in the middle of its answer', async () => {
    const called = Promise.withResolvers<void>();
    const crm = defineAdapter({
      key: 'crmId',
      load: (keys, { signal }) => {
        called.resolve();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve(keys.map(() => null)), { once: true }));
      },
    });
    const gateway = await testGateway({ dataSources: { crm } });
    const port = await listening(gateway);
    const socket = open(port);
    const body = JSON.stringify({ query: '{ customer { name } }' });
    socket.write(
      `POST /graphql?cid=1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await called.promise;
    socket.resetAndDestroy();
    await gateway.gateway.close();
    expect(loud(gateway)).toEqual([]);
  });
});

describe('invalid frames of a WebSocket close it, and are no line of the log', () => {
  const huge = Buffer.concat([Buffer.from([0x81, 0x80 | 127]), Buffer.from('00000000ffffffff', 'hex'), Buffer.alloc(4)]);
  it.each<[string, Buffer, number]>([
    ['bad UTF-8', frame(0x81, Buffer.from([0xff, 0xfe])), 1007],
    ['a reserved bit', frame(0xc1, 'x'), 1002],
    ['an opcode that is none', frame(0x83, 'x'), 1002],
    ['a frame without a mask', Buffer.from([0x81, 0x01, 0x78]), 1002],
    ['a frame that is too large', huge, 1009],
    ['a continuation of nothing', frame(0x80, 'x'), 1002],
    ['a ping that is too long', frame(0x89, Buffer.alloc(126)), 1002],
    ['a close with a code that is none', frame(0x88, Buffer.from([0, 1])), 1002],
    ['no JSON', frame(0x81, 'x'), 4400],
    ['a message of no type', frame(0x81, '{"type":"brew"}'), 4400],
    ['a message of a server', frame(0x81, '{"type":"next","id":"1","payload":{}}'), 4400],
    ['a binary frame', frame(0x82, '{}'), 4400],
    ['an operation before connection_init', frame(0x81, '{"type":"subscribe","id":"1","payload":{"query":"{__typename}"}}'), 4401],
  ])('%s', async (_, bytes, code) => {
    const gateway = await testGateway();
    const port = await listening(gateway);
    const socket = open(port);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => void chunks.push(chunk));
    socket.write(UPGRADE);
    while (!Buffer.concat(chunks).includes('\r\n\r\n')) await once(socket, 'data');
    const head = Buffer.concat(chunks).indexOf('\r\n\r\n') + 4;
    socket.write(bytes);
    // An endpoint closes the connection when it has got the other's close frame, too (section 7.1.1).
    while (Buffer.concat(chunks).length < head + 4) await once(socket, 'data');
    const close = Buffer.concat(chunks).subarray(head);
    expect([close[0], close.readUInt16BE(2)]).toEqual([0x88, code]);
    socket.end(frame(0x88, close.subarray(2, 4)));
    await once(socket, 'close');
    await gateway.gateway.close();
    expect(loud(gateway)).toEqual([]);
  });

  it('a client that goes without a close frame', async () => {
    const gateway = await testGateway();
    const port = await listening(gateway);
    const socket = open(port);
    socket.write(UPGRADE);
    await once(socket, 'data');
    socket.resetAndDestroy();
    await gateway.gateway.close();
    expect(loud(gateway)).toEqual([]);
  });
});

describe('a WebSocket', () => {
  it.each(['/health/live', '/pixel.gif', '/tag.js', '/metrics', '/nowhere'])(
    'at %s, where there is none, is 404, and not in the log',
    async (path) => {
      const gateway = await testGateway();
      const port = await listening(gateway);
      const answer = await send(port, UPGRADE.replace('/graphql', `${path}?email=ada@example.com`));
      expect(answer).toMatch(/^HTTP\/1\.1 404 .*NOT_FOUND/s);
      expect(gateway.log.filter((line) => line.includes('ada@') || line.includes('closed incoming'))).toEqual([]);
    },
  );

  it('is closed when a message has more frames than it needs', async () => {
    const gateway = await testGateway();
    const port = await listening(gateway);
    const answer = await send(port, UPGRADE, frame(0x01, ''), ...Array(1_100).fill(frame(0x00, 'x')));
    // 1008, policy violation.
    expect(answer).toContain('\x03\xf0');
    expect(loud(gateway)).toEqual([]);
  });
});
