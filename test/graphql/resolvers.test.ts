import { GraphQLEnumType, GraphQLError, GraphQLScalarType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ProjectError } from '../../src/config/problem.ts';
import { defineAdapter, defineResolvers, type ResolverContext, type ResolverCustomer } from '../../src/index.ts';
import { memorySource, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';
import { TRANSPORTS } from '../support/transports.ts';

const CUSTOMER = { role: 'CUSTOMER' as const, subject: '1' };
const CRM = {
  1: { name: 'Ada', surname: 'Lovelace', email: 'ada@example.com' },
  2: { name: 'Ben', surname: 'Bell', email: 'ben@example.com' },
};
const BASE = `
  type Customer {
    name: String @from(source: "crm")
    email: String @from(source: "crm") @access(min: VERIFIED)
    notes: String @from(source: "crm") @access(roles: [AGENT])
`;

/** A gateway whose Customer and whose other types have these fields beside BASE. */
const gatewayWith = (customer: string, types: string, resolvers: object, options: Parameters<typeof testGateway>[0] = {}) =>
  testGateway({ schema: `${BASE} ${customer} } ${types}`, resolvers, ...options });

describe("a customer's own field", () => {
  it('reads other fields of the customer, under their own access', async () => {
    const resolvers = defineResolvers({
      Customer: {
        greeting: async (customer, { loud }) => `Hello, ${await customer.read('name')}${loud ? '!' : '.'}`,
        mail: (customer) => customer.read('email'),
        note: (customer) => customer.read('notes'),
      },
    });
    const fields = 'greeting(loud: Boolean): String mail: String note: String';
    const { ask } = await gatewayWith(fields, '', resolvers);
    const { data, errors } = await ask('{ customer { greeting loud: greeting(loud: true) mail note } }', CUSTOMER);
    expect(data).toEqual({ customer: { greeting: 'Hello, Ada.', loud: 'Hello, Ada!', mail: 'ada@example.com', note: null } });
    expect(errors).toMatchObject([{ path: ['customer', 'note'], extensions: { code: 'FORBIDDEN' } }]);
    const recognized = await ask('{ customer { greeting mail } }', { path: '/graphql?cid=1' });
    expect(recognized.data).toEqual({ customer: { greeting: 'Hello, Ada.', mail: null } });
    expect(recognized.errors).toMatchObject([
      { path: ['customer', 'mail'], extensions: { code: 'INSUFFICIENT_ASSURANCE', required: 'VERIFIED', actual: 'RECOGNIZED' } },
    ]);
  });

  it('needs RECOGNIZED, or what @access says', async () => {
    const calls: string[] = [];
    const resolvers = {
      Customer: Object.fromEntries(['plain', 'open', 'agents'].map((name) => [name, () => calls.push(name) && name])),
    };
    const fields = 'plain: String open: String @access(min: ANONYMOUS) agents: String @access(roles: [AGENT])';
    const { ask } = await gatewayWith(fields, '', resolvers);
    const anonymous = await ask('{ customer { assurance plain open agents } }');
    expect(anonymous.data).toEqual({ customer: { assurance: 'ANONYMOUS', plain: null, open: 'open', agents: null } });
    expect(anonymous.errors).toMatchObject([
      { path: ['customer', 'plain'], extensions: { code: 'INSUFFICIENT_ASSURANCE', required: 'RECOGNIZED', actual: 'ANONYMOUS' } },
      { path: ['customer', 'agents'], extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    expect(calls).toEqual(['open']);
    const agent = await ask('{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { plain agents } }', { role: 'AGENT' });
    expect(agent.data).toEqual({ customerByIdentifier: { plain: 'plain', agents: 'agents' } });
  });

  it('gets the identifier that a back end is keyed by, of a proven customer only', async () => {
    const resolvers = defineResolvers({
      Customer: { crm: (customer) => customer.identifier('crmId'), claimed: (customer) => customer.identifier('email') },
    });
    const { ask } = await gatewayWith('crm: String claimed: String @access(min: CLAIMED)', '', resolvers);
    expect((await ask('{ customer { crm } }', CUSTOMER)).data).toEqual({ customer: { crm: '1' } });
    const claimed = await ask('{ customer { claimed } }', { path: '/graphql?email=eve@example.com' });
    expect([claimed.data, claimed.codes]).toEqual([{ customer: { claimed: null } }, ['INSUFFICIENT_ASSURANCE']]);
  });

  it('shows a trusted viewer where the values came from that it read', async () => {
    const resolvers = defineResolvers({ Customer: { greeting: (customer) => customer.read('name') } });
    const { gateway } = await gatewayWith('greeting: String', '', resolvers);
    const response = await gateway.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization: `Bearer ${await signToken({ role: 'AGENT', subject: 'a' })}`, 'x-profile-provenance': '1' },
      payload: { query: '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { greeting sources { name status } } }' },
    });
    expect(response.json()).toMatchObject({
      data: { customerByIdentifier: { greeting: 'Ada', sources: [{ name: 'crm', status: 'FRESH' }] } },
      extensions: { provenance: [{ path: ['customerByIdentifier', 'greeting'], source: 'crm', candidates: ['crm'], from: 0 }] },
    });
  });

  it('reads fields of a record that the query does not name', async () => {
    const resolvers = {
      Order: { label: (order: { number: string; total: number }) => `${order.number}: ${order.total}` },
      Customer: { full: async (customer: ResolverCustomer) => `${await customer.read('name')} ${await customer.read('surname')}` },
    };
    const asked: (readonly string[] | null)[] = [];
    const adapter = defineAdapter({
      key: 'crmId',
      many: true,
      selectsFields: true,
      load: async (keys, { fields }) => {
        asked.push(fields);
        return keys.map(() => [{ number: 'o1', total: 3 }]);
      },
    });
    const { ask } = await gatewayWith(
      'surname: String @from(source: "crm") full: String orders: [Order!] @from(source: "orders")',
      'type Order { number: String! label: String! }',
      resolvers,
      { dataSources: { crm: memorySource(CRM).adapter, orders: adapter } },
    );
    const { data, errors } = await ask('{ customer { full orders { label } } }', CUSTOMER);
    expect([data, errors]).toEqual([{ customer: { full: 'Ada Lovelace', orders: [{ label: 'o1: 3' }] } }, []]);
    expect(asked).toEqual([null]);
  });

  it('can not be read by another: read() takes bound fields', async () => {
    const resolvers = defineResolvers({ Customer: { a: (customer) => customer.read('b'), b: () => 'b' } });
    const { ask, log } = await gatewayWith('a: String b: String', '', resolvers, { provokesInternal: true });
    const { data, codes } = await ask('{ customer { a b } }', CUSTOMER);
    expect([data, codes]).toEqual([{ customer: { a: null, b: 'b' } }, ['INTERNAL']]);
    expect(log.join('')).toMatch(/expected a field of Customer with @from or @computed \(.*name, .*email, .*notes\), received \\"b\\"/);
  });
});

describe('own fields of Query and Mutation', () => {
  const TYPES = `
    extend type Query {
      product(sku: String!): Product
      products(skus: [String!]!): [Product]
      secret: String @access(roles: [AGENT])
      mine: String @access(min: VERIFIED)
      "How many there are."
      count: Int!
    }
    extend type Mutation { rename(input: RenameInput!): RenamePayload }
    input RenameInput { sku: String! name: String! size: Size = LARGE }
    type RenamePayload { product: Product size: Size! }
    type Product { sku: String! name: String price: Float internal: String @access(roles: [AGENT]) }
    enum Size { SMALL LARGE }
  `;
  const catalog = () =>
    memorySource(
      { s1: { sku: 's1', name: 'Cup', price: 2.5, internal: 'x' }, s2: { sku: 's2', name: 'Jug', price: 4 } },
      { key: undefined as never },
    );
  const RESOLVERS = defineResolvers({
    Query: {
      product: (_, { sku }, { loaders }) => loaders.catalog.load(sku),
      products: (_, { skus }, { loaders }) => skus.map((sku: string) => loaders.catalog.load(sku)),
      secret: () => 'for agents',
      mine: () => 'for the customer',
      count: () => 2,
    },
    Mutation: {
      rename: async (_, { input }, { loaders }) => ({
        product: { ...(await loaders.catalog.load(input.sku)), name: input.name },
        size: input.size,
      }),
    },
    Size: { SMALL: 1, LARGE: 3 },
  });
  const open = async () => {
    const source = catalog();
    const made = await gatewayWith('', TYPES, RESOLVERS, { dataSources: { crm: memorySource(CRM).adapter, catalog: source.adapter } });
    return { ...made, calls: source.calls };
  };

  it('read sources by a loader, in one call, each key once', async () => {
    const { ask, calls } = await open();
    const { data, errors } = await ask('{ a: product(sku: "s1") { name price } products(skus: ["s2", "s1", "none"]) { sku } count }');
    expect([data, errors]).toEqual([{ a: { name: 'Cup', price: 2.5 }, products: [{ sku: 's2' }, { sku: 's1' }, null], count: 2 }, []]);
    expect(calls.map((keys) => keys.toSorted())).toEqual([['none', 's1', 's2']]);
  });

  it('take input types, and enums with values of their own inside the server', async () => {
    const { ask } = await open();
    const { data, errors } = await ask('mutation ($i: RenameInput!) { rename(input: $i) { product { sku name } size } }', {
      variables: { i: { sku: 's1', name: 'Mug', size: 'SMALL' } },
    });
    expect([data, errors]).toEqual([{ rename: { product: { sku: 's1', name: 'Mug' }, size: 'SMALL' } }, []]);
    const defaulted = await ask('mutation { rename(input: { sku: "s1", name: "Mug" }) { size } }');
    expect(defaulted.data).toEqual({ rename: { size: 'LARGE' } });
  });

  it("are open, or for whom @access names; min is about the request's customer", async () => {
    const { ask } = await open();
    const query = '{ count secret mine product(sku: "s1") { sku internal } }';
    const nobody = await ask(query);
    expect(nobody.data).toEqual({ count: 2, secret: null, mine: null, product: { sku: 's1', internal: null } });
    expect(nobody.errors.map(({ path, extensions }) => [path?.join('.'), extensions.code]).toSorted()).toEqual([
      ['mine', 'INSUFFICIENT_ASSURANCE'],
      ['product.internal', 'UNAUTHENTICATED'],
      ['secret', 'UNAUTHENTICATED'],
    ]);
    expect((await ask(query, CUSTOMER)).data).toMatchObject({ mine: 'for the customer', secret: null });
    expect((await ask(query, { role: 'AGENT' })).data).toEqual({
      count: 2,
      secret: 'for agents',
      mine: null,
      product: { sku: 's1', internal: 'x' },
    });
  });

  it('are refused beyond the limits like any other', async () => {
    const { ask } = await open();
    const many = Array.from({ length: 31 }, (_, n) => `a${n}: count`).join(' ');
    expect((await ask(`{ ${many} }`)).codes).toEqual(['OPERATION_TOO_COMPLEX']);
  });

  it('are in the public schema, with what their owner says of them', async () => {
    const { gateway } = await open();
    expect(gateway.project.publicSdl).toMatch(/type Query \{[^}]*customer: Customer[^}]*"How many there are\."\n {2}count: Int!\n\}/s);
    expect(gateway.project.publicSdl).not.toMatch(/@access|extend type/);
  });

  it('cost only themselves where their back end is down', async () => {
    const down = memorySource({}, { key: undefined as never, load: () => Promise.reject(new Error('connect 10.0.0.1')) });
    const { ask } = await gatewayWith('', TYPES, RESOLVERS, { dataSources: { crm: memorySource(CRM).adapter, catalog: down.adapter } });
    const { data, errors } = await ask('{ count product(sku: "s1") { sku } }');
    expect(data).toEqual({ count: 2, product: null });
    expect(errors).toMatchObject([{ path: ['product'], extensions: { code: 'SOURCE_UNAVAILABLE', source: 'catalog' } }]);
  });
});

