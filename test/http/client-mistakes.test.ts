import { once } from 'node:events';
import { get } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { defineAdapter } from '../../src/index.ts';
import { type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';
import { type Operation, post, type Received, TRANSPORTS } from '../support/transports.ts';

/** Undefined for an operation that this transport can't carry. */
type Ask = (operation: Operation) => Promise<Received | undefined>;

const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    secretScore: Int @from(source: "crm") @access(roles: [AGENT])
    orders(state: State = OPEN, tags: [String!] = [], limit: Int! = 3, filter: Filter, first: Int, after: String): OrderConnection @from(source: "orders")
  }
  enum State { OPEN PAID }
  input Filter { minimum: Int! = 1 state: State }
  type Order { no: ID! }
`;

/** A gateway with every transport. */
async function doors({ role = 'SERVICE', ...options }: TestGatewayOptions & { role?: 'SERVICE' | 'CUSTOMER' } = {}) {
  const { gateway, ask } = await testGateway({
    schema: SCHEMA,
    dataSources: {
      crm: defineAdapter({ key: 'crmId', load: async (keys) => keys.map(() => ({ name: 'Ada' })) }),
      orders: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => [{ no: 'o1' }]) }),
    },
    ...options,
  });
  await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const headers = { authorization: `Bearer ${await signToken({ role, subject: '1' })}` };
  const transports = {
    ...TRANSPORTS,
    'POST for the new type': post('application/graphql-response+json'),
    'POST as urql has it': post('application/graphql-response+json, application/json, text/event-stream'),
    'POST for JSON or events': post('application/json, text/event-stream'),
  };
  const ways: Record<string, Ask> = {};
  for (const [way, send] of Object.entries(transports))
    ways[way] = (operation) => send({ gateway, path: '/graphql?cid=1', headers }, operation);
  return { gateway, ask, ways };
}

const ID = '{ customer { id } }';
const I = '{ type: "crmId", value: "1" }';
const many = (count: number, make: (n: number) => unknown) => Array.from({ length: count }, (_, n) => make(n));

/** Mistakes of clients, each with its code. */
const MISTAKES: Readonly<Record<string, [code: string, Operation]>> = {
  'only the hash of a document': [
    'PERSISTED_QUERY_NOT_SUPPORTED',
    { query: '', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
  ],
  'a hash beside its document': [
    'PERSISTED_QUERY_NOT_SUPPORTED',
    { query: ID, extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } },
  ],
  'a hash and no document': ['PERSISTED_QUERY_NOT_SUPPORTED', { extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }],
  'an operation name that is a number': ['BAD_REQUEST', { query: ID, operationName: 5 }],
  'a list of variables': ['BAD_REQUEST', { query: ID, variables: [] }],
  'variables as text': ['BAD_REQUEST', { query: ID, variables: '{}' }],
  'extensions as a list': ['BAD_REQUEST', { query: ID, extensions: [] }],
  'an empty document': ['BAD_REQUEST', { query: '' }],
  'no document': ['BAD_REQUEST', { variables: {} }],
  'a document that is an object': ['BAD_REQUEST', { query: { kind: 'Document' } }],
  'an unknown operation': ['OPERATION_RESOLUTION_FAILURE', { query: 'query A { customer { id } }', operationName: 'X' }],
  'none of two operations': ['OPERATION_RESOLUTION_FAILURE', { query: 'query A { customer { id } } query B { customer { id } }' }],
  'broken syntax': ['GRAPHQL_PARSE_FAILED', { query: '{ customer { id }' }],
  'a field that there is not': ['GRAPHQL_VALIDATION_FAILED', { query: '{ customer { nope } }' }],
  'ten unknown directives': ['GRAPHQL_VALIDATION_FAILED', { query: `{ customer ${many(10, (n) => `@d${n}`).join(' ')} { id } }` }],
  'null for an argument': ['GRAPHQL_VALIDATION_FAILED', { query: '{ customerByIdentifier(identifier: null) { id } }' }],
  'null within an argument': [
    'GRAPHQL_VALIDATION_FAILED',
    { query: '{ customerByIdentifier(identifier: { type: "crmId", value: null }) { id } }' },
  ],
  'null in a list': ['GRAPHQL_VALIDATION_FAILED', { query: `{ customersByIdentifiers(identifiers: [${I}, null]) { id } }` }],
  'null for a variable': [
    'BAD_USER_INPUT',
    { query: 'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { id } }', variables: { i: null } },
  ],
  'null within a variable': [
    'BAD_USER_INPUT',
    {
      query: 'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { id } }',
      variables: { i: { type: 'crmId', value: null } },
    },
  ],
  'null in a list of a variable': [
    'BAD_USER_INPUT',
    {
      query: 'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { id } }',
      variables: { i: [{ type: 'crmId', value: '1' }, null] },
    },
  ],
  'null for a variable with a default': [
    'BAD_USER_INPUT',
    { query: `query ($i: IdentifierInput = ${I}) { customerByIdentifier(identifier: $i) { id } }`, variables: { i: null } },
  ],
  'null in a literal list by a variable': [
    'BAD_USER_INPUT',
    { query: `query ($i: IdentifierInput = ${I}) { customersByIdentifiers(identifiers: [$i]) { id } }`, variables: { i: null } },
  ],
  'null within a literal by a variable': [
    'BAD_USER_INPUT',
    { query: 'query ($v: String = "1") { customerByIdentifier(identifier: { type: "crmId", value: $v }) { id } }', variables: { v: null } },
  ],
  'null for an argument of the owner’s': [
    'BAD_USER_INPUT',
    { query: 'query ($n: Int = 2) { customer { orders(limit: $n) { edges { cursor } } } }', variables: { n: null } },
  ],
  'null in a list of the owner’s': [
    'BAD_USER_INPUT',
    { query: 'query ($t: String = "x") { customer { orders(tags: [$t]) { edges { cursor } } } }', variables: { t: null } },
  ],
  'null within an input of the owner’s': [
    'BAD_USER_INPUT',
    { query: 'query ($n: Int = 1) { customer { orders(filter: { minimum: $n }) { edges { cursor } } } }', variables: { n: null } },
  ],
  'null for a condition': [
    'BAD_USER_INPUT',
    { query: 'query ($c: Boolean = true) { customer { id @include(if: $c) } }', variables: { c: null } },
  ],
  'null for a condition at the root': [
    'BAD_USER_INPUT',
    { query: 'query ($c: Boolean = true) { customer @skip(if: $c) { id } }', variables: { c: null } },
  ],
  'null for a condition of a fragment': [
    'BAD_USER_INPUT',
    { query: 'query ($c: Boolean = true) { customer { ... @include(if: $c) { id } } }', variables: { c: null } },
  ],
  'a condition of a subscription’s only field': [
    'GRAPHQL_VALIDATION_FAILED',
    { query: 'subscription ($c: Boolean = true) { interactionCaptured @include(if: $c) { id } }' },
  ],
  'a value of another enumeration': [
    'BAD_USER_INPUT',
    { query: 'query ($s: State) { customer { orders(state: $s) { edges { cursor } } } }', variables: { s: 'OPENED' } },
  ],
  'a hundred wrong values': [
    'BAD_USER_INPUT',
    { query: 'query ($i: [IdentifierInput!]!) { customersByIdentifiers(identifiers: $i) { id } }', variables: { i: many(100, () => 5) } },
  ],
  'a date that is none': [
    'BAD_USER_INPUT',
    { query: 'query ($t: DateTime) { customer { interactions(since: $t) { edges { cursor } } } }', variables: { t: 'yesterday' } },
  ],
  'a cursor that is none': ['BAD_USER_INPUT', { query: '{ customer { orders(after: "x") { edges { cursor } } } }' }],
  'a cursor of another list': ['BAD_USER_INPUT', { query: '{ customer { interactions(after: "cG9zaXRpb246MQ") { edges { cursor } } } }' }],
  'a page that is too large': ['BAD_USER_INPUT', { query: '{ customer { interactions(first: 201) { edges { cursor } } } }' }],
  'an identifier type that is none': [
    'BAD_USER_INPUT',
    { query: '{ customerByIdentifier(identifier: { type: "nope", value: "1" }) { id } }' },
  ],
  'an entity of another type': [
    'BAD_USER_INPUT',
    {
      query: 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
      variables: { r: [{ __typename: 'Order', no: '1' }] },
    },
  ],
  'an entity of an unknown type': [
    'BAD_USER_INPUT',
    {
      query: 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }',
      variables: { r: [{ __typename: 'Nope', id: '1' }] },
    },
  ],
  'an entity that is a text': ['BAD_USER_INPUT', { query: '{ _entities(representations: ["x"]) { __typename } }' }],
  'an entity without a type': ['BAD_USER_INPUT', { query: '{ _entities(representations: [{ id: "x" }]) { __typename } }' }],
  'an entity without an id': ['BAD_USER_INPUT', { query: '{ _entities(representations: [{ __typename: "Customer" }]) { __typename } }' }],
  'a mutation with null in a list': [
    'BAD_USER_INPUT',
    {
      query: 'mutation ($i: [InteractionInput!]!) { captureInteractions(input: { interactions: $i }) { accepted } }',
      variables: { i: [null] },
    },
  ],
  'a URL that is none': [
    'BAD_USER_INPUT',
    { query: 'mutation ($u: URL) { createHandoff(input: { touchpoint: "web", url: $u }) { token } }', variables: { u: 'nope' } },
  ],
};

describe('what a client gets wrong', () => {
  it('has the same code and the same message on every transport, and is never INTERNAL', async () => {
    const { ways } = await doors();
    for (const [what, [code, operation]] of Object.entries(MISTAKES)) {
      const messages = new Set<string>();
      for (const [way, ask] of Object.entries(ways)) {
        // A document is kept from some request of it on.
        for (const time of ['once', 'again']) {
          const refused = await ask(operation);
          if (refused === undefined) continue;
          const { errors } = refused;
          expect([what, way, time, errors[0]?.extensions.code]).toEqual([what, way, time, code]);
          messages.add(JSON.stringify(errors));
        }
      }
      expect([what, [...messages]]).toEqual([what, [expect.any(String)]]);
    }
  });

  it('with a persisted query is answered as Apollo’s clients read it: status 200, the message and the code', async () => {
    const { ways } = await doors();
    const persistedQuery = { version: 1, sha256Hash: 'ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38' };
    for (const way of ['POST on the fast lane', 'POST in chunks, by Apollo Server', 'POST for the new type', 'GET']) {
      const ask = ways[way] as Ask;
      const { status, text } = (await ask({ extensions: { persistedQuery } })) as Received;
      const error = { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } };
      expect([way, status, JSON.parse(text)]).toEqual([way, 200, { errors: [error] }]);
    }
  });

  it('ten times in one document is refused once', async () => {
    const { ways } = await doors();
    for (const ask of Object.values(ways)) {
      const unknown = await ask({
        query: `{ customer ${many(40, (n) => `@d${n}`).join(' ')} { id ${many(5, () => '... @x { id }').join(' ')} } }`,
      });
      expect(unknown?.errors).toHaveLength(1);
      expect((await ask({ query: `{ customer { ${many(20, () => 'nope').join(' ')} } }` }))?.errors).toHaveLength(1);
    }
  });

  it('that no document can hold is refused: depths, lengths, numbers', async () => {
    const { ways } = await doors();
    const deep = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);
    const documents = [
      `{ ${deep('customer { ', '} ', 1_600)} }`,
      `{ customersByIdentifiers(identifiers: ${deep('[', ']', 2_400)}) { id } }`,
      `query ($v: ${deep('[', ']', 2_400)}) { customer { id } }`,
      `{ customerByIdentifier(identifier: { type: "crmId", value: ${'9'.repeat(3_000)} }) { id } }`,
      `{ customer { ${deep('... { ', '} ', 1_600)} } }`,
      `{ customer { ...F } } fragment F on Customer { ...F }`,
    ];
    for (const ask of Object.values(ways)) {
      for (const query of documents) {
        expect(String((await ask({ query }))?.errors[0]?.extensions.code)).toMatch(
          /^GRAPHQL_(PARSE|VALIDATION)_FAILED|OPERATION_TOO_COMPLEX$/,
        );
      }
    }
  });
});

describe('an operation in an address', () => {
  it('is checked as it is run, also where its percent-encoding is broken', async () => {
    const { ways, gateway } = await doors({ config: { limits: { aliases: 2 } } });
    const aliases = many(5, (n) => `a${n}: customer { id }`).join('\n');
    expect((await ways.GET?.({ query: `{ node(id: "x") { id } ${aliases} }` }))?.errors[0]?.extensions.code).toBe('OPERATION_TOO_COMPLEX');
    // A parser that leaves the text as it is gives one long string.
    const path = `/graphql?query={node(id:"%ff%22)%7Bid%7D${encodeURIComponent(aliases)}z:node(id:%22y"){id}}`;
    const { port } = gateway.app.server.address() as { port: number };
    // As it is: `fetch` and `inject` would encode the quotation marks.
    const request = get({ port, path, headers: { 'apollo-require-preflight': '1' } });
    const [response] = await once(request, 'response');
    const { errors } = (await json(response)) as { errors?: Received['errors'] };
    expect(errors?.[0]?.extensions.code).toBe('OPERATION_TOO_COMPLEX');
  });
});

describe('the media type of an answer', () => {
  it.each([
    ['application/graphql-response+json, application/json, text/event-stream', 'application/graphql-response+json', 'text/event-stream'],
    ['application/json, text/event-stream', 'application/json', 'text/event-stream'],
    ['text/event-stream, application/json', 'text/event-stream', 'text/event-stream'],
    ['text/event-stream;q=0.5, application/json', 'application/json', 'text/event-stream'],
    ['TEXT/EVENT-STREAM', 'text/event-stream', 'text/event-stream'],
    ['text/event-stream;q=0, */*', 'application/json', 'application/json'],
    ['*/*', 'application/json', 'application/json'],
    ['application/*;q=0.2, application/graphql-response+json', 'application/graphql-response+json', 'application/graphql-response+json'],
    ['application/json;q=0.1, application/graphql-response+json;q=0', 'application/json', 'application/json'],
    ['text/html, */*', 'application/json', 'application/json'],
  ])('for %s is %s, and of a subscription %s', async (accept, ofQuery, ofSubscription) => {
    const { gateway } = await doors();
    const typeOf = async (query: string) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const { port } = gateway.app.server.address() as { port: number };
      const abort = new AbortController();
      const headers = {
        accept,
        'content-type': 'application/json',
        authorization: `Bearer ${await signToken({ role: 'CUSTOMER', subject: '1' })}`,
      };
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ query }),
        signal: abort.signal,
      });
      resolve(response.headers.get('content-type') ?? '');
      abort.abort();
      return (await promise).split(';')[0];
    };
    expect(await typeOf('{ customer { name } }')).toBe(ofQuery);
    expect(await typeOf('mutation { resetVisitor { customer { id } } }')).toBe(ofQuery);
    expect(await typeOf('subscription { interactionCaptured { id } }')).toBe(ofSubscription);
  });

  it('that urql asks for on every query is answered on the fast lane', async () => {
    const { gateway, ways } = await doors();
    const before = /^gateway_fast_lane_answers_total (\d+)/m.exec((await gateway.app.inject('/metrics')).body)?.[1];
    await ways['POST as urql has it']?.({ query: '{ customer { name } }' });
    const after = /^gateway_fast_lane_answers_total (\d+)/m.exec((await gateway.app.inject('/metrics')).body)?.[1];
    expect(Number(after) - Number(before)).toBe(1);
  });

  it('that the gateway does not have is 406, and the operation does not run', async () => {
    const { gateway } = await doors();
    const headers = { accept: 'application/xml', authorization: `Bearer ${await signToken({ role: 'CUSTOMER', subject: '1' })}` };
    const payload = { query: 'mutation { captureInteractions(input: { interactions: [{ type: "a" }] }) { accepted } }' };
    expect((await gateway.app.inject({ method: 'POST', url: '/graphql', headers, payload })).statusCode).toBe(406);
    expect((await gateway.app.inject('/metrics')).body).not.toMatch(/^gateway_interactions_total\{outcome="accepted"\} [1-9]/m);
  });

  it('says where values come from, whichever it is', async () => {
    const { ask } = await doors();
    const options = { role: 'SERVICE', headers: { 'x-profile-provenance': '1', accept: 'text/event-stream' } } as const;
    const { gateway } = await doors();
    const token = await signToken({ role: 'SERVICE', subject: '1' });
    const { body } = await gateway.app.inject({
      ...{ method: 'POST', url: '/graphql', payload: { query: `{ customerByIdentifier(identifier: ${I}) { name } }` } },
      headers: { ...options.headers, authorization: `Bearer ${token}` },
    });
    expect(JSON.parse(/^data: (.*)$/m.exec(body)?.[1] ?? '{}').extensions.provenance).toMatchObject([
      { path: ['customerByIdentifier', 'name'], source: 'crm' },
    ]);
    expect((await ask(ID, { role: 'CUSTOMER', subject: '1' })).errors).toEqual([]);
  });
});

describe('in production', () => {
  const config: TestGatewayOptions['config'] = {
    touchpoints: { web: { channel: 'WEB' }, backOffice: { channel: 'CALL_CENTRE', viewers: ['AGENT'] } },
  };
  const NAMES = /Did you mean|secretScore|backOffice/;
  const PROBES: readonly Operation[] = [
    { query: '{ customr { id } }' },
    { query: '{ customer { secretScor } }' },
    { query: '{ customer }' },
    { query: '{ customer { orders } }' },
    { query: '{ customer { orders(stat: PAID) { edges { cursor } } } }' },
    { query: '{ customer { orders(state: PAYED) { edges { cursor } } } }' },
    { query: '{ customer { orders(state: "PAID") { edges { cursor } } } }' },
    { query: '{ customer { orders(filter: { minimun: 1 }) { edges { cursor } } } }' },
    { query: '{ customer { id @skip(iff: true) } }' },
    { query: '{ customer { id @skp(if: true) } }' },
    { query: 'query ($i: IdentifierInputt) { customer { id } }' },
    { query: '{ node(id: "1") { ... on Custome { id } } }' },
    { query: '{ node(id: "1") { assurance } }' },
    { query: 'query ($s: State) { customer { orders(state: $s) { edges { cursor } } } }', variables: { s: 'PAYED' } },
    { query: 'query ($s: State) { customer { orders(state: $s) { edges { cursor } } } }', variables: { s: 1 } },
    { query: 'query ($f: Filter) { customer { orders(filter: $f) { edges { cursor } } } }', variables: { f: { minimun: 1 } } },
    { query: 'mutation { identifie(input: { identifiers: [] }) { outcome } }' },
    { query: 'mutation { identify(input: { identifiers: [], touchpoint: "moon" }) { outcome } }' },
    { query: 'mutation { createHandoff(input: { touchpoint: "moon" }) { token } }' },
    { query: 'subscription { customerChange { id } }' },
    { query: '{ __schema { types { name } } }' },
    { query: '{ _service { sdl } }' },
  ];

  it('no transport suggests a name, or names what is not for the viewer', async () => {
    const { ways } = await doors({ variables: { NODE_ENV: 'production' }, role: 'CUSTOMER', config });
    for (const [way, ask] of Object.entries(ways)) {
      for (const operation of PROBES) {
        const refused = await ask(operation);
        if (refused === undefined) continue;
        expect([way, operation, refused.errors.length]).not.toEqual([way, operation, 0]);
        // What the client sent may be repeated.
        expect([way, operation, refused.text.replaceAll(/secretScor\b/g, '')]).toEqual([way, operation, expect.not.stringMatching(NAMES)]);
      }
    }
  });

  it('an operation is checked also for a browser, which there gets no page', async () => {
    const production = { variables: { NODE_ENV: 'production' }, config: { limits: { aliases: 2 } } };
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const query = '{ a: customer { id } b: customer { id } c: customer { id } }';
    const asked = async (options: TestGatewayOptions) => {
      const { gateway } = await doors(options);
      const headers = { accept, 'apollo-require-preflight': '1' };
      return gateway.app.inject({ url: `/graphql?${new URLSearchParams({ query })}`, headers });
    };
    expect((await asked(production)).json().errors[0].extensions.code).toBe('OPERATION_TOO_COMPLEX');
    expect((await asked({})).headers['content-type']).toContain('text/html');
  });

  it('a touchpoint that is not for the viewer is not named in a refusal', async () => {
    const { gateway } = await doors({ config });
    const { body } = await gateway.app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { 'x-touchpoint': 'moon' },
      payload: { query: ID },
    });
    expect(body).toContain('expected one of web; received');
  });
});
