import { writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { fileAdapter, graphqlAdapter, httpAdapter, redisAdapter, type SourcePolicy, sqlAdapter } from '../../src/index.ts';
import { PATIENT } from '../support/ask-source.ts';
import { babbling, dripping, proxyTo, resetting, selfSigned, silent } from '../support/broken-servers.ts';
import { memorySource, temporaryDirectory, testGateway } from '../support/gateway.ts';
import { closedPort, isMissing, naming, ownName, type Service, serve } from '../support/services.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';
import { PATIENTLY } from '../support/waiting.ts';

/** For servers that never answer: the shortest time-out that a test has to wait for. */
const HASTY: SourcePolicy = { timeout: '400ms' };
const key = 'crmId';
const QUERY = 'query ($keys: [String!]!) { things(ids: $keys) { id name } }';
const SQL = 'select id, name from thing where id in ($keys)';

interface AtOptions {
  readonly secure?: boolean;
  readonly policy?: SourcePolicy;
}

/** The kinds of adapters that call a server, made for the server at a port. */
const AT_PORT: Readonly<Record<string, { at(port: number, options?: AtOptions): DataAdapter; begin: string; half: string }>> = {
  'httpAdapter with batch': {
    at: (port, { secure, policy = HASTY } = {}) =>
      httpAdapter({ baseUrl: urlOf(port, secure), key, batch: '/x?ids={keys}', match: 'id', policy }),
    begin: 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n[',
    half: 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n[{"id":"1"',
  },
  'httpAdapter with one': {
    at: (port, { secure, policy = HASTY } = {}) => httpAdapter({ baseUrl: urlOf(port, secure), key, one: '/x/{key}', match: 'id', policy }),
    begin: 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{',
    half: 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{"id":"1"',
  },
  graphqlAdapter: {
    at: (port, { secure, policy = HASTY } = {}) =>
      graphqlAdapter({ url: urlOf(port, secure), key, query: QUERY, select: 'things', match: 'id', policy }),
    begin: 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{',
    half: 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{"data":{',
  },
  redisAdapter: {
    at: (port, { secure, policy = HASTY } = {}) =>
      redisAdapter({ url: `${secure ? 'rediss' : 'redis'}://127.0.0.1:${port}`, key, string: 'x:{key}', policy }),
    begin: '$100000\r\n',
    half: '$100000\r\n{"id"',
  },
  'sqlAdapter on PostgreSQL': {
    at: (port, { secure, policy = HASTY } = {}) =>
      sqlAdapter({
        url: `postgres://u@127.0.0.1:${port}/x${secure ? '?sslmode=verify-full' : ''}`,
        key,
        query: SQL,
        match: 'id',
        policy,
      }),
    // Authentication succeeds, then a data row of 65,536 bytes begins.
    begin: 'R\0\0\0\x08\0\0\0\0D\0\x01\0\0',
    half: 'R\0\0\0\x08\0\0\0\0D\0\x01\0\0\0\x01',
  },
  'sqlAdapter on MariaDB': {
    at: (port, { policy = HASTY } = {}) => sqlAdapter({ url: `mysql://u@127.0.0.1:${port}/x`, key, query: SQL, match: 'id', policy }),
    // A packet of 65,536 bytes begins.
    begin: '\0\0\x01\0',
    half: '\0\0\x01\0\x0a11.8',
  },
};

function urlOf(port: number, secure = false): string {
  return `${secure ? 'https' : 'http'}://127.0.0.1:${port}`;
}

/** The gateway's answer for customers 1, 2 and 3 while the source `things` is broken and `crm` works. */
async function answerWith(things: DataAdapter) {
  const crm = memorySource({ 1: { name: 'Ada' }, 2: { name: 'Ben' }, 3: { name: 'Cleo' } }).adapter;
  const schema = `type Customer { name: String @from(source: "crm") thing: Thing @from(source: "things") }
    type Thing { id: String name: String }`;
  const { ask, log } = await testGateway({ schema, dataSources: { crm, things } });
  const variables = { i: ['1', '2', '3'].map((value) => ({ type: 'crmId', value })) };
  const query =
    'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { name thing { id name } sources { name status errorCode } } }';
  const { data, errors } = await ask(query, { variables, role: 'AGENT' });
  expect(data.customersByIdentifiers.map(({ name }: { name: string }) => name)).toEqual(['Ada', 'Ben', 'Cleo']);
  return { customers: data.customersByIdentifiers, errors, log, ask };
}

/** Expects null and one of these codes in all fields of the source, and the right answer in all others. */
async function expectFailure(things: DataAdapter, ...codes: string[]): Promise<void> {
  const { customers, errors } = await answerWith(things);
  for (const [index, { thing, sources }] of customers.entries()) {
    expect(thing).toBeNull();
    const error = errors.find(({ path }) => path?.[1] === index);
    expect(error).toMatchObject({ path: ['customersByIdentifiers', index, 'thing'], extensions: { source: 'things' } });
    expect(codes).toContain(error?.extensions.code);
    expect(sources).toEqual([
      { name: 'crm', status: 'FRESH', errorCode: null },
      { name: 'things', status: 'FAILED', errorCode: error?.extensions.code },
    ]);
  }
  expect(errors).toHaveLength(3);
}

/** For each of the three customers its thing, or the code of the error. */
async function thingsOf(adapter: DataAdapter): Promise<unknown[]> {
  const { customers, errors } = await answerWith(adapter);
  return customers.map(({ thing }: { thing: unknown }, index: number) => {
    const error = errors.find(({ path }) => path?.[1] === index);
    return error ? error.extensions.code : thing;
  });
}

describe.each(Object.entries(AT_PORT))('%s', (_, { at, begin, half }) => {
  it('whose server refuses', async () => {
    await expectFailure(at(await closedPort(), { policy: PATIENT }), 'SOURCE_UNAVAILABLE');
  });
  it('whose server hangs', async () => {
    await expectFailure(at(await silent()), 'SOURCE_TIMEOUT');
  });
  it('whose server sends its answer byte by byte without end', async () => {
    await expectFailure(at(await dripping(begin)), 'SOURCE_TIMEOUT');
  });
  it('whose server resets the connection within an answer', async () => {
    // Some drivers connect again until the time-out.
    await expectFailure(at(await resetting(half)), 'SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT');
  });
  it('whose server answers with no known protocol', async () => {
    await expectFailure(at(await babbling()), 'SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT');
  });
  it('whose server has a self-signed certificate, or no TLS', async () => {
    await expectFailure(at(await selfSigned(), { secure: true }), 'SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT');
  });
});

const rows = ['1', '2', '3'].map((id) => ({ id, name: `Thing ${id}` }));
const asGraphql = (things: unknown) => ({ data: { things } });
const HTTP_KINDS = {
  'httpAdapter with batch': (listener: RequestListener) =>
    over(listener, (...where) => (AT_PORT['httpAdapter with batch'] as never as At).at(...where)),
  'httpAdapter with one': (listener: RequestListener) =>
    over(listener, (...where) => (AT_PORT['httpAdapter with one'] as never as At).at(...where)),
  graphqlAdapter: (listener: RequestListener) => over(listener, (...where) => (AT_PORT.graphqlAdapter as never as At).at(...where)),
};
type At = { at(port: number, options: AtOptions): DataAdapter };
async function over(listener: RequestListener, at: At['at']): Promise<DataAdapter> {
  return at(Number(new URL(await serve(listener)).port), { policy: PATIENT });
}
const wideBody: RequestListener = (_, response) => {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  let sent = 0;
  const more = () => {
    while (sent++ < 50) if (!response.write(chunk)) return void response.once('drain', more);
    response.end();
  };
  more();
};

describe.each(Object.entries(HTTP_KINDS))('%s', (kind, adapterOver) => {
  const shaped = (things: unknown) =>
    JSON.stringify(kind === 'graphqlAdapter' ? asGraphql(things) : kind.endsWith('one') ? (things as unknown[])[0] : things);

  it.each([
    ['500', 'SOURCE_UNAVAILABLE', (_, response) => response.writeHead(500).end('oh')],
    ['404 for a call', kind.endsWith('one') ? null : 'SOURCE_UNAVAILABLE', (_, response) => response.writeHead(404).end()],
    ['a redirect', 'SOURCE_UNAVAILABLE', (_, response) => response.writeHead(302, { location: '/y' }).end()],
    ['HTML', 'SOURCE_INVALID', (_, response) => response.end('<html></html>')],
    ['invalid UTF-8', 'SOURCE_INVALID', (_, response) => response.end(Buffer.from(shaped([{ id: '1', name: '\xe9' }]), 'latin1'))],
    ['50 MB', 'SOURCE_INVALID', wideBody],
  ] satisfies [string, string | null, RequestListener][])('that answers %s', async (_, code, listener) => {
    const adapter = await adapterOver(listener);
    if (code === null) expect(await thingsOf(adapter)).toEqual([null, null, null]);
    else await expectFailure(adapter, code);
  });

  it('that answers null among its rows, or nothing but null', async () => {
    const adapter = await adapterOver((_, response) => response.end(shaped([null, ...rows, null])));
    expect(await thingsOf(adapter)).toEqual(kind.endsWith('one') ? [null, null, null] : rows);
    expect(await thingsOf(await adapterOver((_, response) => response.end(shaped([null]))))).toEqual([null, null, null]);
  });

  it('that spells one key differently: for that key alone', async () => {
    const strange = [{ id: ' 2', name: 'Thing 2' }, rows[0], rows[2]];
    const adapter = await adapterOver((_, response) => response.end(shaped(strange)));
    // Identifiers are compared without the spaces around them.
    const expected = kind.endsWith('one') ? ['SOURCE_INVALID', strange[0], 'SOURCE_INVALID'] : [rows[0], strange[0], rows[2]];
    expect(await thingsOf(adapter)).toEqual(expected);
    const zeros = [{ id: '02', name: 'Thing 2' }, rows[0], rows[2]];
    expect(await thingsOf(await adapterOver((_, response) => response.end(shaped(zeros))))).toEqual(
      kind.endsWith('one') ? ['SOURCE_INVALID', 'SOURCE_INVALID', 'SOURCE_INVALID'] : [rows[0], 'SOURCE_INVALID', rows[2]],
    );
  });

  it('that answers rows without the match field', async () => {
    const things = [{ ID: '1', name: 'Thing 1' }];
    const adapter = await adapterOver((_, response) => response.end(shaped(things)));
    await expectFailure(adapter, 'SOURCE_INVALID');
  });

  it('that answers in another order, with the record of another customer, and one twice', async () => {
    const strange = [rows[2], { id: '9', name: 'Foreign' }, rows[0], rows[1], rows[1]];
    const adapter = await adapterOver((_, response) => response.end(shaped(strange)));
    // Each call for one key is answered with the record of customer 3.
    const expected = kind.endsWith('one') ? ['SOURCE_INVALID', 'SOURCE_INVALID', rows[2]] : [rows[0], 'SOURCE_INVALID', rows[2]];
    expect(await thingsOf(adapter)).toEqual(expected);
  });
});

it.each([
  ['too few', rows.slice(1)],
  ['too many', [...rows, ...rows]],
])('a batch without match that answers %s records', async (_, answer) => {
  const baseUrl = await serve((__, response) => response.end(JSON.stringify(answer)));
  await expectFailure(httpAdapter({ baseUrl, key, batch: '/x?ids={keys}', policy: PATIENT }), 'SOURCE_INVALID');
  const url = await serve((__, response) => response.end(JSON.stringify(asGraphql(answer))));
  await expectFailure(graphqlAdapter({ url, key, query: QUERY, select: 'things', policy: PATIENT }), 'SOURCE_INVALID');
});

it.each([
  ['errors and no data', { errors: [{ message: 'no such customer 17850' }] }, 'SOURCE_UNAVAILABLE'],
  ['null where the records should be', { data: { things: null }, errors: [{ message: 'oh' }] }, 'SOURCE_UNAVAILABLE'],
  ['neither data nor errors', {}, 'SOURCE_INVALID'],
])('a GraphQL back end that answers %s', async (_, body, code) => {
  const url = await serve((__, response) => response.end(JSON.stringify(body)));
  await expectFailure(graphqlAdapter({ url, key, query: QUERY, select: 'things', match: 'id', policy: PATIENT }), code);
});

interface Database {
  readonly name: string;
  readonly service?: Service;
  url(): Promise<string>;
  readonly slow?: string;
  /** A query whose answer is beyond the limit, 10 MB, and within MariaDB's own limit of a packet, 16 MB. */
  readonly large: string;
}
const DATABASES: readonly Database[] = [
  {
    name: 'SQLite',
    url: async () => {
      const path = join(temporaryDirectory(), 'empty.db');
      openSqliteFile(path).close();
      return `sqlite:${path}`;
    },
    large: "select '1' as id, printf('%12000000s', 'x') as name where '1' in ($keys)",
  },
  {
    name: 'PostgreSQL',
    service: 'PostgreSQL',
    url: async () => 'postgres://root@127.0.0.1:5432/postgres',
    slow: 'select id, pg_sleep(60)::text as name from (select 1 as id) t where id::text in ($keys)',
    large: "select '1' as id, repeat('x', 12000000) as name where '1' in ($keys)",
  },
  {
    name: 'MariaDB',
    service: 'MariaDB',
    url: async () => 'mysql://root@127.0.0.1:3306/mysql',
    slow: "select '1' as id, sleep(60) as name from dual where '1' in ($keys)",
    large: "select '1' as id, repeat('x', 12000000) as name from dual where '1' in ($keys)",
  },
];
for (const { name, service, url, slow, large } of DATABASES) {
  describe.skipIf(service !== undefined && isMissing(service))(`sqlAdapter on ${service ? naming(service) : name}`, () => {
    const adapterOf = async (query: string, policy: SourcePolicy = PATIENT) =>
      sqlAdapter({ url: await url(), key, match: 'id', query, policy });

    it('whose query is wrong', async () => {
      await expectFailure(await adapterOf('select id, name from no_such_table where id in ($keys)'), 'SOURCE_UNAVAILABLE');
    });
    if (name === 'PostgreSQL')
      it('with a key that its column cannot hold: no row for it, and the rows of the others', async () => {
        const adapter = await adapterOf("select id, 'x' as name from (values (1), (3)) t (id) where id in ($keys)");
        onTestFinished(() => adapter.close?.());
        const keys = [...Array.from({ length: 98 }, (_, n) => `${n}`), 'no-number', '98'];
        const context = {
          args: {},
          headers: {},
          signal: AbortSignal.timeout(PATIENTLY.timeout),
          maxAnswerBytes: 1e6,
          fields: null,
          onForeign: () => {},
        };
        const found = (await adapter.load(keys, context)).flatMap((row, index) => (row === null ? [] : [keys[index]]));
        expect(found).toEqual(['1', '3']);
      });
    if (slow !== undefined)
      it('whose query does not end', async () => {
        await expectFailure(await adapterOf(slow, HASTY), 'SOURCE_TIMEOUT');
      });
    it('whose answer is too large', async () => {
      await expectFailure(await adapterOf(large), 'SOURCE_INVALID');
    });
    it('with rows in another order, of another customer, and one twice', async () => {
      const select = ['3', '9', '1', '2', '2'].map((id) => `select '${id}' as id, 'Thing ${id}' as name`).join(' union all ');
      expect(await thingsOf(await adapterOf(`select id, name from (${select}) t where '1' in ($keys)`))).toEqual([
        rows[0],
        'SOURCE_INVALID',
        rows[2],
      ]);
    });
  });
}

describe.skipIf(isMissing('Redis'))(`redisAdapter: ${naming('Redis')}`, () => {
  async function ownRedis() {
    const prefix = ownName('gateway');
    const redis = new Redis('redis://127.0.0.1:6379');
    onTestFinished(async () => {
      await redis.del(...['1', '2', '3'].map((id) => `${prefix}:${id}`));
      redis.disconnect();
    });
    const adapterAt = (port: number) => redisAdapter({ url: `redis://127.0.0.1:${port}`, key, string: `${prefix}:{key}`, policy: PATIENT });
    const put = async (id: string, value: string | Buffer) => void (await redis.set(`${prefix}:${id}`, value));
    return { redis, prefix, put, adapterAt };
  }

  it('with values that are not JSON, not UTF-8, of another type, or too large: each for its key alone', async () => {
    const { put, prefix, redis, adapterAt } = await ownRedis();
    for (const [id, broken] of [
      ['1', 'half {'],
      ['1', Buffer.from('{"id":"\xe9"}', 'latin1')],
      ['1', '[7]'],
      ['2', Buffer.alloc(12_000_000, ' ')],
    ] as const) {
      for (const row of rows) await put(row.id, JSON.stringify(row));
      await put(id, broken);
      expect(await thingsOf(adapterAt(6379))).toEqual(rows.map((row) => (row.id === id ? 'SOURCE_INVALID' : row)));
    }
    await redis.del(`${prefix}:2`);
    await redis.lpush(`${prefix}:2`, 'x');
    expect(await thingsOf(adapterAt(6379))).toEqual([rows[0], 'SOURCE_UNAVAILABLE', rows[2]]);
  });

  it('whose server goes away and returns', async () => {
    const { put, adapterAt } = await ownRedis();
    for (const row of rows) await put(row.id, JSON.stringify(row));
    const proxy = await proxyTo(6379);
    const adapter = adapterAt(proxy.port);
    const { ask } = await answerWith(adapter);
    const variables = { i: [{ type: 'crmId', value: '1' }] };
    const query = 'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { name thing { id name } } }';
    const read = () => ask(query, { variables, role: 'AGENT' });
    expect((await read()).data.customersByIdentifiers).toEqual([{ name: 'Ada', thing: rows[0] }]);
    await proxy.cut();
    const gone = await read();
    expect(gone.data.customersByIdentifiers).toEqual([{ name: 'Ada', thing: null }]);
    expect(['SOURCE_UNAVAILABLE', 'SOURCE_TIMEOUT']).toContain(gone.codes[0]);
    await proxy.mend();
    await vi.waitFor(async () => expect((await read()).data.customersByIdentifiers).toEqual([{ name: 'Ada', thing: rows[0] }]), PATIENTLY);
  });
});

describe('fileAdapter', () => {
  it.each([
    ['half a list', 'things.json', '[{"id":"1"'],
    ['invalid UTF-8', 'things.json', Buffer.from('[{"id":"1","name":"\xe9"}]', 'latin1')],
    ['a broken line', 'things.ndjson', '{"id":"1"}\n{"id"'],
    ['a broken row', 'things.csv', 'id,name\n1,"a'],
  ])('with %s', async (_, file, content) => {
    const path = join(temporaryDirectory(), file);
    writeFileSync(path, content);
    await expectFailure(fileAdapter({ path, key, match: 'id', policy: PATIENT }), 'SOURCE_INVALID');
  });
});

it('frees all memory after answers that were too large', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const baseUrl = await serve(wideBody);
  const things = httpAdapter({ baseUrl, key, batch: '/x?ids={keys}', match: 'id', policy: { ...PATIENT, breaker: false } });
  const { ask } = await answerWith(things);
  const used = () => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 1024 ** 2;
  };
  const query = '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { thing { id } } }';
  const before = used();
  for (let n = 0; n < 20; n++) expect((await ask(query, { role: 'AGENT' })).codes).toEqual(['SOURCE_INVALID']);
  // Up to 10 MB were read of each of the 20 answers: far less than one of them is kept.
  await vi.waitFor(() => expect(used() - before).toBeLessThan(8), PATIENTLY);
});
