import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { bearerClaim, cookie, defineAdapter, issuedCookie, urlParameter } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

const SCHEMA = `
  "A customer." type Customer {
    "Name." name: String @from(source: "crm")
    "Mail." email: String @from(source: "crm") @access(min: VERIFIED)
    "Notes." notes: String @from(source: "crm") @access(roles: [AGENT])
    "From a back end that is down." points: Int @from(source: "down")
    "Invoices." orders(first: Int = 2, after: String, status: String): OrderConnection @from(source: "orders")
  }
  "An invoice." type Order { "Number." no: String! "GBP." total: Float "What was bought." lines: [Line!] }
  "A line." type Line { "Code." sku: String! "The product." product: Product @from(source: "catalog", key: "sku") }
  "A product." type Product { "Name." name: String "Label in another language." label: String }
`;
const ORDERS = ['a', 'b', 'c'].map((no, index) => ({ no, total: index + 0.5, lines: [{ sku: `sku-${no}` }, { sku: 'sku-a' }] }));

async function bothWays() {
  const { gateway } = await testGateway({
    schema: SCHEMA,
    config: {
      identifiers: {
        crmId: {
          class: 'person',
          unique: true,
          capture: [bearerClaim('sub'), cookie('cid', { assurance: 'RECOGNIZED' }), urlParameter('cid', { assurance: 'RECOGNIZED' })],
        },
        visitorId: { class: 'cookie', capture: [issuedCookie('visitor', { from: 'SERVICE' })] },
      },
      touchpoints: {
        web: { channel: 'WEB', origins: ['https://shop.example'] },
        callCentre: { channel: 'CALL_CENTRE', viewers: ['AGENT'] },
      },
      limits: { bodyBytes: '4KB', aliases: 3 },
    },
    dataSources: {
      crm: defineAdapter({
        key: 'crmId',
        load: async (keys) =>
          keys.map((key) => (key === '9' ? null : { name: `Ада ${key} "\\ \u2028 😀`, email: 'a@example.com', notes: 'tea' })),
      }),
      down: defineAdapter({ key: 'crmId', load: () => Promise.reject(new Error('down')), policy: { retries: 0, breaker: false } }),
      orders: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => ORDERS) }),
      catalog: defineAdapter({ key: 'sku', load: async (keys) => keys.map((sku) => ({ name: `Name of ${sku}`, label: null })) }),
    },
  });
  const serve = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as { port: number }).port;
  };
  const fastPort = await serve(gateway.handle);
  const fullPort = await serve((request, response) => gateway.app.routing(request, response));
  const answered = async () => {
    const { body } = await gateway.app.inject('/metrics');
    return Number(/^gateway_fast_lane_answers_total (\d+)/m.exec(body)?.[1]);
  };
  return { fastPort, fullPort, answered };
}

/** Everything that comes back, but for the time; the request asks to close the connection. */
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
  return answer.replaceAll(/^(Date|x-request-id): .*$/gim, '$1:').replaceAll(/"requestId":"[^"]*"/g, '"requestId":""');
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
const VARIABLES =
  'query A($first: Int = 1, $all: Boolean!) { customer { name @skip(if: $all) orders(first: $first) { edges { cursor node { no } } pageInfo { endCursor } } } }';
const header = (name: string, value: string): [unknown, Sent] => [NAME, { headers: { [name]: value } }];

