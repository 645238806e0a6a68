import { describe, expect, it } from 'vitest';
import { memorySource, testGateway } from '../support/gateway.ts';

const orders = (count: number) => Array.from({ length: count }, (_, n) => ({ number: `o${n}`, lines: [{ sku: 's1' }, { sku: `s${n}` }] }));
const CUSTOMER = { role: 'CUSTOMER' as const, subject: '1' };
const failing = (error: Error) => memorySource({}, { load: () => Promise.reject(error) }).adapter;
const hanging = () => memorySource({}, { load: () => new Promise(() => {}), policy: { timeout: '20ms' } }).adapter;

describe('a field bound to sources', () => {
  const schema = `type Customer {
    name: String @from(source: "crm")
    city: String @from(source: "crm", path: "address.city")
    address: Address @from(source: "crm", path: "address")
    profile: Profile @from(source: "crm")
    country: String @from(source: "crm") @from(source: "orders", path: "lastCountry")
    lastOrder: String @from(source: "orders", path: "number")
    tags: [String!] @from(source: "crm")
    history: [Order!] @from(source: "orders")
  }
  type Address { city: String }
  type Profile { name: String }
  type Order { number: String! }`;
  const crm = { 1: { name: 'Ada', address: { city: 'Leeds' }, country: null, tags: ['vip'] } };
  const orderRecords = {
    1: [
      { number: 'o2', lastCountry: 'GB' },
      { number: 'o1', lastCountry: 'IE' },
    ],
  };

  it('is a value, a part, the whole record, a list, or the first of many', async () => {
    const sources = { crm: memorySource(crm).adapter, orders: memorySource(orderRecords, { many: true }).adapter };
    const { ask } = await testGateway({ schema, dataSources: sources });
    const { data, errors } = await ask(
      '{ customer { name city address { city } profile { name } lastOrder tags history { number } country } }',
      CUSTOMER,
    );
    expect(errors).toEqual([]);
    expect(data.customer).toEqual({
      name: 'Ada',
      city: 'Leeds',
      address: { city: 'Leeds' },
      profile: { name: 'Ada' },
      lastOrder: 'o2',
      tags: ['vip'],
      history: [{ number: 'o2' }, { number: 'o1' }],
      country: 'GB',
    });
  });

  it('asks the second source only when the first knows nothing', async () => {
    const second = memorySource(orderRecords, { many: true });
    const known = { 1: { ...crm[1], country: 'DE' } };
    const { ask } = await testGateway({ schema, dataSources: { crm: memorySource(known).adapter, orders: second.adapter } });
    expect((await ask('{ customer { country } }', CUSTOMER)).data.customer.country).toBe('DE');
    expect(second.calls).toEqual([]);
  });

  it('takes the second source when the first is down, and says how both did', async () => {
    const sources = { crm: failing(new Error('down')), orders: memorySource(orderRecords, { many: true }).adapter };
    const { ask } = await testGateway({ schema, dataSources: sources });
    const { data, errors } = await ask('{ customer { country sources { name status errorCode } } }', CUSTOMER);
    expect(errors).toEqual([]);
    expect(data.customer).toEqual({
      country: 'GB',
      sources: [
        { name: 'crm', status: 'FAILED', errorCode: 'SOURCE_UNAVAILABLE' },
        { name: 'orders', status: 'FRESH', errorCode: null },
      ],
    });
  });

  it('asks a source once, however many fields it has', async () => {
    const source = memorySource(crm);
    const { ask } = await testGateway({
      schema,
      dataSources: { crm: source.adapter, orders: memorySource({}, { many: true }).adapter },
    });
    await ask('{ customer { name city address { city } again: name tags } }', CUSTOMER);
    expect(source.calls).toEqual([['1']]);
  });

  it('is null without an error where the customer has no identifier to ask with, and the source is SKIPPED', async () => {
    const source = memorySource(crm);
    const { ask } = await testGateway({ schema, dataSources: { crm: source.adapter, orders: memorySource({}, { many: true }).adapter } });
    const { cookie } = await ask('{ customer { id } }');
    const { data, errors } = await ask('{ customer { name sources { name status fetchedAt } } }', { cookie: cookie as string });
    expect([data, errors]).toEqual([{ customer: { name: null, sources: [{ name: 'crm', status: 'SKIPPED', fetchedAt: null }] } }, []]);
    expect(source.calls).toEqual([]);
  });
});