describe('types of the owner', () => {
  class Animal {
    readonly kind: string;
    constructor(kind: string) {
      this.kind = kind;
    }
    get title() {
      return `a ${this.kind}`;
    }
    legs({ doubled }: { doubled: boolean }, { viewer }: ResolverContext) {
      return viewer.roles.includes('CUSTOMER') ? (doubled ? 8 : 4) : 0;
    }
  }

  it('are read as Apollo Server reads them: getters, methods, interfaces, unions, scalars', async () => {
    const Celsius = new GraphQLScalarType({
      name: 'Celsius',
      serialize: (value) => `${value} °C`,
      parseValue: (value) => Number.parseFloat(String(value)),
    });
    const types = `
      type Query { pet(kind: String!): Pet things: [Thing!]! warm(by: Celsius!): Celsius constructors: Odd }
      interface Pet { title: String! }
      type Dog implements Pet { title: String! legs(doubled: Boolean = false): Int }
      type Stone { weight: Int! }
      union Thing = Dog | Stone
      scalar Celsius
      type Odd { constructor: String toString: String }
    `;
    const resolvers = {
      Query: {
        pet: (_: unknown, { kind }: { kind: string }) => new Animal(kind),
        things: () => [new Animal('dog'), { __typename: 'Stone', weight: 3 }],
        warm: (_: unknown, { by }: { by: number }) => by + 1,
        constructors: () => ({}),
      },
      Pet: {
        __resolveType: async (value: Animal, { viewer }: ResolverContext) =>
          viewer.roles.includes('CUSTOMER') && value.kind === 'dog' ? 'Dog' : null,
      },
      Thing: { __resolveType: (value: object) => (value instanceof Animal ? 'Dog' : 'Stone') },
      Celsius,
    };
    const { ask } = await gatewayWith('', types, resolvers);
    const { data, errors } = await ask(
      '{ pet(kind: "dog") { __typename title ... on Dog { legs more: legs(doubled: true) } } things { ... on Dog { title } ... on Stone { weight } } warm(by: "20") constructors { constructor toString } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      pet: { __typename: 'Dog', title: 'a dog', legs: 4, more: 8 },
      things: [{ title: 'a dog' }, { weight: 3 }],
      warm: '21 °C',
      constructors: { constructor: null, toString: null },
    });
  });

  it('may have bound fields, also outside of customers', async () => {
    const types = `
      extend type Query { line(sku: String!): Line }
      type Line { sku: String! product: Product @from(source: "catalog", key: "sku") label: String }
      type Product { name: String }
    `;
    const catalog = memorySource({ s1: { name: 'Cup' } }, { key: undefined as never });
    const { ask } = await gatewayWith(
      '',
      types,
      { Query: { line: (_: unknown, args: object) => args }, Line: { label: ({ sku }: { sku: string }) => `#${sku}` } },
      { dataSources: { crm: memorySource(CRM).adapter, catalog: catalog.adapter } },
    );
    const { data, errors } = await ask('{ line(sku: "s1") { label product { name } } }');
    expect([data, errors]).toEqual([{ line: { label: '#s1', product: { name: 'Cup' } } }, []]);
  });
});

