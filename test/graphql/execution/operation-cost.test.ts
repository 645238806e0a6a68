import { describe, expect, it } from 'vitest';
import { bearerClaim, defineAdapter, urlParameter } from '../../../src/index.ts';
import { type AskOptions, memorySource, testGateway } from '../../support/gateway.ts';
import { signToken } from '../../support/tokens.ts';
import { type Operation, TRANSPORTS } from '../../support/transports.ts';

const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    email: String @from(source: "crm")
    favouriteStore: String @from(source: "captured")
    orders(first: Int = 20, last: Int, after: String): OrderConnection @from(source: "orders")
    returns(first: Int): OrderConnection @from(source: "orders")
    tickets(first: Int): [Ticket!] @from(source: "tickets")
    grid: [[Ticket]] @from(source: "tickets", path: "grid")
    rare: [Ticket!] @from(source: "tickets") @listSize(assumed: 2)
    score: Int @from(source: "crm") @cost(weight: "50")
  }
  type Order { no: String! total: Float lines(first: Int): [Line!] notes: [String] weighed: Int @cost(weight: "3") }
  type Line { sku: String! product: Product @from(source: "catalog", key: "sku") }
  type Product { sku: String! name: String stock: Int @from(source: "catalog", key: "sku") }
  type Ticket { id: ID subject: String product: Product @from(source: "catalog", key: "id") }
  interface Found { title: String }
  type Cheap implements Found { title: String }
  type Dear implements Found { title: String product: Product @from(source: "catalog", key: "title") }
  type Results { total: Int items: [Found] others: [Found] }
  input Page { count: Int = 7 ids: [ID!] }
  extend type Query {
    product(sku: String!): Product
    products(skus: [String!], first: Int): [Product]
    search(limit: Int = 5): [Found] @listSize(slicingArguments: ["limit"])
    results(page: Page): Results @listSize(slicingArguments: ["page.count"], sizedFields: ["items"])
    matches(page: Page): [Found] @listSize(assumedSize: 4, slicingArguments: ["page.ids"])
    listing(first: Int, nodes: Int): OrderConnection
  }
  extend type Mutation { buy(skus: [String!]!): Product }