describe('a failing back end', () => {
  const schema = `type Customer { name: String @from(source: "crm") points: Int @from(source: "loyalty") level: Level @from(source: "loyalty", path: "level") }
    type Level { title: String! rank: Int }`;
  const crm = memorySource({ 1: { name: 'Ada' } }).adapter;
  const query = '{ customer { name points sources { name status errorCode } } }';

  it.each([
    ['refuses', 'SOURCE_UNAVAILABLE', () => failing(new Error('connect ECONNREFUSED 10.0.0.1 for customer 1'))],
    ['hangs', 'SOURCE_TIMEOUT', hanging],
    ['answers no list', 'SOURCE_INVALID', () => memorySource({}, { load: async () => 'x' as never }).adapter],
    ['answers the wrong length', 'SOURCE_INVALID', () => memorySource({}, { load: async () => [] }).adapter],
    ['answers text for a record', 'SOURCE_INVALID', () => memorySource({}, { load: async () => ['x' as never] }).adapter],
    ['answers an error for the key', 'SOURCE_UNAVAILABLE', () => memorySource({}, { load: async () => [new Error('no')] }).adapter],
    ['answers a value of another type', 'SOURCE_INVALID', () => memorySource({ 1: { points: 'many' } }).adapter],
  ])('that %s costs its own fields, with %s, and nothing else', async (_, code, loyalty) => {
    const { ask } = await testGateway({ schema, dataSources: { crm, loyalty: loyalty() } });
    const { data, errors } = await ask(query, CUSTOMER);
    expect(data.customer).toMatchObject({ name: 'Ada', points: null });
    expect(errors).toMatchObject([{ path: ['customer', 'points'], extensions: { code, source: 'loyalty' } }]);
    expect(errors[0]?.message).not.toMatch(/10\.0\.0\.1|many/);
  });

  it('is named for what is wrong deep inside its record', async () => {
    const { ask } = await testGateway({ schema, dataSources: { crm, loyalty: memorySource({ 1: { level: { rank: 'high' } } }).adapter } });
    const { data, errors } = await ask('{ customer { name level { rank t: title } } }', CUSTOMER);
    expect(data.customer).toEqual({ name: 'Ada', level: null });
    expect(errors.map(({ message, extensions }) => [message, extensions])).toContainEqual([
      'Level.rank: expected a value for Int from loyalty, received an unfit string',
      { code: 'SOURCE_INVALID', source: 'loyalty' },
    ]);
  });

  it('that fails for one customer leaves the others alone', async () => {
    const loyalty = memorySource(
      {},
      { load: async (keys) => keys.map((key) => (key === '2' ? new Error('no') : { points: Number(key) })) },
    ).adapter;
    const { ask } = await testGateway({ schema, dataSources: { crm, loyalty } });
    const variables = { i: ['1', '2', '3'].map((value) => ({ type: 'crmId', value })) };
    const { data, errors } = await ask('query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { points } }', {
      variables,
      role: 'AGENT',
    });
    expect(data.customersByIdentifiers).toEqual([{ points: 1 }, { points: null }, { points: 3 }]);
    expect(errors).toMatchObject([{ path: ['customersByIdentifiers', 1, 'points'] }]);
  });

  it('is masked when it is our own mistake, with a request id that the log has, and no identifier', async () => {
    const validate = (value: unknown) => {
      throw new TypeError(`no idea what ${(value as { n: string }).n} is`);
    };
    const interactions = { visit: { '~standard': { version: 1 as const, vendor: 'test', validate } } };
    const { ask, log } = await testGateway({ config: { interactions }, provokesInternal: true });
    const interaction = '{ type: "visit", properties: { n: "77123456" }, identifiers: [{ type: "crmId", value: "77123456" }] }';
    const { errors } = await ask(`mutation { captureInteractions(input: { interactions: [${interaction}] }) { accepted } }`, {
      role: 'SERVICE',
    });
    expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL', requestId: expect.any(String) } }]);
    expect(errors[0]?.message).not.toContain('no idea');
    expect(log.join('')).toContain('no idea what [redacted] is');
    expect(log.join('')).not.toContain('77123456');
  });
});

