import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { bearerClaim, defineAdapter, issuedCookie, urlParameter } from '../../src/index.ts';
import { type TestGatewayOptions, temporaryDirectory, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

type Limits = NonNullable<TestGatewayOptions['config']>['limits'];

const SCHEMA = `
  "A customer." type Customer {
    "Name." name: String @from(source: "crm")
    "Answers when the other is asked." left: String @from(source: "left")
    "Answers when the other is asked." right: String @from(source: "right")
    "Never answers." never: String @from(source: "never")
    "Invoices." orders(first: Int = 10, after: String): OrderConnection @from(source: "orders")
  }
  "An invoice." type Order { "Number." no: String! }
`;
const NAME = '{ customer { name } }';
const NAMED = { data: { customer: { name: 'Ada' } } };
const visit = (type: string) => `mutation { captureInteractions(input: { interactions: [{ type: "${type}" }] }) { accepted } }`;
const JOURNEY = '{ customer { interactions(first: 10) { edges { node { type } } } } }';
const ORDERS = '{ customer { orders { edges { node { no } } } } }';
/** 1 for the customer, 1 for the orders, and 10 for the size of their list. */
const COST_OF_ORDERS = 12;
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** A batch as it leaves a client: with its length, or in chunks. */
const LANES = {
  'the fast lane': (text: string) => ({ payload: text, own: {} }),
  'the framework': (text: string) => ({
    payload: Readable.from([Buffer.from(text)], { objectMode: false }),
    own: { 'transfer-encoding': 'chunked' },
  }),
};

interface AskOptions {
  readonly role?: 'CUSTOMER' | 'AGENT' | 'SERVICE';
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

describe.each(Object.entries(LANES))('on %s', (_, pack) => {
  const open = async (limits: Limits = {}, documents?: { file?: string; automatic?: boolean }) => {
    const asked = { left: Promise.withResolvers<void>(), right: Promise.withResolvers<void>() };
    const waiting = (own: 'left' | 'right', other: 'left' | 'right') =>
      defineAdapter({
        key: 'crmId',
        load: async (keys) => {
          asked[own].resolve();
          await asked[other].promise;
          return keys.map(() => ({ [own]: 'answered' }));
        },
      });
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'documents.json'), JSON.stringify({ [hash(NAME)]: NAME }));
    const world = await testGateway({
      directory,
      schema: SCHEMA,
      config: {
        identifiers: {
          crmId: { class: 'person', unique: true, capture: [bearerClaim('sub'), urlParameter('cid', { assurance: 'RECOGNIZED' })] },
          visitorId: { class: 'cookie', capture: [issuedCookie('cid')] },
        },
        limits: { batching: true, ...limits },
        ...(documents && { documents }),
      },
      dataSources: {
        crm: defineAdapter({ key: 'crmId', load: async (keys) => keys.map(() => ({ name: 'Ada' })) }),
        left: waiting('left', 'right'),
        right: waiting('right', 'left'),
        never: defineAdapter({ key: 'crmId', load: () => new Promise(() => {}) }),
        orders: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => ['1', '2', '3'].map((no) => ({ no }))) }),
      },
    });
    const ask = async (body: unknown, { role, path = '/graphql?cid=1', headers = {} }: AskOptions = {}) => {
      const { payload, own } = pack(JSON.stringify(body));
      const authorization = role && { authorization: `Bearer ${await signToken({ role, subject: '1' })}` };
      const answer = await world.gateway.app.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/json', accept: 'application/json', ...own, ...authorization, ...headers },
        payload,
      });
      return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
    };
    return { ...world, ask };
  };

  it('a list is refused unless the owner allows it', async () => {
    const { ask } = await open({ batching: false });
    const { status, body } = await ask([{ query: NAME }]);
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
    expect(body.errors[0].message).toMatch(/received a list: several operations are several requests/);
  });

  it('a list is answered by a list in its order, with the errors of each operation in its own answer', async () => {
    const { ask } = await open();
    const { status, body, headers } = await ask([
      { query: NAME },
      { query: '{ nonsense }' },
      { query: 'query A { customer { name } } query B { node(id: "x") { id } }', operationName: 'B' },
      { query: 'query ($no: Boolean!) { customer { name @skip(if: $no) } }', variables: { no: true } },
      { query: 'subscription { customerChanged { id } }' },
      5,
      null,
      [{ query: NAME }],
      { query: '{' },
      { query: NAME },
    ]);
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    const code = (each: { data?: unknown; errors?: { extensions: { code: string } }[] }) => each.errors?.[0]?.extensions.code ?? each.data;
    expect(body.map(code)).toEqual([
      NAMED.data,
      'GRAPHQL_VALIDATION_FAILED',
      { node: null },
      { customer: {} },
      'BAD_REQUEST',
      'BAD_REQUEST',
      'BAD_REQUEST',
      'BAD_REQUEST',
      'GRAPHQL_PARSE_FAILED',
      NAMED.data,
    ]);
    expect(body[5].errors[0].message).toMatch(/^expected an operation of a batch that is a JSON object/);
  });

  it('one operation alone is no list', async () => {
    const { ask } = await open();
    expect((await ask({ query: NAME })).body).toEqual(NAMED);
    expect((await ask([{ query: NAME }])).body).toEqual([NAMED]);
  });

  it('a list has 1 to 10 operations', async () => {
    const { ask } = await open();
    const none = await ask([]);
    expect([none.status, none.body.errors[0].extensions.code]).toEqual([400, 'BAD_REQUEST']);
    expect((await ask(Array(10).fill({ query: NAME }))).body).toEqual(Array(10).fill(NAMED));
    const { status, body } = await ask(Array(11).fill({ query: NAME }));
    const extensions = { code: 'OPERATION_TOO_COMPLEX', limit: 'batching', allowed: 10, actual: 11 };
    expect([status, body.data, body.errors[0].extensions]).toEqual([400, undefined, extensions]);
  });

  it('ids of documents work in each operation, also of one that an earlier operation registers', async () => {
    const { ask } = await open({}, { file: 'documents.json', automatic: true });
    const other = 'query Other { customer { name } }';
    const persistedQuery = { version: 1, sha256Hash: hash(other) };
    const { body } = await ask([
      { documentId: `sha256:${hash(NAME)}` },
      { extensions: { persistedQuery } },
      { query: other, extensions: { persistedQuery } },
      { extensions: { persistedQuery } },
    ]);
    expect(body[1].errors[0].message).toBe('PersistedQueryNotFound');
    expect([body[0], body[2], body[3]]).toEqual([NAMED, NAMED, NAMED]);
  });

  it.each([
    ['rootFields', { rootFields: 3 }, '{ a: __typename b: __typename }', 4],
    ['aliases', { aliases: 3 }, '{ a: __typename b: __typename }', 4],
    ['directives', { directives: 1 }, '{ customer { name @include(if: true) } }', 2],
    ['cost', { cost: COST_OF_ORDERS + 1 }, ORDERS, 2 * COST_OF_ORDERS],
  ] as const)('operations have together at most what one may have of limits.%s', async (limit, limits, query, actual) => {
    const { ask } = await open(limits);
    const { status, body } = await ask([{ query }, { query }, { query: '{ __typename }' }]);
    expect([status, body[0].errors]).toEqual([200, undefined]);
    const { extensions } = body[1].errors[0];
    expect(extensions).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', limit, allowed: Object.values(limits)[0], actual });
    // What was refused does not count.
    expect([body[1].data, body[2]]).toEqual([undefined, { data: { __typename: 'Query' } }]);
  });

  it('roles that may spend more on one operation may spend more on a batch', async () => {
    const { ask } = await open({ cost: 25 });
    const batch = Array(5).fill({ query: ORDERS });
    const refusals = async (role: 'CUSTOMER' | 'AGENT') =>
      (await ask(batch, { role })).body.filter((each: { errors?: unknown }) => each.errors !== undefined).length;
    expect([(await refusals('CUSTOMER')) > 0, await refusals('AGENT')]).toEqual([true, 0]);
  });

  it('references of all operations count together', async () => {
    const { ask } = await open({ references: 3 });
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
    const variables = { r: Array(2).fill({ __typename: 'Customer', id: 'x' }) };
    const { body } = await ask(
      [
        { query, variables },
        { query, variables },
      ],
      { role: 'SERVICE' },
    );
    expect(body[0].errors).toBeUndefined();
    expect(body[1].errors[0].extensions).toMatchObject({ limit: 'references', allowed: 3, actual: 4 });
  });

  it('records of all operations count together', async () => {
    const { ask } = await open({ rows: 5 });
    const { status, body } = await ask([{ query: ORDERS }, { query: ORDERS }]);
    const refused = body.filter((each: { data?: unknown }) => each.data === undefined);
    expect([status, refused.length]).toEqual([200, 1]);
    expect(refused[0].errors[0].extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX', limit: 'rows', allowed: 5, actual: 6 });
  });

  it('bytes of all answers count together', async () => {
    const answer = JSON.stringify(NAMED);
    const { ask } = await open({ answerBytes: `${answer.length * 2 + 1}B` });
    const { body } = await ask(Array(3).fill({ query: NAME }));
    expect(body.slice(0, 2)).toEqual([NAMED, NAMED]);
    expect(body[2].errors[0].extensions).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', limit: 'answerBytes' });
  });

  it('the time of one operation is the time of all, and a mutation after it does not run', async () => {
    const { ask, gateway } = await open({ time: '50ms' });
    const { status, body } = await ask([{ query: '{ customer { never } }' }, { query: visit('late') }, { query: NAME }]);
    const limits = body.map((each: { errors?: { extensions: { limit: string } }[] }) => each.errors?.[0]?.extensions.limit);
    expect([status, limits]).toEqual([200, ['time', 'time', 'time']]);
    expect((await gateway.app.inject('/metrics')).body).not.toMatch(/^gateway_interactions_total\{outcome="accepted"\} [1-9]/m);
  });

  it('queries beside each other run at the same time', async () => {
    const { ask } = await open();
    const { body } = await ask([{ query: '{ customer { left } }' }, { query: '{ customer { right } }' }]);
    expect(body.map((each: { data: { customer: object } }) => each.data.customer)).toEqual([{ left: 'answered' }, { right: 'answered' }]);
  });

  it('a mutation runs after what is before it and before what is after it', async () => {
    const { ask } = await open();
    const { body } = await ask([{ query: JOURNEY }, { query: visit('a') }, { query: JOURNEY }, { query: visit('b') }, { query: JOURNEY }]);
    const seen = [0, 2, 4].map((at) => body[at].data.customer.interactions.edges.map(({ node }: { node: { type: string } }) => node.type));
    expect(seen).toEqual([[], ['a'], ['b', 'a']]);
  });

  it('operations of a new visitor have one customer and one cookie', async () => {
    const { ask } = await open();
    const { body, headers } = await ask([{ query: '{ customer { id } }' }, { query: '{ customer { id } }' }], { path: '/graphql' });
    expect(body[0].data.customer.id).toBe(body[1].data.customer.id);
    expect([headers['set-cookie']].flat()).toHaveLength(1);
  });

  it('each operation counts as a request of its client', async () => {
    const { ask } = await open({ rate: { identifier: '3/10s' } });
    const { status, body } = await ask(Array(4).fill({ query: NAME }), { role: 'CUSTOMER' });
    expect([status, ...body.slice(0, 3)]).toEqual([200, NAMED, NAMED, NAMED]);
    expect(body[3].errors[0].extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
  });

  it('a batch is answered as JSON, and not as an event stream', async () => {
    const { ask } = await open();
    const send = (accept: string) => ask([{ query: NAME }], { headers: { accept } });
    const apollo = await send('application/graphql-response+json,application/json;q=0.9');
    expect([apollo.body, apollo.headers['content-type']]).toEqual([[NAMED], 'application/json; charset=utf-8']);
    expect((await send('text/event-stream, application/json;q=0.5')).body).toEqual([NAMED]);
    expect((await send('application/graphql-response+json')).headers['content-type']).toMatch(/^application\/graphql-response\+json/);
    expect((await send('text/event-stream')).status).toBe(406);
  });
});