describe('a Customer that a resolver answers', () => {
  const TYPES = `
    extend type Query { me: Customer byCrm(id: String!): Customer several(ids: [String!]!): [Customer] forged: Customer node2: Node found: [Hit!] payload: Payload }
    type Payload { customer: Customer inList: [Customer!] }
    union Hit = Customer | Page
    type Page { url: String! }
  `;
  const RESOLVERS = defineResolvers({
    Query: {
      me: (_, __, { customer }) => customer(),
      byCrm: (_, { id }, { customers }) => customers.byIdentifier({ type: 'crmId', value: id }),
      several: (_, { ids }, { customers }) => ids.map((value: string) => customers.byIdentifier({ type: 'crmId', value })),
      forged: () => ({ id: 'x', assurance: 'VERIFIED', identifiers: [{ type: 'crmId', value: '2' }] }),
      node2: () => ({ __typename: 'Customer', id: 'x', assurance: 'VERIFIED', identifiers: [] }),
      found: async (_, __, { customer }) => [
        await customer(),
        { __typename: 'Page', url: '/' },
        { __typename: 'Customer', assurance: 'VERIFIED', identifiers: [] },
      ],
      payload: async (_, __, { customer }) => ({ customer: customer(), inList: [await customer()] }),
    },
  });

  it('is the customer of the request, alone, in lists, in payloads and in unions', async () => {
    const { ask } = await gatewayWith('', TYPES, RESOLVERS, { provokesInternal: true });
    const { data, errors } = await ask(
      '{ me { name } payload { customer { name } inList { assurance } } found { ... on Customer { name } ... on Page { url } } }',
      CUSTOMER,
    );
    expect(data).toEqual({ me: { name: 'Ada' }, payload: { customer: { name: 'Ada' }, inList: [{ assurance: 'VERIFIED' }] }, found: null });
    expect(errors).toMatchObject([{ path: ['found', 2], extensions: { code: 'INTERNAL' } }]);
  });

  it('is anybody for AGENT and SERVICE, and for others nobody but themselves', async () => {
    const { ask } = await gatewayWith('', TYPES, RESOLVERS);
    const query = '{ byCrm(id: "2") { assurance name } several(ids: ["1", "2"]) { assurance name } }';
    expect((await ask(query, { role: 'SERVICE' })).data).toEqual({
      byCrm: { assurance: 'VERIFIED', name: 'Ben' },
      several: [
        { assurance: 'VERIFIED', name: 'Ada' },
        { assurance: 'VERIFIED', name: 'Ben' },
      ],
    });
    const { data, codes } = await ask(query, CUSTOMER);
    expect(data).toEqual({
      byCrm: { assurance: 'CLAIMED', name: null },
      several: [
        { assurance: 'VERIFIED', name: 'Ada' },
        { assurance: 'CLAIMED', name: null },
      ],
    });
    expect(codes).toEqual(['INSUFFICIENT_ASSURANCE', 'INSUFFICIENT_ASSURANCE']);
  });

  it('is never data of a resolver or of a back end: that is INTERNAL, and the log says why', async () => {
    const friends = memorySource({ 1: { friend: { id: 'x', assurance: 'VERIFIED', identifiers: [{ type: 'crmId', value: '2' }] } } });
    const { ask, log } = await gatewayWith(
      'circle: Circle @from(source: "friends")',
      `${TYPES} type Circle { friend: Customer }`,
      RESOLVERS,
      {
        dataSources: { crm: memorySource(CRM).adapter, friends: friends.adapter },
        provokesInternal: true,
      },
    );
    const { data, codes } = await ask('{ forged { name } node2 { id } customer { circle { friend { name } } } }', CUSTOMER);
    expect([data, codes]).toEqual([
      { forged: null, node2: null, customer: { circle: { friend: null } } },
      ['INTERNAL', 'INTERNAL', 'INTERNAL'],
    ]);
    for (const field of ['Query.forged', 'Query.node2', 'Circle.friend'])
      expect(log.join('')).toContain(
        `${field}: expected a customer of context.customer() or context.customers.byIdentifier(…), received object`,
      );
  });

  it('may stand beside records of a back end in one interface, whose wrong values stay the mistake of their source', async () => {
    const types = `
      extend type Query { best: Named }
      interface Named { name: String }
      type Shop implements Named { name: String }
      type Visit { at: Named }
    `;
    const visits = memorySource({
      1: { at: { __typename: 'Shop', name: 'York' } },
      2: { at: { __typename: 'Customer', name: 'Eve' } },
      3: { at: 7 },
    });
    const schema = `type Customer implements Named { name: String @from(source: "crm") visit: Visit @from(source: "visits") } ${types}`;
    const resolvers = defineResolvers({ Query: { best: (_, __, { customer }) => customer() } });
    const dataSources = { crm: memorySource(CRM).adapter, visits: visits.adapter };
    const { ask } = await testGateway({ schema, resolvers, dataSources, provokesInternal: true });
    const query = '{ best { __typename name } customer { visit { at { __typename name } } } }';
    expect((await ask(query, CUSTOMER)).data).toEqual({
      best: { __typename: 'Customer', name: 'Ada' },
      customer: { visit: { at: { __typename: 'Shop', name: 'York' } } },
    });
    const posing = await ask('{ customer { visit { at { name } } } }', { role: 'CUSTOMER', subject: '2' });
    expect([posing.data, posing.codes]).toEqual([{ customer: { visit: { at: null } } }, ['INTERNAL']]);
    expect((await ask('{ customer { visit { at { name } } } }', { role: 'CUSTOMER', subject: '3' })).codes).toEqual(['SOURCE_INVALID']);
  });

  it('of an unknown identifier type is BAD_USER_INPUT', async () => {
    const resolvers = defineResolvers({ Query: { q: (_, __, { customers }) => customers.byIdentifier({ type: 'shoe', value: '9' }) } });
    const { ask } = await gatewayWith('', 'type Query { q: Customer }', resolvers);
    expect((await ask('{ q { id } }', { role: 'AGENT' })).codes).toEqual(['BAD_USER_INPUT']);
  });
});

