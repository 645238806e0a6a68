import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { IdentityGraph } from '../../src/identity/identity-graph.ts';
import { bearerClaim, defineAdapter, urlParameter } from '../../src/index.ts';
import { memorySource, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';
import { type Operation, type Received, TRANSPORTS } from '../support/transports.ts';

const SCHEMA = `
  "A customer." type Customer {
    "Name." name: String @from(source: "crm")
    "Mail." email: String @from(source: "crm") @access(min: VERIFIED)
    "Notes." notes: String @from(source: "crm") @access(roles: [AGENT])
    "From a back end that is down." points: Int @from(source: "down")
    "A value that JSON does not have." strange: JSON @from(source: "strange")
    "Invoices." orders(first: Int = 2, after: String, status: String): OrderConnection @from(source: "orders")
  }
  "An invoice." type Order { "Number." no: String! "GBP." total: Float "What was bought." lines: [Line!] }
  "A line." type Line { "Code." sku: String! }
`;
const ORDERS = ['a', 'b', 'c'].map((no, index) => ({ no, total: index + 0.5, lines: [{ sku: `sku-${no}` }] }));
const CAPTURE = 'mutation { captureInteractions(input: { interactions: [{ type: "visit" }] }) { accepted customer { points } } }';
const PERSISTED = { persistedQuery: { version: 1, sha256Hash: 'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38' } };

async function shop(provokesInternal = false) {
  const crm = memorySource({ 1: { name: 'Ада "\\ \u2028 😀', email: 'a@example.com', notes: 'tea' } });
  const calls = { down: 0 };
  const gateway = await testGateway({
    schema: SCHEMA,
    provokesInternal,
    config: {
      identifiers: {
        crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), urlParameter('cid', { assurance: 'RECOGNIZED' })] },
      },
      limits: { aliases: 3 },
    },
    dataSources: {
      crm: crm.adapter,
      down: defineAdapter({
        key: 'crmId',
        load: () => {
          calls.down++;
          return Promise.reject(new Error('down'));
        },
        policy: { retries: 0, breaker: false },
      }),
      strange: defineAdapter({ key: 'crmId', load: async (keys) => keys.map((key) => ({ strange: unwritable(key) })) }),
      orders: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => ORDERS) }),
    },
  });
  const stored = async () => {
    const { body } = await gateway.gateway.app.inject('/metrics');
    return Number(/^gateway_interactions_total\{outcome="accepted"\} (\d+)/m.exec(body)?.[1] ?? 0);
  };
  return { ...gateway, crm, calls, stored };
}

/** As an owner's code may make one: JSON can't be made of it. */
function unwritable(message: string) {
  return {
    toJSON: () => {
      throw new Error(`cannot write ${message}`);
    },
  } as never;
}