describe('a query over many customers', () => {
  const schema = `type Customer { name: String @from(source: "crm") orders(first: Int = 20, after: String): OrderConnection @from(source: "orders") }
    type Order { number: String! lines: [OrderLine!] }
    type OrderLine { sku: String! product: Product @from(source: "catalog", key: "sku") }
    type Product { title: String }`;

  it('makes one call per source, at every depth', async () => {
    const crm = memorySource(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [n + 1, { name: `C${n}` }])));
    const orderSource = memorySource(Object.fromEntries(Array.from({ length: 100 }, (_, n) => [n + 1, orders(5)])), { many: true });
    const catalog = memorySource(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`s${n}`, { title: `T${n}` }])));
    const { ask } = await testGateway({
      schema,
      dataSources: { crm: crm.adapter, orders: orderSource.adapter, catalog: catalog.adapter },
    });
    const variables = { i: Array.from({ length: 100 }, (_, n) => ({ type: 'crmId', value: `${n + 1}` })) };
    const { data, errors } = await ask(
      `query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) {
        name orders(first: 5) { edges { node { number lines { sku product { title } } } } } sources { name status } } }`,
      { variables, role: 'AGENT' },
    );
    expect(errors).toEqual([]);
    expect([crm.calls.length, orderSource.calls.length, catalog.calls.length]).toEqual([1, 1, 1]);
    expect(catalog.calls[0]?.toSorted()).toEqual(['s0', 's1', 's2', 's3', 's4']);
    expect(data.customersByIdentifiers[99].orders.edges[4].node.lines).toEqual([
      { sku: 's1', product: { title: 'T1' } },
      { sku: 's4', product: { title: 'T4' } },
    ]);
    expect(data.customersByIdentifiers[99].sources.map(({ name }: { name: string }) => name)).toEqual(['catalog', 'crm', 'orders']);
  });

  it('passes arguments on, but not those that page', async () => {
    const seen: unknown[] = [];
    const source = memorySource({}, { many: true, load: async (keys, { args }) => keys.map(() => orders(seen.push(args))) });
    const withArguments = schema.replace('first: Int = 20', 'state: String, first: Int = 20');
    const dataSources = { crm: memorySource({}).adapter, orders: source.adapter, catalog: memorySource({}).adapter };
    const { ask } = await testGateway({ schema: withArguments, dataSources });
    await ask(
      '{ customer { a: orders(first: 1, state: "OPEN") { edges { cursor } } b: orders(first: 2, state: "OPEN") { edges { cursor } } } }',
      CUSTOMER,
    );
    expect(seen).toEqual([{ state: 'OPEN' }]);
  });

  it('sees the request headers that it forwards, and no others', async () => {
    const seen: unknown[] = [];
    const source = memorySource(
      {},
      { forward: ['X-Tenant'], load: async (keys, { headers }) => keys.map(() => ({ name: String(seen.push(headers)) })) },
    );
    const dataSources = { crm: source.adapter, orders: memorySource({}, { many: true }).adapter, catalog: memorySource({}).adapter };
    const { ask } = await testGateway({ schema, dataSources });
    await ask('{ customer { name } }', { ...CUSTOMER, headers: { 'x-tenant': 'north', 'x-other': 'secret' } });
    expect(seen).toEqual([{ 'x-tenant': 'north' }]);
  });

  it('pages a list both ways round the same records, and refuses what is no page', async () => {
    const dataSources = {
      crm: memorySource({}).adapter,
      orders: memorySource({ 1: orders(7) }, { many: true }).adapter,
      catalog: memorySource({}).adapter,
    };
    const { ask } = await testGateway({ schema, dataSources });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await ask(
        'query ($after: String) { customer { orders(first: 3, after: $after) { edges { node { number } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }',
        {
          ...CUSTOMER,
          variables: { after },
        },
      );
      const { edges, pageInfo } = data.customer.orders;
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      seen.push(...edges.map(({ node }: { node: { number: string } }) => node.number));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(orders(7).map(({ number }) => number));
    expect((await ask('{ customer { orders(first: 201) { edges { cursor } } } }', CUSTOMER)).errors[0]?.message).toBe(
      'first: expected 0 to 200, received 201',
    );
    expect((await ask('{ customer { orders(first: -1) { edges { cursor } } } }', CUSTOMER)).codes).toEqual(['BAD_USER_INPUT']);
    expect((await ask('{ customer { orders(after: "?") { edges { cursor } } } }', CUSTOMER)).codes).toEqual(['BAD_USER_INPUT']);
  });
});

describe('access', () => {
  const query = '{ customer { email notes } }';

  it('needs the assurance and the role that the schema says', async () => {
    const { ask } = await testGateway();
    const recognized = await ask(query, { path: '/graphql?cid=1' });
    expect(recognized.data.customer).toEqual({ email: null, notes: null });
    expect(recognized.errors.map(({ extensions }) => extensions)).toEqual([
      { code: 'INSUFFICIENT_ASSURANCE', required: 'VERIFIED', actual: 'RECOGNIZED' },
      { code: 'UNAUTHENTICATED' },
    ]);
    expect((await ask(query, CUSTOMER)).codes).toEqual(['FORBIDDEN']);
    const agent = await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { email notes } }', { role: 'AGENT' });
    expect(agent.data.customerByIdentifier).toEqual({ email: 'ada@example.com', notes: 'likes tea' });
  });

  it('does not ask a back end for what may not be seen', async () => {
    const source = memorySource({ 1: { email: 'ada@example.com' } });
    const { ask } = await testGateway({ dataSources: { crm: source.adapter } });
    await ask(query, { path: '/graphql?cid=1' });
    expect(source.calls).toEqual([]);
  });

  it('holds below the customer, too', async () => {
    const schema = `type Customer { tickets: [Ticket!] @from(source: "support") }
      type Ticket { subject: String note: String @access(roles: [AGENT]) phone: String @access(min: VERIFIED) }`;
    const support = memorySource({ 1: [{ subject: 'late', note: 'rude', phone: '1' }] }, { many: true }).adapter;
    const { ask } = await testGateway({ schema, dataSources: { support } });
    const { data, codes } = await ask('{ customer { tickets { subject note phone } } }', { path: '/graphql?cid=1' });
    expect(data.customer.tickets).toEqual([{ subject: 'late', note: null, phone: null }]);
    expect(codes).toEqual(['UNAUTHENTICATED', 'INSUFFICIENT_ASSURANCE']);
  });
});
