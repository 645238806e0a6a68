import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defineAdapter, httpAdapter, sqlAdapter } from '../../src/index.ts';
import { memorySource, testGateway } from '../support/gateway.ts';
import { isMissing, naming, serve } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';

const CUSTOMER = { role: 'CUSTOMER' as const, subject: '1' };
const AGENT_QUERY = (fields: string) => `{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { ${fields} } }`;

/** A source with a cache whose record counts how often it was read. */
function counting(options: Partial<Parameters<typeof defineAdapter>[0]> = {}) {
  const state = { reads: 0, isDown: false };
  const adapter = defineAdapter({
    key: 'crmId',
    policy: { cache: { ttl: '10s', staleIfError: '1h' }, retries: 0 },
    load: async (keys) => {
      if (state.isDown) throw new Error('down');
      state.reads++;
      return keys.map((id) => ({ id, name: `read ${state.reads}` }));
    },
    ...options,
  });
  return { state, adapter };
}
const NAME = 'type Customer { name: String @from(source: "crm") }';
const nameAndSource = '{ customer { name sources { name status fetchedAt errorCode } } }';

describe('a cached source', () => {
  it('says FRESH with the time at which it was read, and STALE when it can no longer be read', async () => {
    const start = Date.now();
    let now = start;
    const { adapter, state } = counting();
    const { ask } = await testGateway({ schema: NAME, dataSources: { crm: adapter }, now: () => new Date(now) });
    const statusOf = async () => (await ask(nameAndSource, CUSTOMER)).data.customer;
    const fetchedAt = new Date(start).toISOString();
    expect(await statusOf()).toEqual({ name: 'read 1', sources: [{ name: 'crm', status: 'FRESH', fetchedAt, errorCode: null }] });
    now += 9_000;
    expect((await statusOf()).sources).toEqual([{ name: 'crm', status: 'FRESH', fetchedAt, errorCode: null }]);
    state.isDown = true;
    now += 2_000;
    expect(await statusOf()).toEqual({
      name: 'read 1',
      sources: [{ name: 'crm', status: 'STALE', fetchedAt, errorCode: 'SOURCE_UNAVAILABLE' }],
    });
  });

  const redis = { shared: 'redis://127.0.0.1:6379' };
  it.skipIf(isMissing('Redis'))(`is shared by replicas, invalidations included: ${naming('Redis')}`, async () => {
    const { adapter, state } = counting();
    const [one, other] = [
      await testGateway({ schema: NAME, dataSources: { crm: adapter }, config: redis }),
      await testGateway({ schema: NAME, dataSources: { crm: adapter }, config: redis }),
    ];
    // A customer whom no other run has read.
    const subject = `${process.pid}${Date.now()}`;
    // The shared cache gives Redis 100 ms, which a busy machine exceeds at times; then an invalidation fails.
    const invalidate = () => vi.waitFor(() => one.gateway.invalidate('crm', subject), PATIENTLY);
    onTestFinished(invalidate);
    const read = async ({ ask }: typeof one) => (await ask('{ customer { name } }', { role: 'CUSTOMER', subject })).data.customer.name;
    await vi.waitFor(async () => {
      await read(one);
      const reads = state.reads;
      expect(await read(other)).toBe(`read ${reads}`);
      expect(state.reads).toBe(reads);
    }, PATIENTLY);
    const before = state.reads;
    await invalidate();
    expect(await read(other)).toBe(`read ${before + 1}`);
  });
});