/** What is answered on the fast lane, and what is not. */
const FAST: Readonly<Record<string, [unknown, Sent?]>> = {
  'a query': [NAME],
  'nothing of a customer nobody knows': [{ query: '{ customer { name assurance } }' }, { path: '/graphql?cid=9' }],
  'a query without a customer': [NAME, { path: '/graphql' }],
  'fragments, aliases and fields that are asked for twice': [
    {
      query: `query { a: customer { ...F ... on Customer { orders { edges { node { total } } } } } b: customer { __typename n: name } }
        fragment F on Customer { __typename orders { edges { node { no lines { sku product { name label } } } } } }`,
    },
  ],
  'the sources of an answer': [{ query: '{ customer { id name sources { name status } } }' }],
  'identifiers and node': [{ query: '{ customer { identifiers { type value } firstSeenAt } node(id: "x") { id } }' }],
  variables: [{ query: VARIABLES, variables: { first: 2, all: true } }],
  'a variable left out': [{ query: VARIABLES, variables: { all: false } }],
  'a variable that is null': [{ query: VARIABLES, variables: { first: null, all: false } }],
  'a variable too many': [{ query: VARIABLES, variables: { first: 1, all: true, other: 1 } }],
  'one operation of two': [{ query: 'query A { customer { id } } query B { customer { name } }', operationName: 'B' }],
  'null for what is left out': [{ ...NAME, operationName: null, variables: null, extensions: null }],
  "a client's extensions": [{ ...NAME, extensions: { clientLibrary: { name: 'x' } } }],
  'a cookie': [NAME, { path: '/graphql', headers: { cookie: 'cid=7; other=1' } }],
  'an allowed origin': header('origin', 'https://shop.example'),
  'a foreign origin': header('origin', 'https://evil.example'),
  'a referer': [NAME, { path: '/graphql', headers: { referer: 'https://shop.example/page?cid=3' } }],
  'a touchpoint': header('x-touchpoint', 'web'),
  'a token that is none': header('authorization', 'Bearer none'),
  'any type': header('accept', '*/*'),
  JSON: header('accept', 'application/json'),
  'what axios accepts': header('accept', 'application/json, text/plain, */*'),
  'the new type': header('accept', 'application/graphql-response+json'),
  'both types': header('accept', 'application/graphql-response+json, application/json'),
  'what Apollo Client accepts': header('accept', 'application/graphql-response+json,application/json;q=0.9'),
  'a weighed list': header('accept', 'application/json;q=0.1, application/graphql-response+json;q=0.2'),
  'what urql accepts': header('accept', 'application/graphql-response+json, application/json, text/event-stream'),
  'a character set': header('content-type', 'application/json; charset=utf-8'),
};
const FULL: Readonly<Record<string, [unknown, Sent?]>> = {
  'a broken document': [{ query: '{' }],
  'an invalid document': [{ query: '{ nonsense }' }],
  'no document': [{}],
  'an empty document': [{ query: '' }],
  'a document that is no text': [{ query: 1 }],
  'too many aliases': [{ query: '{ customer { a: name b: name c: name d: name } }' }],
  'a list of operations': [[NAME, NAME]],
  'no operation of this name': [{ ...NAME, operationName: 'X' }],
  'an empty name': [{ ...NAME, operationName: '' }],
  'a name that is no text': [{ ...NAME, operationName: 1 }],
  'a variable of another type': [{ query: VARIABLES, variables: { first: 'two', all: true } }],
  'a missing variable': [{ query: VARIABLES, variables: {} }],
  'variables that are no object': [{ ...NAME, variables: [] }],
  'variables as text': [{ ...NAME, variables: '{}' }],
  'a persisted query': [{ ...NAME, extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }],
  'a page that is too large': [{ query: '{ customer { orders(first: 1000) { edges { cursor } } } }' }],
  'a field that is not for the viewer': [{ query: '{ customer { name notes email } }' }],
  'a field whose back end is down': [{ query: '{ customer { name points orders { edges { node { no } } } } }' }],
  'a query for agents': [{ query: '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { name } }' }],
  introspection: [{ query: '{ __schema { queryType { name } } }' }],
  'a mutation': [{ query: 'mutation { mergeCustomers(input: { customerIds: [] }) { customer { id } } }' }],
  'a subscription': [{ query: 'subscription { customerChanged { id } }' }],
  'an unknown touchpoint': header('x-touchpoint', 'moon'),
  "a touchpoint of agents'": header('x-touchpoint', 'callCentre'),
  'an event stream wanted': header('accept', 'text/event-stream, application/json;q=0.9'),
  'nothing that there is': header('accept', 'application/xml'),
  'HTML wanted': header('accept', 'text/html'),
  'plain text': header('content-type', 'text/plain'),
  'a form': header('content-type', 'application/x-www-form-urlencoded'),
  'no type': header('content-type', ''),
  'an encoding': header('content-encoding', 'identity'),
  GET: [
    '',
    {
      method: 'GET',
      path: '/graphql?cid=1&query={customer{name}}',
      headers: { 'apollo-require-preflight': '1', 'content-type': '', 'content-length': '' },
    },
  ],
  'a simple GET': ['', { method: 'GET', path: '/graphql?query={customer{name}}', headers: { 'content-type': '', 'content-length': '' } }],
  'another path': [NAME, { path: '/graphqlx' }],
  'no body': [''],
  'a body that is no JSON': ['{"query": '],
  'a body that is no object': ['"{ customer { name } }"'],
  'a body that reaches for the prototype': ['{"query":"{ customer { name } }","__proto__":{"x":1}}'],
  'a body that hides it': ['{"query":"{ customer { name } }","__pr\\u006fto__":{"x":1}}'],
  'a body with a constructor': ['{"query":"{ customer { name } }","constructor":{"prototype":{}}}'],
  'too large a body': [{ ...NAME, padding: 'x'.repeat(5_000) }],
};