describe('every way to send an operation', () => {
  const TYPES = 'extend type Query { shout(text: String!): String } extend type Mutation { add(by: Int!): Int }';
  const query = 'query ($t: String!) { shout(text: $t) customer { loud broken } }';
  const expected = {
    data: { shout: 'HI', customer: { loud: 'ADA', broken: null } },
    errors: [{ message: 'No', path: ['customer', 'broken'], extensions: { code: 'NO' } }],
  };
  const open = async () => {
    let total = 0;
    const resolvers = defineResolvers({
      Customer: {
        loud: async (customer) => (await customer.read('name')).toUpperCase(),
        broken: () => {
          throw new GraphQLError('No', { extensions: { code: 'NO' } });
        },
      },
      Query: { shout: (_, { text }) => text.toUpperCase() },
      Mutation: {
        add: (_, { by }) => {
          total += by;
          return total;
        },
      },
    });
    const { gateway } = await gatewayWith('loud: String broken: String', TYPES, resolvers);
    return { gateway, headers: { authorization: `Bearer ${await signToken({ role: 'CUSTOMER', subject: '1' })}` } };
  };

  it.each(Object.keys(TRANSPORTS))('answers the same: %s', async (name) => {
    const sender = await open();
    for (let time = 0; time < 3; time++)
      expect(await TRANSPORTS[name]?.(sender, { query, variables: { t: 'hi' } })).toMatchObject(expected);
  });

  it('runs a mutation once, one field after the other', async () => {
    const sender = await open();
    let total = 0;
    for (const send of Object.values(TRANSPORTS)) {
      const answer = await send(sender, { query: 'mutation { a: add(by: 1) b: add(by: 10) }' });
      if (answer === undefined) continue;
      expect(answer.data).toEqual({ a: total + 1, b: total + 11 });
      total += 11;
    }
    expect(total).toBe(44);
  });
});