describe.each(Object.entries(TRANSPORTS))('by %s', (_, send) => {
  const open = async (options: { path?: string; role?: 'CUSTOMER' | 'AGENT'; provokesInternal?: boolean; headers?: object } = {}) => {
    const { path = '/graphql?cid=1', role, provokesInternal, headers = {} } = options;
    const world = await shop(provokesInternal);
    const authorization = role && `Bearer ${await signToken({ role, subject: '1' })}`;
    const sender = { gateway: world.gateway, path, headers: { ...(authorization && { authorization }), ...headers } };
    return { ...world, ask: (operation: Operation) => send(sender, operation) };
  };
  type Asked = Received | undefined;
  const answerOf = (received: Asked) => received && { data: received.data, errors: received.errors };

  it('an answer has the fields of the query in their order, once each', async () => {
    const { ask } = await open();
    const query = `query { a: customer { ...F ... on Customer { orders { edges { node { total } } } } } b: customer { __typename n: name } }
      fragment F on Customer { __typename orders { edges { node { no lines { sku } } } pageInfo { hasNextPage } } }`;
    const [a, b] = ['a', 'b'].map((no, index) => `{"node":{"no":"${no}","lines":[{"sku":"sku-${no}"}],"total":${index}.5}}`);
    for (const _time of ['at first', 'as a hot query', 'again']) {
      const received = await ask({ query });
      expect(JSON.stringify(received?.data)).toBe(
        `{"a":{"__typename":"Customer","orders":{"edges":[${a},${b}],"pageInfo":{"hasNextPage":true}}},"b":{"__typename":"Customer","n":${JSON.stringify('Ада "\\ \u2028 😀')}}}`,
      );
      expect(received?.errors).toEqual([]);
    }
  });

  it('the customer is null where nothing identifies one', async () => {
    const { ask } = await open({ path: '/graphql' });
    expect(answerOf(await ask({ query: '{ customer { name } node(id: "x") { id } }' }))).toEqual({
      data: { customer: null, node: null },
      errors: [],
    });
  });

  it('variables have their defaults, and what they decide', async () => {
    const { ask } = await open();
    const query =
      'query A($first: Int = 1, $all: Boolean!) { customer { name @skip(if: $all) orders(first: $first) { edges { node { no } } } } }';
    const numbers = async (variables: object) => {
      const received = await ask({ query, variables });
      const { orders, ...others } = received?.data.customer ?? {};
      return [orders?.edges.map(({ node }: { node: { no: string } }) => node.no), Object.keys(others)];
    };
    expect(await numbers({ first: 2, all: true })).toEqual([['a', 'b'], []]);
    expect(await numbers({ all: false })).toEqual([['a'], ['name']]);
    expect(await numbers({ first: null, all: true })).toEqual([['a', 'b', 'c'], []]);
    expect(await numbers({ first: 3, all: true, other: 1 })).toEqual([['a', 'b', 'c'], []]);
  });

  it('an operation is the one that operationName names, and null counts as left out', async () => {
    const { ask } = await open();
    const query = 'query A { node(id: "x") { id } } query B { customer { assurance } }';
    expect((await ask({ query, operationName: 'B' }))?.data).toEqual({ customer: { assurance: 'RECOGNIZED' } });
    const nothing = { operationName: null, variables: null, extensions: null };
    expect((await ask({ query: '{ customer { assurance } }', ...nothing }))?.data).toEqual({ customer: { assurance: 'RECOGNIZED' } });
    const extensions = { clientLibrary: { name: 'x' } };
    expect((await ask({ query: '{ customer { assurance } }', extensions }))?.errors).toEqual([]);
  });

  it('the schema can be asked for', async () => {
    const { ask } = await open();
    const query = '{ __schema { queryType { name } } __type(name: "Order") { fields { name } } }';
    expect((await ask({ query }))?.data).toEqual({
      __schema: { queryType: { name: 'Query' } },
      __type: { fields: [{ name: 'no' }, { name: 'total' }, { name: 'lines' }] },
    });
  });

  it('a field that fails is null, and its error says where and why; no back end is asked twice', async () => {
    const { ask, crm, calls } = await open();
    expect(answerOf(await ask({ query: '{ customer { name email notes points } }' }))).toEqual({
      data: { customer: { name: 'Ада "\\ \u2028 😀', email: null, notes: null, points: null } },
      errors: [
        {
          message: expect.stringContaining('Customer.email'),
          locations: [{ line: 1, column: 19 }],
          path: ['customer', 'email'],
          extensions: { code: 'INSUFFICIENT_ASSURANCE', required: 'VERIFIED', actual: 'RECOGNIZED' },
        },
        {
          message: expect.stringContaining('Customer.notes'),
          locations: [{ line: 1, column: 25 }],
          path: ['customer', 'notes'],
          extensions: { code: 'UNAUTHENTICATED' },
        },
        {
          message: expect.stringContaining('down'),
          locations: [{ line: 1, column: 31 }],
          path: ['customer', 'points'],
          extensions: { code: 'SOURCE_UNAVAILABLE', source: 'down' },
        },
      ],
    });
    expect([crm.calls.length, calls.down]).toEqual([1, 1]);
  });

  it('an argument that can not be used is the error of its field', async () => {
    const { ask } = await open();
    const received = await ask({ query: '{ customer { orders(first: 1000) { edges { cursor } } } }' });
    expect(received?.data).toEqual({ customer: { orders: null } });
    expect(received?.errors).toMatchObject([{ path: ['customer', 'orders'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('an unexpected error is masked, and its log has no text of the variables or the document', async () => {
    const find = vi.spyOn(IdentityGraph.prototype, 'findByIdentifiers').mockImplementation(async ([identifier]) => {
      throw new Error(`cannot find ${identifier?.value}`);
    });
    onTestFinished(() => find.mockRestore());
    const { ask, log } = await open({ provokesInternal: true, role: 'AGENT', headers: { 'x-request-id': 'mine' } });
    const operations: Operation[] = [
      {
        query: 'query ($id: String!) { customerByIdentifier(identifier: { type: "crmId", value: $id }) { name } }',
        variables: { id: 'ada@secret.example' },
      },
      { query: '{ customerByIdentifier(identifier: { type: "crmId", value: "ada@secret.example" }) { name } }' },
    ];
    for (const operation of operations) {
      expect(await ask(operation)).toMatchObject({
        data: { customerByIdentifier: null },
        errors: [
          {
            message: 'Something unexpected went wrong; the log has it under the requestId',
            path: ['customerByIdentifier'],
            extensions: { code: 'INTERNAL', requestId: 'mine' },
          },
        ],
      });
    }
    const lines = log.filter((line) => line.includes('unexpected')).map((line) => JSON.parse(line));
    expect(lines).toMatchObject(operations.map(() => ({ requestId: 'mine', error: { message: 'cannot find [redacted]' } })));
    expect(log.join('')).not.toContain('ada@secret.example');
  });

  it.each<[string, string, Operation, status: number]>([
    ['a broken document', 'GRAPHQL_PARSE_FAILED', { query: '{' }, 200],
    ['an invalid document', 'GRAPHQL_VALIDATION_FAILED', { query: '{ nonsense }' }, 200],
    ['no document', 'BAD_REQUEST', {}, 400],
    ['an empty document', 'BAD_REQUEST', { query: '' }, 400],
    ['too many aliases', 'OPERATION_TOO_COMPLEX', { query: '{ customer { a: name b: name c: name d: name } }' }, 400],
    ['no operation of this name', 'OPERATION_RESOLUTION_FAILURE', { query: '{ customer { id } }', operationName: 'X' }, 400],
    ['a variable of another type', 'BAD_USER_INPUT', { query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: {} } }, 200],
    ['variables that are no object', 'BAD_REQUEST', { query: '{ customer { id } }', variables: [] }, 400],
    ['a persisted query', 'PERSISTED_QUERY_NOT_SUPPORTED', { query: '', extensions: PERSISTED }, 200],
  ])('%s is refused with %s', async (_what, code, operation, status) => {
    const { ask, crm } = await open();
    for (const _time of ['once', 'again']) {
      const received = await ask(operation);
      if (received === undefined) continue;
      // An event stream has begun by then, and a socket has no status.
      const isPlain = received.status !== null && !received.text.startsWith(':');
      expect([received.data, received.errors[0]?.extensions.code]).toEqual([undefined, code]);
      if (isPlain) expect(received.status).toBe(status);
    }
    expect(crm.calls).toEqual([]);
  });

  it('a viewer with the right role who asks for it gets the sources of values', async () => {
    const { ask } = await open({ role: 'AGENT', headers: { 'x-profile-provenance': '1' } });
    const received = await ask({ query: '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { name } }' });
    expect(received?.extensions?.provenance).toMatchObject([
      { path: ['customerByIdentifier', 'name'], source: 'crm', candidates: ['crm'], from: 0, stale: false },
    ]);
    const { ask: askOwn } = await open({ headers: { 'x-profile-provenance': '1' } });
    expect((await askOwn({ query: '{ customer { name } }' }))?.extensions).toBeUndefined();
  });

  it('a mutation happens once, also where a field of its answer fails', async () => {
    const { ask, stored, calls } = await open({ role: 'CUSTOMER' });
    for (let times = 1; times <= 3; times++) {
      const received = await ask({ query: CAPTURE });
      if (received === undefined) return;
      expect(received.data.captureInteractions).toEqual({ accepted: 1, customer: { points: null } });
      expect(received.errors).toMatchObject([{ extensions: { code: 'SOURCE_UNAVAILABLE' } }]);
      expect([await stored(), calls.down]).toEqual([times, times]);
    }
  });

  it('an answer that has no JSON form is an unexpected error', async () => {
    const { ask, log } = await open({ path: '/graphql?cid=17850123', provokesInternal: true });
    const received = await ask({ query: '{ customer { strange } }' });
    expect(received).toMatchObject({ data: null, errors: [{ extensions: { code: 'INTERNAL', requestId: expect.any(String) } }] });
    expect(log.join('')).toContain('cannot write [redacted]');
    expect(log.join('')).not.toContain('17850123');
  });
});