describe('POST /invalidate', () => {
  async function cachedGateway() {
    const { adapter, state } = counting();
    const test = await testGateway({ schema: NAME, dataSources: { crm: adapter } });
    const post = async (payload: unknown, role?: 'CUSTOMER' | 'AGENT' | 'SERVICE' | 'ADMIN') => {
      const { signToken } = await import('../support/tokens.ts');
      const token = role && (await signToken({ role, subject: 'back end' }));
      const response = await test.gateway.app.inject({
        method: 'POST',
        url: '/invalidate',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        payload: JSON.stringify(payload),
      });
      return [response.statusCode, response.json()] as const;
    };
    const read = async () => (await test.ask('{ customer { name } }', CUSTOMER)).data.customer.name;
    return { ...test, post, read, state };
  }

  it('has a record read anew, for a service or an admin', async () => {
    const { post, read } = await cachedGateway();
    expect([await read(), await read()]).toEqual(['read 1', 'read 1']);
    expect(await post({ source: 'crm', keys: [' 1 '] }, 'SERVICE')).toEqual([200, { invalidated: 1 }]);
    expect([await read(), await read()]).toEqual(['read 2', 'read 2']);
    expect(await post({ source: 'crm', keys: ['1'] }, 'ADMIN')).toEqual([200, { invalidated: 1 }]);
    expect(await read()).toBe('read 3');
  });

  it('is refused to every other viewer, and says what it expects', async () => {
    const { post, read, log } = await cachedGateway();
    await read();
    const keys = ['customer-4711'];
    const codeOf = ([status, { error }]: Awaited<ReturnType<typeof post>>) => [status, error.code];
    expect(codeOf(await post({ source: 'crm', keys }))).toEqual([401, 'UNAUTHENTICATED']);
    expect(codeOf(await post({ source: 'crm', keys }, 'CUSTOMER'))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await post({ source: 'crm', keys }, 'AGENT'))).toEqual([403, 'FORBIDDEN']);
    expect(await post({ source: 'shop', keys }, 'SERVICE')).toEqual([
      404,
      { error: { code: 'NOT_FOUND', message: 'expected source to be one of crm, captured, computed; there is no such source' } },
    ]);
    for (const body of [{ source: 'crm' }, { source: 'crm', keys: [] }, { source: 'crm', keys: [7] }, [], 'crm']) {
      expect(codeOf(await post(body, 'SERVICE'))).toEqual([400, 'BAD_USER_INPUT']);
    }
    expect(await read()).toBe('read 1');
    expect(log.join('')).not.toContain('customer-4711');
  });

  it('is not needed when a customer is erased: nothing that was kept of them is given again', async () => {
    const { ask, read, state } = await cachedGateway();
    const agent = { role: 'SERVICE' as const };
    await ask('mutation { identify(input: { identifiers: [{ type: "crmId", value: "1" }] }) { outcome } }', agent);
    await read();
    const { data } = await ask(AGENT_QUERY('id'), agent);
    await ask('mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }', {
      ...agent,
      variables: { id: data.customerByIdentifier.id },
    });
    const before = state.reads;
    await read();
    expect(state.reads).toBe(before + 1);
  });
});

describe('provenance', () => {
  const schema = `type Customer {
    country: String @from(source: "crm") @from(source: "orders", path: "lastCountry")
    points: Int @from(source: "loyalty")
    orders(first: Int = 20, after: String): OrderConnection @from(source: "orders")
  }
  type Order { number: String }`;
  const dataSources = () => ({
    crm: memorySource({ 1: { country: null } }).adapter,
    orders: memorySource({ 1: [{ number: 'o1', lastCountry: 'GB' }] }, { many: true }).adapter,
    loyalty: memorySource({}).adapter,
  });
  const query = AGENT_QUERY('country points again: country orders { edges { node { number } } }');

  it('says for an agent where each value came from, and which of several sources had it', async () => {
    const start = Date.parse('2026-01-01T00:00:00Z');
    const { gateway, ask } = await testGateway({ schema, dataSources: dataSources() });
    const { signToken } = await import('../support/tokens.ts');
    const inject = async (role: 'AGENT' | 'SERVICE' | 'CUSTOMER', text: string) => {
      const authorization = `Bearer ${await signToken({ role, subject: '1' })}`;
      const headers = { authorization, 'x-profile-provenance': '1' };
      return (await gateway.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query: text } })).json();
    };
    const { extensions } = await inject('AGENT', query);
    const at = (path: string) => extensions.provenance.find((each: { path: string[] }) => each.path.at(-1) === path);
    expect(at('country')).toEqual({
      path: ['customerByIdentifier', 'country'],
      source: 'orders',
      candidates: ['crm', 'orders'],
      from: 1,
      fetchedAt: expect.any(String),
      age: expect.any(Number),
      stale: false,
    });
    expect(Date.parse(at('country').fetchedAt)).toBeGreaterThan(start);
    expect(at('points')).toMatchObject({ source: null, candidates: ['loyalty'], from: null, fetchedAt: null, age: null, stale: false });
    expect(at('orders')).toMatchObject({ source: 'orders', from: 0 });
    expect((await inject('SERVICE', query)).extensions.provenance).toHaveLength(4);

    expect((await inject('CUSTOMER', '{ customer { country } }')).extensions).toBeUndefined();
    const { status } = await ask(query, { role: 'AGENT' });
    expect(status).toBe(200);
  });

  it('says how old a value is, and that it is stale', async () => {
    let now = Date.now();
    const { adapter, state } = counting();
    const { gateway } = await testGateway({ schema: NAME, dataSources: { crm: adapter }, now: () => new Date(now) });
    const { signToken } = await import('../support/tokens.ts');
    const headers = { authorization: `Bearer ${await signToken({ role: 'SERVICE', subject: 's' })}`, 'x-profile-provenance': '1' };
    const provenance = async () =>
      (await gateway.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query: AGENT_QUERY('name') } })).json().extensions
        .provenance[0];
    expect(await provenance()).toMatchObject({ age: 0, stale: false });
    now += 7_500;
    expect(await provenance()).toMatchObject({ age: 7, stale: false });
    now += 7_500;
    state.isDown = true;
    expect(await provenance()).toMatchObject({ source: 'crm', age: 15, stale: true });
  });
});