describe('an error of a resolver', () => {
  it('reaches the client when it is a GraphQLError with a code; anything else is masked and logged', async () => {
    const resolvers = {
      Query: {
        shown: () => {
          throw new GraphQLError('Out of stock', { extensions: { code: 'OUT_OF_STOCK', sku: 's1', http: { status: 418 } } });
        },
        later: () => Promise.reject(new GraphQLError('Not now', { extensions: { code: 'LATER' } })),
        items: () => ['a', new GraphQLError('No b', { extensions: { code: 'NO_B' } }), new Error('secret c')],
        bare: () => {
          throw new GraphQLError('secret a');
        },
        broken: () => {
          throw new TypeError('secret b');
        },
      },
    };
    const types = 'type Query { shown: String later: String items: [String] bare: String broken: String }';
    const { ask, log } = await gatewayWith('', types, resolvers, { provokesInternal: true });
    const { status, data, errors } = await ask('{ shown later items bare broken }');
    expect([status, data]).toEqual([200, { shown: null, later: null, items: ['a', null, null], bare: null, broken: null }]);
    expect(Object.fromEntries(errors.map(({ path, message, extensions }) => [path?.join('.'), [message, extensions]]))).toEqual({
      shown: ['Out of stock', { code: 'OUT_OF_STOCK', sku: 's1' }],
      later: ['Not now', { code: 'LATER' }],
      'items.1': ['No b', { code: 'NO_B' }],
      'items.2': [expect.not.stringContaining('secret'), { code: 'INTERNAL', requestId: expect.any(String) }],
      bare: [expect.not.stringContaining('secret'), { code: 'INTERNAL', requestId: expect.any(String) }],
      broken: [expect.not.stringContaining('secret'), { code: 'INTERNAL', requestId: expect.any(String) }],
    });
    for (const text of ['secret a', 'secret b', 'secret c']) expect(log.join('')).toContain(text);
  });
});