for (const [lane, rows] of Object.entries({ fast: FAST, full: FULL })) {
  it(`answers the same bytes on both ways: the ${lane} one's requests`, async () => {
    const { fastPort, fullPort, answered } = await bothWays();
    for (const [what, [body, sent]] of Object.entries(rows)) {
      const before = await answered();
      const fast = await wire(fastPort, [request(body, sent)]);
      expect([what, fast]).toEqual([what, await wire(fullPort, [request(body, sent)])]);
      expect([what, await answered()]).toEqual([what, before + (lane === 'fast' ? 1 : 0)]);
    }
  });
}

it('reads a body that comes in pieces, in chunks, and one request after the other', async () => {
  const { fastPort, fullPort, answered } = await bothWays();
  const whole = request(NAME);
  const chunked = request('', { headers: { 'content-length': '', 'transfer-encoding': 'chunked' } });
  const text = JSON.stringify(NAME);
  const keptAlive = request(NAME, { headers: { connection: 'keep-alive' } });
  const requests = [
    [whole.slice(0, 60), whole.slice(60, 150), whole.slice(150)],
    [chunked, `${text.length.toString(16)}\r\n${text}\r\n`, '0\r\n\r\n'],
    [keptAlive, whole],
    [keptAlive + keptAlive + whole],
  ];
  for (const chunks of requests) expect(await wire(fastPort, chunks)).toBe(await wire(fullPort, chunks));
  expect(await answered()).toBe(1 + 0 + 2 + 3);
});

it('answers an agent, and says where values come from, on both ways', async () => {
  const { fastPort, fullPort, answered } = await bothWays();
  const authorization = `Bearer ${await signToken({ role: 'AGENT', subject: 'summer' })}`;
  const query = { query: '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { name notes email } }' };
  const others: Record<string, string>[] = [{}, { 'x-touchpoint': 'callCentre' }, { 'x-profile-provenance': '1' }];
  for (const other of others) {
    const headers = { authorization, ...other };
    const strip = (answer: string) => answer.replaceAll(/"(fetchedAt|age)":("[^"]*"|\d+)/g, '"$1":0').replace(/content-length: \d+/i, '');
    expect(strip(await wire(fastPort, [request(query, { headers })]))).toBe(strip(await wire(fullPort, [request(query, { headers })])));
  }
  expect(await answered()).toBe(2);
});

it('gives a visitor the same kind of cookie on both ways', async () => {
  const { gateway } = await testGateway();
  const cookiesOf = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const answer = await wire((server.address() as { port: number }).port, [
      request({ query: '{ customer { assurance } }' }, { path: '/graphql' }),
    ]);
    return answer.replaceAll(/visitor=[\w.-]+/g, 'visitor=');
  };
  const fast = await cookiesOf(gateway.handle);
  expect(fast).toContain('set-cookie: visitor=;');
  expect(fast).toBe(await cookiesOf((request, response) => gateway.app.routing(request, response)));
});

it('gives up what a client waited for who has gone', async () => {
  const asked = Promise.withResolvers<AbortSignal>();
  const hanging = defineAdapter({
    key: 'crmId',
    load: (_, { signal }) => {
      asked.resolve(signal);
      return new Promise(() => {});
    },
  });
  const { gateway } = await testGateway({
    schema: '"A customer." type Customer { "Name." name: String @from(source: "crm") }',
    dataSources: { crm: hanging },
  });
  const server = createServer(gateway.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
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
