import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { cookie, defineAdapter, urlParameter } from '../../../src/index.ts';
import type { Gateway } from '../../../src/wiring/gateway.ts';
import { type TestGatewayOptions, testGateway } from '../../support/gateway.ts';

const OPTIONS: TestGatewayOptions = {
  schema: `"A customer." type Customer { "Name." name: String @from(source: "crm") }`,
  config: {
    identifiers: {
      crmId: {
        class: 'person',
        unique: true,
        capture: [cookie('cid', { assurance: 'RECOGNIZED' }), urlParameter('cid', { assurance: 'RECOGNIZED' })],
      },
    },
    touchpoints: {
      web: { channel: 'WEB', origins: ['https://shop.example'] },
      callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] },
    },
    limits: { bodyBytes: '4KB' },
  },
  dataSources: {
    crm: defineAdapter({ key: 'crmId', load: async (keys) => keys.map((key) => ({ name: `Ада ${key}` })) }),
  },
};

async function listening(options: TestGatewayOptions = OPTIONS) {
  const { gateway } = await testGateway(options);
  const server = createServer(gateway.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { gateway, port: (server.address() as { port: number }).port };
}

/** How many requests the fast lane has answered. */
async function answered({ app }: Gateway): Promise<number> {
  return Number(/^gateway_fast_lane_answers_total (\d+)/m.exec((await app.inject('/metrics')).body)?.[1]);
}

/** The whole answer, without the time and the ids; the request asks to close the connection. */
async function wire(port: number, chunks: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  for (const chunk of chunks) {
    socket.write(chunk);
    // In a turn of its own, so that it comes as a chunk of its own.
    await new Promise((resolve) => setImmediate(resolve));
  }
  let answer = '';
  for await (const data of socket.setEncoding('utf8')) answer += data;
  return answer.replaceAll(/^(Date|x-request-id): .*$/gim, '$1: …').replaceAll('\r\n', '\n');
}

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly method?: string;
}

function request(body: unknown, { headers = {}, path = '/graphql?cid=1', method = 'POST' }: Sent = {}): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const own = {
    host: 'localhost',
    connection: 'close',
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
  };
  const lines = Object.entries({ ...own, ...headers }).filter(([, value]) => value !== '');
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
}