describe('several sources with newestBy', () => {
  const schema = `type Customer { email: String
    @from(source: "crm", path: "contact.email", newestBy: "contact.changed")
    @from(source: "shop", path: "email", newestBy: "updatedAt")
    @from(source: "legacy", path: "email") }`;
  const email = async (crm: unknown, shop: unknown, legacy: unknown = null) => {
    const source = (record: unknown) =>
      memorySource({}, { load: async (keys) => (record instanceof Error ? Promise.reject(record) : keys.map(() => record as never)) })
        .adapter;
    const { ask } = await testGateway({ schema, dataSources: { crm: source(crm), shop: source(shop), legacy: source(legacy) } });
    const { data, codes } = await ask('{ customer { email } }', CUSTOMER);
    return codes.length > 0 ? codes : data.customer.email;
  };
  const crm = (changed: unknown) => ({ contact: { email: 'crm@x.y', changed } });
  const shop = (updatedAt: unknown, address: string | null = 'shop@x.y') => ({ email: address, updatedAt });

  it.each([
    ['the newest', crm('2026-01-01'), shop('2026-01-02T00:00:00+01:00'), 'shop@x.y'],
    ['the newest, whatever the time is written as', crm(new Date('2026-01-03')), shop(Date.parse('2026-01-02')), 'crm@x.y'],
    ['the first of equals', crm('2026-01-01T00:00:00Z'), shop(Date.parse('2026-01-01')), 'crm@x.y'],
    ['one that has a value', crm('2026-01-01'), shop('2026-01-02', null), 'crm@x.y'],
    ['one with a time before one without', crm(null), shop('1999-01-01'), 'shop@x.y'],
    ['one with a time before one whose time is none', crm('yesterday'), shop('1999-01-01'), 'shop@x.y'],
    ['what is known where a source is down', crm('2026-01-01'), new Error('down'), 'crm@x.y'],
    ['the error where nothing is known', { contact: null }, new Error('down'), ['SOURCE_UNAVAILABLE']],
    ['nothing where there is nothing', null, null, null],
  ])('takes %s', async (_, one, other, expected) => {
    expect(await email(one, other)).toEqual(expected);
  });

  it('takes a source without newestBy last', async () => {
    expect(await email(crm('1999-01-01'), null, { email: 'legacy@x.y' })).toBe('crm@x.y');
    expect(await email(null, null, { email: 'legacy@x.y' })).toBe('legacy@x.y');
  });
});

