import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { graphqlAdapter, httpAdapter } from '../../src/index.ts';
import { serve } from '../support/services.ts';
import { corpus } from './corpus.ts';
import { fuzzedGateway } from './fuzzed-gateway.ts';
import { budget, mutated } from './mutate.ts';

interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Bytes after which the connection is cut off; null for a whole answer. */
  readonly cut: number | null;
}

const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    one: Person @from(source: "one")
    orders: [Order!] @from(source: "list")
    people: [Person] @from(source: "people")
  }
  type Person { id: ID name: String email: EmailAddress }
  type Order { id: Int total: Float at: DateTime lines: [Line] }
  type Line { sku: String! }
`;
const QUERY = '{ customer { name one { id name email } orders { id total at lines { sku } } people { id name } sources { name status } } }';

const CODINGS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  // It says so, and is none.
  deflate: (bytes) => bytes,
};
const answers: fc.Arbitrary<Answered> = fc
  .record({
    status: fc.constantFrom(200, 200, 200, 200, 204, 206, 301, 400, 404, 410, 429, 500, 503),
    coding: fc.constantFrom(...Object.keys(CODINGS)),
    type: fc.constantFrom('application/json', 'application/json; charset=utf-16', 'text/html', 'application/json; charset=x-none', ''),
    retryAfter: fc.constantFrom('', '0', '-1', '1e9', 'Thu, 01 Jan 1970 00:00:00 GMT', 'soon'),
    bytes: mutated(corpus('answers')),
    cut: fc.option(fc.nat(200), { nil: null, freq: 5 }),
  })
  .map(({ status, coding, type, retryAfter, bytes, cut }) => ({
    status,
    headers: { 'content-type': type, 'content-encoding': coding, ...(retryAfter !== '' && { 'retry-after': retryAfter }), location: '/' },
    body: (CODINGS[coding] as (bytes: Buffer) => Buffer)(bytes),
    cut,
  }));

it('whatever back ends answer, the query is answered, and each failure has its documented code', async () => {
  let current: Answered = { status: 200, headers: {}, body: Buffer.alloc(0), cut: null };
  const baseUrl = await serve((request, response) => {
    const { status, headers, body, cut } = current;
    request.resume();
    response.on('error', () => {});
    response.writeHead(status, headers);
    if (cut === null || cut >= body.length) response.end(body);
    else response.write(body.subarray(0, cut), () => response.destroy());
  });
  const policy = { breaker: false, retries: 0, timeout: '10s' } as const;
  const gateway = await fuzzedGateway({
    schema: SCHEMA,
    dataSources: {
      crm: httpAdapter({ baseUrl, key: 'crmId', batch: '/?ids={keys}', match: 'id', policy }),
      one: httpAdapter({ baseUrl, key: 'crmId', one: '/{key}', policy }),
      list: httpAdapter({ baseUrl, key: 'crmId', batch: '/?ids={keys}', match: 'id', many: true, policy }),
      people: graphqlAdapter({
        url: baseUrl,
        key: 'crmId',
        query: 'query ($keys: [String!]!) { people(ids: $keys) { id name } }',
        select: 'people',
        match: 'id',
        many: true,
        policy,
      }),
    },
  });
  await fc.assert(
    fc.asyncProperty(answers, async (answer) => {
      current = answer;
      const { status, data, codes } = await gateway.ask(QUERY, { role: 'CUSTOMER', subject: '1' });
      expect(status).toBe(200);
      expect(data.customer.sources).toHaveLength(4);
      const documented = ['SOURCE_UNAVAILABLE', 'SOURCE_INVALID', 'SOURCE_TIMEOUT'];
      expect(codes.filter((code) => !documented.includes(String(code)))).toEqual([]);
      // A failure of a back end is a line of the log; it is no surprise.
      expect(gateway.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
    }),
    budget(300),
  );
  current = { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('[{"id":"1","name":"Ada"}]'), cut: null };
  const { data } = await gateway.ask('{ customer { name } }', { role: 'CUSTOMER', subject: '1' });
  expect(data).toEqual({ customer: { name: 'Ada' } });
});

it('an answer without an end, fast or slow, fails with a documented code, and its connection is closed', async () => {
  const open = new Set<object>();
  const baseUrl = await serve((request, response) => {
    request.resume();
    open.add(response);
    response.on('error', () => {}).on('close', () => open.delete(response));
    response.writeHead(200, { 'content-type': 'application/json' });
    const bytes = Buffer.alloc(request.url?.startsWith('/fast') ? 65_536 : 1, ' ');
    const more = () => {
      if (response.destroyed) return;
      if (response.write(bytes)) setImmediate(more);
      else response.once('drain', more);
    };
    more();
  });
  const policy = { breaker: false, retries: 0, timeout: '900ms' } as const;
  const gateway = await fuzzedGateway({
    schema: 'type Customer { fast: String @from(source: "fast") slow: String @from(source: "slow") }',
    dataSources: {
      fast: httpAdapter({ baseUrl, key: 'crmId', one: '/fast/{key}', policy }),
      slow: httpAdapter({ baseUrl, key: 'crmId', one: '/slow/{key}', policy }),
    },
  });
  const { status, data, codes, errors } = await gateway.ask('{ customer { fast slow } }', { role: 'CUSTOMER', subject: '1' });
  expect({ status, data }, JSON.stringify(errors)).toEqual({ status: 200, data: { customer: { fast: null, slow: null } } });
  expect(codes).toHaveLength(2);
  for (const code of codes) expect(['SOURCE_INVALID', 'SOURCE_TIMEOUT', 'SOURCE_UNAVAILABLE']).toContain(code);
  expect(gateway.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  await expect.poll(() => open.size).toBe(0);
});