`;
const nothing = () => null;
const RESOLVERS = {
  Query: { product: nothing, products: nothing, search: nothing, results: nothing, matches: nothing, listing: nothing },
  Mutation: { buy: nothing },
  Found: { __resolveType: () => 'Cheap' },
};
const EDGES = (inner: string) => `{ edges { node { ${inner} } } }`;

async function shop(limits: object, calls: string[] = []) {
  const recorded = (name: string, many: boolean) =>
    defineAdapter({
      key: 'crmId',
      many,
      load: async (keys) => {
        calls.push(name);
        return keys.map(() => (many ? [] : {}) as never);
      },
    });
  return testGateway({
    schema: SCHEMA,
    resolvers: RESOLVERS,
    config: {
      identifiers: {
        crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), urlParameter('cid', { assurance: 'RECOGNIZED' })] },
      },
      limits,
    },
    dataSources: {
      crm: recorded('crm', false),
      orders: recorded('orders', true),
      tickets: recorded('tickets', true),
      catalog: memorySource({}, { key: 'sku' }).adapter,
    },
  });
}

/** What operations cost, as the refusals of a gateway say it that allows nothing; 0 for one that it answers. */
async function counter() {
  const { ask } = await shop({ cost: 1, references: 1_000 });
  return async (query: string, variables: Record<string, unknown> = {}, options: AskOptions = {}) => {
    const { status, data, errors } = await ask(query, { variables, path: '/graphql?cid=1', ...options });
    const [refusal] = errors.filter(({ extensions }) => extensions.code === 'OPERATION_TOO_COMPLEX');
    if (refusal === undefined) {
      expect(errors).toEqual([]);
      return 0;
    }
    expect([status, data, refusal.extensions.limit, refusal.extensions.actual]).toEqual([400, undefined, 'cost', refusal.extensions.cost]);
    return refusal.extensions.cost;
  };
}

describe('an operation costs', () => {
  it.each<[what: string, query: string, cost: number]>([
    ['1 for the customer and 1 for each field of a source', '{ customer { name email favouriteStore id assurance firstSeenAt } }', 4],
    ['as much again under each alias', '{ a: customer { name } b: customer { a: name b: name } }', 5],
    ['the size of a page, and nothing for what is in the record', `{ customer { orders(first: 7) ${EDGES('no total notes')} } }`, 1 + 8],
    ['the default size of a page', `{ customer { orders ${EDGES('no')} } }`, 1 + 21],
    ['10 for a page whose size nothing says', `{ customer { returns ${EDGES('no')} } }`, 1 + 11],
    ['the longest page for null', `{ customer { returns(first: null) ${EDGES('no')} } }`, 1 + 201],
    ['the longest page for more than a page can have', `{ customer { orders(first: 1000) ${EDGES('no')} } }`, 1 + 201],
    ['the size from the end', `{ customer { orders(first: null, last: 5) ${EDGES('no')} } }`, 1 + 6],
    ['nothing for items of an empty page', `{ customer { orders(first: 0) ${EDGES('lines { product { name } }')} } }`, 1 + 1],
    [
      'what is in a list, times its size',
      `{ customer { orders(first: 3) ${EDGES('lines { product { name stock } }')} } }`,
      1 + 4 + 3 * 10 * 2,
    ],
    [
      'once what stands beside the items of a page',
      '{ customer { orders(first: 3) { pageInfo { hasNextPage } edges { cursor } } } }',
      1 + 4,
    ],
    ['10 for a list', '{ customer { tickets { subject } } }', 1 + 11],
    ['no less for a list that `first` does not cut', '{ customer { tickets(first: 1) { product { name } } } }', 1 + 11 + 10],
    ['more for a list of which more is asked for', '{ customer { tickets(first: 30) { product { name } } } }', 1 + 31 + 30],
    [
      'no less for a property that `first` does not cut',
      `{ customer { orders(first: 1) ${EDGES('lines(first: 0) { product { name } }')} } }`,
      1 + 2 + 10,
    ],
    ['10 times 10 for what is in lists of lists', '{ customer { grid { product { name } } } }', 1 + 11 + 100],
    ['what @listSize says', '{ customer { rare { product { name } } } }', 1 + 3 + 2],
    ['what @cost says', '{ customer { score } }', 1 + 50],
    ['what @cost says of a property', `{ customer { orders(first: 2) ${EDGES('weighed')} } }`, 1 + 3 + 2 * 3],
    ['10 for a list of the owner’s code', '{ products { name } }', 11],
    ['the size that the owner’s code is asked for', '{ products(first: 30) { stock } }', 31 + 30],
    ['10 for a size that code may take for none', '{ products(first: 0) { stock } b: products(first: -5) { stock } }', 2 * (11 + 10)],
    ['each entry of a list that the owner’s code is given', '{ products(skus: ["a", "b", "c"]) { stock } }', 4 + 3],
    ['each entry that a mutation is given', 'mutation { buy(skus: ["a", "b"]) { stock } }', 3 + 1],
    ['the argument that @listSize names', '{ search(limit: 3) { title } }', 4],
    ['the default of that argument', '{ search { title } }', 6],
    ['an argument in an input object', '{ results(page: { count: 3 }) { items { title ... on Dear { product { name } } } } }', 4 + 3],
    ['its default in there', '{ results(page: {}) { items { ... on Dear { product { name } } } } }', 8 + 7],
    [
      'another size for a list that @listSize does not name',
      '{ results(page: { count: 3 }) { others { ... on Dear { product { name } } } } }',
      4 + 10,
    ],
    ['a list of one for a single value', '{ matches(page: { ids: 500 }) { title } }', 2],
    ['what @listSize assumes where its argument is left out', '{ matches { title } }', 5],
    [
      'the dearest type that an object may have',
      '{ search(limit: 3) { ... on Cheap { title } ... on Dear { product { name stock } } } }',
      4 + 3 * 2,
    ],
    ['the page of a connection that the owner’s code answers', `{ listing(first: 4) ${EDGES('lines { product { name } }')} }`, 5 + 4 * 10],
    [
      'the pages of the journey',
      '{ customer { interactions { edges { node { id channel } } } sessions { edges { node { interactions { id } } } } } }',
      1 + 21 + 11,
    ],
    ['no more than such a page can have', '{ customer { sessions(first: 200) { edges { cursor } } } }', 1 + 21],
    ['1 and 10 for the attributes, and nothing for identifiers', '{ customer { attributes { name } identifiers { type } } }', 1 + 11],
  ])('%s', async (_, query, cost) => {
    const costOf = await counter();
    expect(await costOf(query)).toBe(cost);
  });

  it('each identifier and each interaction that is given', async () => {
    const costOf = await counter();
    const identifier = { type: 'crmId', value: '1' };
    const agent = { role: 'AGENT' as const };
    const many = 'query ($of: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $of) { name } }';
    expect(await costOf(many, { of: Array(30).fill(identifier) }, agent)).toBe(31 + 30);
    const literal =
      'query ($id: String!) { customersByIdentifiers(identifiers: [{ type: "crmId", value: $id }, { type: "crmId", value: "2" }]) { a: name b: name c: name d: name } }';
    expect(await costOf(literal, { id: '1' }, agent)).toBe(3 + 2 * 4);
    const capture = 'mutation ($of: [InteractionInput!]!) { captureInteractions(input: { interactions: $of }) { customer { name } } }';
    expect(await costOf(capture, { of: Array(40).fill({ type: 'x' }) })).toBe(41 + 1);
    const identify = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { name } } }';
    expect(await costOf(identify, { input: { identifiers: [identifier, identifier] } })).toBe(3 + 1);
  });

  it('what its variables say, and their defaults', async () => {
    const costOf = await counter();
    const query = `query ($n: Int = 5, $all: Boolean!) { customer { orders(first: $n) ${EDGES('lines { product { name } }')} name @skip(if: $all) } }`;
    expect(await costOf(query, { n: 2, all: true })).toBe(1 + 3 + 20);
    expect(await costOf(query, { n: 2, all: false })).toBe(1 + 3 + 20 + 1);
    expect(await costOf(query, { all: true })).toBe(1 + 6 + 50);
    expect(await costOf(query, { n: null, all: true })).toBe(1 + 201 + 2_000);
    const left = `query ($n: Int) { customer { orders(first: $n) ${EDGES('no')} } }`;
    expect(await costOf(left)).toBe(1 + 21);
    expect(await costOf(left, { n: 3 })).toBe(1 + 4);
  });

  it('for the lists of the schema as for others, and nothing for its names', async () => {
    const costOf = await counter();
    expect(await costOf('{ __typename __schema { queryType { name } } __type(name: "Order") { name } }')).toBe(0);
    expect(await costOf('{ __schema { types { name fields { name } } } }')).toBe(11 + 10 * 11);
  });
});

it('what the owner says about costs is not in the public schema', async () => {
  const { ask } = await shop({});
  const { data } = await ask('{ _service { sdl } }');
  expect(data._service.sdl).toContain('rare: [Ticket!]');
  expect(data._service.sdl).not.toMatch(/@cost|@listSize/);
});

describe.each(Object.entries(TRANSPORTS))('by %s', (_, send) => {
  const QUERY = `query ($n: Int) { customer { orders(first: $n) ${EDGES('lines { product { name } }')} } }`;

  const open = async (limits: object, role?: 'CUSTOMER' | 'AGENT' | 'SERVICE' | 'ADMIN') => {
    const calls: string[] = [];
    const { gateway } = await shop(limits, calls);
    const headers = role && { authorization: `Bearer ${await signToken({ role, subject: '1' })}` };
    const sender = { gateway, path: '/graphql?cid=1', ...(headers && { headers }) };
    return { calls, ask: (operation: Operation) => send(sender, operation) };
  };

  it('an operation that costs too much is refused before a source is asked, each time', async () => {
    const { calls, ask } = await open({ cost: 100 });
    for (const _time of ['at first', 'as a hot query']) {
      const received = await ask({ query: QUERY, variables: { n: 9 } });
      expect([received?.data, received?.errors]).toEqual([
        undefined,
        [
          {
            message:
              'the operation costs more than allowed: expected at most 100, received 101. Most of it is Line.product, with 90: ask for fewer items of it or of the lists around it.',
            extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'cost', allowed: 100, actual: 101, cost: 101 },
          },
        ],
      ]);
      // An event stream answers in the stream, and a WebSocket has no status.
      expect([400, 200, null]).toContain(received?.status);
    }
    expect(calls).toEqual([]);
    expect((await ask({ query: QUERY, variables: { n: 8 } }))?.errors).toEqual([]);
    expect(calls).toEqual(['orders']);
  });

  it.each(['AGENT', 'SERVICE', 'ADMIN'] as const)('%s may spend ten times as much', async (role) => {
    const { ask } = await open({ cost: 10 }, role);
    expect((await ask({ query: QUERY, variables: { n: 8 } }))?.errors).toEqual([]);
    expect((await ask({ query: QUERY, variables: { n: 9 } }))?.errors).toMatchObject([{ extensions: { allowed: 100, cost: 101 } }]);
  });

  it('one event of a subscription counts', async () => {
    const { ask } = await open({ cost: 2 });
    const query = 'subscription { customerChanged { name email } }';
    const received = await ask({ query });
    expect(received?.errors).toMatchObject([{ extensions: { code: 'OPERATION_TOO_COMPLEX', cost: 3 } }]);
  });

  it('more references than allowed are refused', async () => {
    const { ask } = await open({ references: 3 }, 'SERVICE');
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { __typename } two: _entities(representations: $of) { __typename } }';
    const of = (count: number) => Array.from({ length: count }, (_, id) => ({ __typename: 'Customer', id: String(id) }));
    expect((await ask({ query, variables: { of: of(1) } }))?.errors).toEqual([]);
    expect((await ask({ query, variables: { of: of(2) } }))?.errors).toMatchObject([
      { extensions: { code: 'OPERATION_TOO_COMPLEX', limit: 'references', allowed: 3, actual: 4 } },
    ]);
  });
});

describe('by default', () => {
  const page = `{ name orders ${EDGES('lines { product { name } }')} }`;

  it('a service reads a hundred customers with their orders, lines and products', async () => {
    const { ask } = await shop({});
    const query = `query ($of: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $of) ${page} }`;
    const of = Array.from({ length: 100 }, (_, id) => ({ type: 'crmId', value: String(id) }));
    expect((await ask(query, { variables: { of }, role: 'SERVICE' })).errors).toEqual([]);
  });

  it('the references of a stranger are bounded', async () => {
    const { ask } = await shop({});
    const aliases = Array.from({ length: 29 }, (_, index) => `a${index}: interactions(first: 0) { edges { cursor } }`).join(' ');
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { ${aliases} } } }`;
    const of = Array.from({ length: 6_000 }, (_, id) => ({ __typename: 'Customer', id: String(id) }));
    const { status, data, errors } = await ask(query, { variables: { of } });
    expect([status, data, errors[0]?.extensions]).toEqual([
      400,
      undefined,
      { code: 'OPERATION_TOO_COMPLEX', limit: 'references', allowed: 100, actual: 6_000 },
    ]);
  });
});