describe('what an operation needs', () => {
  const schema = `type Customer {
    name: String @from(source: "crm")
    street: String @from(source: "crm", path: "address.street")
    card: Card @from(source: "crm")
    orders(first: Int = 20, after: String, state: String): OrderConnection @from(source: "orders")
    newest: String @from(source: "crm", path: "email", newestBy: "updatedAt")
  }
  type Card { name: String level: Level boss: Person @from(source: "people", key: "bossId") bossId: String }
  type Level { title: String }
  type Person { name: String }
  type Order { number: String total: Int lines: [Line] }
  type Line { sku: String }`;

  async function needs(query: string) {
    const seen: Record<string, unknown[]> = {};
    const spy = (name: string, many = false) =>
      defineAdapter({
        key: name === 'people' ? undefined : 'crmId',
        many,
        selectsFields: true,
        load: async (keys, { fields }) => {
          seen[name] = [...(seen[name] ?? []), fields?.toSorted() ?? null];
          return keys.map(() => (many ? [] : ({ bossId: '7', level: {} } as never)));
        },
      });
    const { ask } = await testGateway({
      schema,
      dataSources: { crm: spy('crm'), orders: spy('orders', true), people: spy('people') },
    });
    expect((await ask(query, CUSTOMER)).errors).toEqual([]);
    return seen;
  }

  it.each([
    ['{ customer { name street } }', { crm: [['address', 'name']] }],
    ['{ customer { newest } }', { crm: [['email', 'updatedAt']] }],
    ['{ customer { name ...F } } fragment F on Customer { card { ... on Card { level { title } } } }', { crm: [['level', 'name']] }],
    ['{ customer { card { __typename boss { name } } } }', { crm: [['bossId']], people: [['name']] }],
    [
      '{ customer { orders(state: "OPEN") { pageInfo { hasNextPage } edges { cursor node { number lines { sku } } } } } }',
      { orders: [['lines', 'number']] },
    ],
    ['{ node(id: "x") { ... on Customer { name } } customer { street } }', { crm: [['address', 'name']] }],
  ])('%s', async (query, expected) => {
    expect(await needs(query)).toEqual(expected);
  });

  it('is all that sqlAdapter selects and httpAdapter asks for, with the field that rows are matched by', async () => {
    const urls: string[] = [];
    const baseUrl = await serve((request, response) => {
      urls.push(request.url ?? '');
      response.end(JSON.stringify([{ customerId: '1', number: 'o1' }]));
    });
    const orders = httpAdapter({
      baseUrl,
      key: 'crmId',
      batch: '/orders?ids={keys}&only={fields}&state={args.state}',
      fields: ['number', 'total', 'lines', 'customerId'],
      match: 'customerId',
      many: true,
    });
    const { temporaryDirectory } = await import('../support/gateway.ts');
    const { openSqliteFile } = await import('../support/sqlite-file.ts');
    const path = `${temporaryDirectory()}/crm.db`;
    const database = openSqliteFile(path);
    // A column that can't be read shows that it is not selected.
    database.exec(`create table customer (id text, name text); insert into customer values ('1', 'Ada');
      create view v as select id, name, json('broken') as secret from customer`);
    database.close();
    const crm = sqlAdapter({
      url: `sqlite:${path}`,
      key: 'crmId',
      match: 'id',
      fields: ['id', 'name', 'secret'],
      query: 'select $fields from v where id in ($keys)',
    });
    const { ask } = await testGateway({
      schema: `type Customer { name: String @from(source: "crm") secret: String @from(source: "crm")
        orders(first: Int = 20, state: String): OrderConnection @from(source: "orders") } type Order { number: String total: Int }`,
      dataSources: { crm, orders },
    });
    const query = '{ customer { name orders(state: "a&b") { edges { node { number } } } } }';
    expect((await ask(query, CUSTOMER)).data.customer).toEqual({ name: 'Ada', orders: { edges: [{ node: { number: 'o1' } }] } });
    expect(urls).toEqual(['/orders?ids=1&only=customerId,number&state=a%26b']);
    expect((await ask('{ customer { secret } }', CUSTOMER)).codes).toEqual(['SOURCE_UNAVAILABLE']);
  });

  it('is refused where its fields are unknown', () => {
    const sql = { url: 'sqlite:x', match: 'id', query: 'select $fields from t where id in ($keys)' };
    expect(() => sqlAdapter(sql)).toThrow('expected fields: [...] beside $fields');
    expect(() => sqlAdapter({ ...sql, fields: ['a; drop table t'] })).toThrow('letters, digits and _');
    expect(() => httpAdapter({ baseUrl: 'http://x', one: '/x/{key}?f={fields}' })).toThrow('expected fields: [...] beside {fields}');
  });
});