const NAME = { query: '{ customer { name } }' };
const ADA = '{"data":{"customer":{"name":"Ада 1"}}}\n';
const header = (name: string, value: string): [unknown, Sent] => [NAME, { headers: { [name]: value } }];
const JSON_TYPE = 'application/json; charset=utf-8';
const NEW_TYPE = 'application/graphql-response+json; charset=utf-8';
const refused = (code: string) => new RegExp(`^\\{"errors":\\[\\{"message":"[^\\n]*","extensions":\\{"code":"${code}"[^\\n]*\\}\\n?$`);
const unreadable = /^\{"error":\{"code":"BAD_USER_INPUT","message":"expected a body of JSON, received [^"]*"\}\}$/;

type Expected = [status: number, type: string, body: string | RegExp];

/** Requests with their answers. */
const TAKEN: Readonly<Record<string, [sent: [unknown, Sent?], ...Expected]>> = {
  'a query': [[NAME], 200, JSON_TYPE, ADA],
  'a character set': [header('content-type', 'application/json; charset=utf-8'), 200, JSON_TYPE, ADA],
  'nobody to be found': [[NAME, { path: '/graphql' }], 200, JSON_TYPE, '{"data":{"customer":null}}\n'],
  'a cookie': [[NAME, { path: '/graphql', headers: { cookie: 'cid=7; other=1' } }], 200, JSON_TYPE, ADA.replace('1', '7')],
  'a referer': [
    [NAME, { path: '/graphql', headers: { referer: 'https://shop.example/page?cid=3' } }],
    200,
    JSON_TYPE,
    ADA.replace('1', '3'),
  ],
  'a touchpoint': [header('x-touchpoint', 'web'), 200, JSON_TYPE, ADA],
  'a token that is none': [header('authorization', 'Bearer none'), 200, JSON_TYPE, ADA],
  'any type': [header('accept', '*/*'), 200, JSON_TYPE, ADA],
  JSON: [header('accept', 'application/json'), 200, JSON_TYPE, ADA],
  'what axios accepts': [header('accept', 'application/json, text/plain, */*'), 200, JSON_TYPE, ADA],
  'the new type': [header('accept', 'application/graphql-response+json'), 200, NEW_TYPE, ADA],
  'both types': [header('accept', 'application/graphql-response+json, application/json'), 200, NEW_TYPE, ADA],
  'what Apollo Client accepts': [header('accept', 'application/graphql-response+json,application/json;q=0.9'), 200, NEW_TYPE, ADA],
  'a weighed list': [header('accept', 'application/json;q=0.1, application/graphql-response+json;q=0.2'), 200, NEW_TYPE, ADA],
  'what urql accepts': [header('accept', 'application/graphql-response+json, application/json, text/event-stream'), 200, NEW_TYPE, ADA],
  'a broken document': [[{ query: '{' }], 200, JSON_TYPE, /"code":"GRAPHQL_PARSE_FAILED"/],
  'a broken document for the new type': [
    [{ query: '{' }, { headers: { accept: 'application/graphql-response+json' } }],
    400,
    NEW_TYPE,
    /"code":"GRAPHQL_PARSE_FAILED"/,
  ],
  'a list of operations': [[[NAME, NAME]], 400, JSON_TYPE, refused('BAD_REQUEST')],
  'a body that is no object': [['"{ customer { name } }"'], 400, JSON_TYPE, refused('BAD_REQUEST')],
  'an empty name': [[{ ...NAME, operationName: '' }], 400, JSON_TYPE, refused('OPERATION_RESOLUTION_FAILURE')],
  'a subscription': [[{ query: 'subscription { customerChanged { id } }' }], 400, JSON_TYPE, refused('BAD_REQUEST')],
  'an unknown touchpoint': [header('x-touchpoint', 'moon'), 400, JSON_TYPE, refused('BAD_USER_INPUT')],
  "a touchpoint of agents'": [header('x-touchpoint', 'callCentre'), 401, JSON_TYPE, refused('UNAUTHENTICATED')],
  'a body that is no JSON': [['{"query": '], 400, JSON_TYPE, unreadable],
  'a body of white space': [[' '], 400, JSON_TYPE, unreadable],
  'a body that reaches for the prototype': [['{"query":"{ customer { name } }","__proto__":{"x":1}}'], 400, JSON_TYPE, unreadable],
  'a body that hides it': [['{"query":"{ customer { name } }","__pr\\u006fto__":{"x":1}}'], 400, JSON_TYPE, unreadable],
  'a body with a constructor': [['{"query":"{ customer { name } }","constructor":{"prototype":{}}}'], 400, JSON_TYPE, unreadable],
};
const LEFT: typeof TAKEN = {
  'nothing that there is': [header('accept', 'application/xml'), 406, JSON_TYPE, refused('BAD_REQUEST')],
  'HTML wanted': [header('accept', 'text/html'), 406, JSON_TYPE, refused('BAD_REQUEST')],
  'plain text': [header('content-type', 'text/plain'), 400, JSON_TYPE, refused('BAD_REQUEST')],
  'a form': [header('content-type', 'application/x-www-form-urlencoded'), 415, JSON_TYPE, /"content-type: expected application\/json"/],
  'an encoding': [header('content-encoding', 'identity'), 200, JSON_TYPE, ADA],
  GET: [
    [
      '',
      {
        method: 'GET',
        path: '/graphql?cid=1&query={customer{name}}',
        headers: { 'apollo-require-preflight': '1', 'content-type': '', 'content-length': '' },
      },
    ],
    200,
    JSON_TYPE,
    ADA,
  ],
  'a simple GET': [
    ['', { method: 'GET', path: '/graphql?query={customer{name}}', headers: { 'content-type': '', 'content-length': '' } }],
    400,
    JSON_TYPE,
    refused('BAD_REQUEST'),
  ],
  'another path': [[NAME, { path: '/graphqlx' }], 404, JSON_TYPE, /"code":"NOT_FOUND"/],
  'no body': [[''], 400, JSON_TYPE, /"code":"BAD_USER_INPUT"|"code":"BAD_REQUEST"/],
  'too large a body': [[{ ...NAME, padding: 'x'.repeat(5_000) }], 413, JSON_TYPE, /"expected a body of at most 4096 bytes"/],
};

it.each([...Object.entries(TAKEN).map((row) => [...row, 1] as const), ...Object.entries(LEFT).map((row) => [...row, 0] as const)])(
  'answers %s',
  async (_, [[body, sent], status, type, expected], taken) => {
    const { gateway, port } = await listening();
    for (const time of [1, 2, 3]) {
      const [head = '', ...rest] = (await wire(port, [request(body, sent)])).split('\n\n');
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(head).toContain(`\ncontent-type: ${type}`);
      if (typeof expected === 'string') expect(rest.join('\n\n')).toBe(expected);
      else expect(rest.join('\n\n')).toMatch(expected);
      expect(await answered(gateway)).toBe(taken * time);
    }
  },
);

it.each<[string, Record<string, string>, string]>([
  ['none', {}, 'vary: Origin\naccess-control-allow-credentials: true\n'],
  [
    "a touchpoint's",
    { origin: 'https://shop.example' },
    'vary: Origin\naccess-control-allow-origin: https://shop.example\naccess-control-allow-credentials: true\naccess-control-expose-headers: x-request-id\n',
  ],
  [
    'a foreign one',
    { origin: 'https://evil.example' },
    'vary: Origin\naccess-control-allow-credentials: true\naccess-control-expose-headers: x-request-id\n',
  ],
])('has the headers of every answer, whichever server writes them, for an origin that is %s', async (_, origin, cors) => {
  const { gateway, port } = await listening();
  const text = JSON.stringify(NAME);
  const chunked = request('', { headers: { ...origin, 'content-length': '', 'transfer-encoding': 'chunked' } });
  const whole = `HTTP/1.1 200 OK\nx-request-id: …\nx-content-type-options: nosniff\n${cors}cache-control: private, no-store\ncontent-type: ${JSON_TYPE}\ncontent-length: ${Buffer.byteLength(ADA)}\nDate: …\nConnection: close\n\n${ADA}`;
  expect(await wire(port, [request(NAME, { headers: origin })])).toBe(whole);
  expect(await wire(port, [chunked, `${text.length.toString(16)}\r\n${text}\r\n`, '0\r\n\r\n'])).toBe(whole);
  expect(await answered(gateway)).toBe(1);
});

it('reads a body that comes in pieces, and one request after the other', async () => {
  const { gateway, port } = await listening();
  const whole = request(NAME);
  const keptAlive = request(NAME, { headers: { connection: 'keep-alive' } });
  const requests: [string[], number][] = [
    [[whole.slice(0, 60), whole.slice(60, 150), whole.slice(150)], 1],
    [[keptAlive, whole], 2],
    [[keptAlive + keptAlive + whole], 3],
    // A body that can't be read ends its connection, as the framework has it.
    [[request('{', { headers: { connection: 'keep-alive' } })], 0],
  ];
  for (const [chunks, times] of requests) expect((await wire(port, chunks)).split(ADA)).toHaveLength(times + 1);
  expect(await answered(gateway)).toBe(7);
});

it('leaves an event stream to the framework where that is what a client prefers, and starts one itself for a subscription', async () => {
  const { gateway } = await testGateway(OPTIONS);
  const ask = (payload: object, headers: Record<string, string>) =>
    gateway.app.inject({ method: 'POST', url: '/graphql', headers, payload });
  const subscription = { query: 'subscription { interactionCaptured { id } }' };
  const both = { accept: 'application/json, text/event-stream' };
  for (const [payload, headers, taken] of [
    [NAME, { accept: 'text/event-stream, application/json;q=0.9' }, 0],
    // Of a viewer who is not proven, so that it ends by itself.
    [subscription, both, 1],
  ] as const) {
    const { statusCode, headers: answer, body } = await ask(payload, headers);
    expect([statusCode, answer['content-type'], answer['cache-control']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'private, no-store',
    ]);
    expect(body).toMatch(/^:\n\nevent: next\ndata: \{"(data|errors)":[^\n]*\n\nevent: complete\ndata:\n\n$/);
    expect(await answered(gateway)).toBe(taken);
  }
  expect((await ask(subscription, { ...both, origin: 'https://evil.example' })).statusCode).toBe(403);
});

it('gives a visitor a cookie', async () => {
  const { port } = await listening({});
  const answer = await wire(port, [request({ query: '{ customer { assurance } }' }, { path: '/graphql' })]);
  expect(answer).toMatch(/\nset-cookie: visitor=[\w.-]+; [^\n]*HttpOnly/);
  expect(answer).toContain('{"data":{"customer":{"assurance":"ANONYMOUS"}}}\n');
});

it('gives up calls to sources when the client has gone', async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const hanging = defineAdapter({
    key: 'crmId',
    load: (_, { signal }) => {
      asked.resolve(signal);
      return new Promise(() => {});
    },
  });
  const { port } = await listening({ ...OPTIONS, dataSources: { crm: hanging } });
  const socket = connect(port, '127.0.0.1');
  socket.write(request(NAME));
  const signal = await asked.promise;
  socket.destroy();
  if (!signal.aborted) await once(signal, 'abort');
  expect(signal.aborted).toBe(true);
});

it('verifies a token once, also where the touchpoint is refused, too', async () => {
  const { gateway } = await testGateway({
    config: { touchpoints: { callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] } } },
  });
  const headers = { authorization: 'Bearer none', 'x-touchpoint': 'callCentre' };
  expect((await gateway.app.inject({ method: 'POST', url: '/graphql', headers, payload: NAME })).statusCode).toBe(401);
  expect((await gateway.app.inject('/metrics')).body).toContain('gateway_capture_refused_total{rule="authorization"} 1');
});