describe('what a resolver gets', () => {
  it('is documented, the same object for one operation, and nothing of the engine', async () => {
    const contexts: ResolverContext[] = [];
    const note = (_: unknown, __: unknown, context: ResolverContext) => {
      expect(context.signal.aborted).toBe(false);
      return contexts.push(context);
    };
    const { ask } = await gatewayWith('', 'type Query { a: Int b: Int }', { Query: { a: note, b: note } });
    await ask('{ a b }', CUSTOMER);
    const [a, b] = contexts as [ResolverContext, ResolverContext];
    expect(a).toBe(b);
    expect(Object.keys(a).toSorted()).toEqual(['customer', 'customers', 'loaders', 'requestId', 'signal', 'viewer']);
    expect(a.viewer).toMatchObject({ roles: ['CUSTOMER'], authenticated: true, claims: { sub: '1' } });
    expect([Object.keys(a.loaders), typeof a.requestId]).toEqual([['crm'], 'string']);
    await ask('{ a }', CUSTOMER);
    expect(contexts[2]).not.toBe(a);
  });
});

describe('a project with resolvers', () => {
  const problemsOf = async (schema: string, resolvers: object) => {
    const started = testGateway({ schema, resolvers, dataSources: { crm: memorySource({}).adapter } });
    const error = await started.then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error === null) return [];
    if (!(error instanceof ProjectError)) throw error;
    return error.problems.map(({ where, message }) => `${where}: ${message}`);
  };

  it('says every mistake at once', async () => {
    const schema = `type Customer {
  name: String @from(source: "crm")
  both: String @from(source: "crm")
  none: String
  required: String!
}
extend type Query {
  customer: String
  unresolved: Int
  bound: String @from(source: "crm")
  guarded: Int! @access(roles: [AGENT])
}
type Subscription { ticks: Int }
interface Named { name: String @access(roles: [AGENT]) }
input Filter { a: Int }
enum Size { S }
scalar Odd
`;
    const resolvers = {
      Customer: { both: () => '', required: () => '', id: () => '', nosuch: () => '' },
      Query: { guarded: 7 },
      Subscription: {},
      Filter: {},
      Size: { XL: 1 },
      Named: { name: () => '' },
      Odd: {},
      Session: {},
      Unknown: {},
      Colour: new GraphQLEnumType({ name: 'Colour', values: { RED: {} } }),
    };
    expect((await problemsOf(schema, resolvers)).toSorted()).toEqual(
      [
        'schema.graphql:3:16: Customer.both: expected either @from or a resolver, received both',
        "schema.graphql:4:3: Customer.none: expected @from(source: …), @computed(of: …) or a resolver, because nothing else says where a customer's field comes from",
        'schema.graphql:5:3: Customer.required: expected the nullable type String, because a viewer can lack the right; received String!',
        "schema.graphql:8:3: Query.customer: expected another name, this field is the gateway's own",
        'schema.graphql:8:3: Query.customer: expected a resolver in resolvers.ts, because nothing else says where the answer comes from; received none',
        'schema.graphql:9:3: Query.unresolved: expected a resolver in resolvers.ts, because nothing else says where the answer comes from; received none',
        'schema.graphql:10:17: Query.bound: expected a resolver, received @from: it needs a customer or a record, and Query is none',
        'schema.graphql:11:3: Query.guarded: expected a resolver in resolvers.ts, because nothing else says where the answer comes from; received none',
        'schema.graphql:11:3: Query.guarded: expected the nullable type Int, because a viewer can lack the right; received Int!',
        'schema.graphql:13:1: expected nothing of Subscription: subscriptions are served for the events of the gateway only',
        "schema.graphql:14:32: Named.name: expected @access on fields of object types, received one on an interface's field",
        "resolvers.ts: Customer.id: expected a field of yours, this one is the gateway's own",
        'resolvers.ts: Customer.nosuch: expected a field that the schema has (name, both, none, required), found none of this name',
        'resolvers.ts: Query.guarded: expected a function, received number',
        'resolvers.ts: Subscription: expected nothing of Subscription: subscriptions are served for the events of the gateway only',
        'resolvers.ts: Filter: expected no resolvers of an input type',
        'resolvers.ts: Size.XL: expected a value of the enum (S)',
        'resolvers.ts: Named.name: expected __resolveType only: fields are resolved by object types',
        'resolvers.ts: Odd: expected a GraphQLScalarType, received object',
        "resolvers.ts: Session: expected a type of yours: Session is the gateway's own",
        'resolvers.ts: Unknown: expected a type of the schema (Customer, Subscription, Named, Filter, Size, Odd, Query), found none of this name',
        'resolvers.ts: Colour: expected a type of the schema (Customer, Subscription, Named, Filter, Size, Odd, Query), found none of this name',
      ].toSorted(),
    );
  });
});