describe('a source that pages', () => {
  const schema = `type Customer { orders(first: Int = 20, after: String): OrderConnection @from(source: "orders", path: "page") }
    type Order { number: String }`;
  const paging = (page: unknown) => {
    const seen: unknown[] = [];
    const adapter = defineAdapter({
      key: 'crmId',
      pages: true,
      load: async (keys, { args }) => {
        seen.push(args);
        return keys.map(() => ({ page }) as never);
      },
    });
    return { seen, adapter };
  };
  const query =
    '{ customer { orders(first: 2, after: "c0") { edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }';

  it('gets the paging arguments, and its page is the answer', async () => {
    const edges = [
      { cursor: 'c1', node: { number: 'o1' } },
      { cursor: 'c2', node: { number: 'o2' } },
    ];
    const { adapter, seen } = paging({ edges, pageInfo: { hasNextPage: true } });
    const { ask } = await testGateway({ schema, dataSources: { orders: adapter } });
    expect((await ask(query, CUSTOMER)).data.customer.orders).toEqual({
      edges,
      pageInfo: { hasNextPage: true, hasPreviousPage: false, startCursor: 'c1', endCursor: 'c2' },
    });
    expect(seen).toEqual([{ first: 2, after: 'c0' }]);
    expect((await ask('{ customer { orders(first: 201) { edges { cursor } } } }', CUSTOMER)).codes).toEqual(['BAD_USER_INPUT']);
    expect(seen).toHaveLength(1);
  });

  it.each([
    [[null, { cursor: 'c1', node: { number: 'o1' } }], [{ cursor: 'c1', node: { number: 'o1' } }]],
    [null, []],
  ])('takes null for no edge: %j', async (edges, expected) => {
    const { ask } = await testGateway({ schema, dataSources: { orders: paging({ edges }).adapter } });
    expect((await ask(query, CUSTOMER)).data.customer.orders.edges).toEqual(expected);
  });

  it.each([[[]], [{}], [{ edges: [{ node: {} }] }], ['page']])('is SOURCE_INVALID for %j', async (page) => {
    const { ask } = await testGateway({ schema, dataSources: { orders: paging(page).adapter } });
    const { data, codes } = await ask(query, CUSTOMER);
    expect([data.customer.orders, codes]).toEqual([null, ['SOURCE_INVALID']]);
  });
});

it('counts and drops records that nobody asked for', async () => {
  const baseUrl = await serve((_, response) =>
    response.end(
      JSON.stringify([
        { id: '2', name: 'Foreign' },
        { id: '3', name: 'Foreign' },
      ]),
    ),
  );
  const crm = httpAdapter({ baseUrl, key: 'crmId', batch: '/x?ids={keys}', match: 'id' });
  const { ask, gateway } = await testGateway({ schema: NAME, dataSources: { crm } });
  expect((await ask('{ customer { name } }', CUSTOMER)).data.customer.name).toBeNull();
  const metrics = (await gateway.app.inject('/metrics')).body;
  expect(metrics).toContain('gateway_source_foreign_records_total{source="crm"} 2');
});

it('reads holes in the list that a load returned as records that are not there', async () => {
  const holes = (many: boolean) => defineAdapter({ key: 'crmId', many, load: async (keys) => new Array(keys.length) });
  const { ask } = await testGateway({
    schema: `type Customer { name: String @from(source: "one") last: String @from(source: "orders", path: "no")
      orders: [Order!] @from(source: "orders") } type Order { no: String }`,
    dataSources: { one: holes(false), orders: holes(true) },
  });
  const { data, codes } = await ask('{ customer { name last orders { no } } }', CUSTOMER);
  expect([data.customer, codes]).toEqual([{ name: null, last: null, orders: [] }, []]);
});
