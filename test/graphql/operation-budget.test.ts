import { describe, expect, it } from 'vitest';
import { defineAdapter } from '../../src/index.ts';
import { memorySource, type TestGatewayOptions, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';
import { TRANSPORTS } from '../support/transports.ts';

const SCHEMA = `
  type Customer {
    name: String @from(source: "crm")
    orders(first: Int, after: String): OrderConnection @from(source: "orders")
    all: [Order!] @from(source: "orders")
    never: String
  }
  type Order { no: String! text: String more: JSON tags: [String!] shopId: String shop: Shop @from(source: "shops", key: "shopId") }
  type Shop { title: String }
`;

function shop({ rows = 3, text = 'short', more = null as unknown, limits = {}, ...others }: ShopOptions) {
  const orders = Array.from({ length: rows }, (_, index) => ({ no: `no-${index}`, text, more, tags: more, shopId: 's' }));
  return testGateway({
    schema: SCHEMA,
    dataSources: {
      crm: memorySource({ 1: { name: 'Ada' } }).adapter,
      orders: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => orders as never) }),
      shops: defineAdapter({ key: 'shopId', load: async (keys) => keys.map((title) => ({ title })) }),
    },
    resolvers: { Customer: { never: () => new Promise(() => {}) } },
    ...others,
    config: { limits, ...others.config },
  });
}

type ShopOptions = TestGatewayOptions & {
  readonly rows?: number;
  readonly text?: string;
  readonly more?: unknown;
  readonly limits?: object;
};

const beyond = (limit: string, allowed: number) =>
  expect.objectContaining({ extensions: { code: 'OPERATION_TOO_COMPLEX', limit, allowed, actual: expect.any(Number) } });

describe.each(Object.entries(TRANSPORTS))('by %s', (transport, send) => {
  const status = transport === 'a WebSocket' ? null : transport === 'an event stream' ? 200 : 400;

  it.each([
    ['rows of a list', { rows: 11, limits: { rows: 10 } }, '{ customer { name orders(first: 1) { edges { node { no } } } } }', 'rows', 10],
    [
      'items of lists, under aliases',
      { rows: 10, limits: { rows: 10 } },
      `{ customer { ${Array.from({ length: 6 }, (_, n) => `a${n}: all { no }`).join(' ')} } }`,
      'items',
      50,
    ],
    [
      'items of lists within lists',
      { rows: 10, more: ['a', 'b', 'c', 'd', 'e'], limits: { rows: 10 } },
      '{ customer { all { tags } } }',
      'items',
      50,
    ],
    [
      'records within lists',
      { rows: 10, limits: { rows: 11 } },
      '{ customer { a: all { no shop { title } } b: all { no shop { title } } c: all { no shop { title } } } }',
      'items',
      55,
    ],
    [
      'a long answer',
      { rows: 20, text: 'x'.repeat(1_000), limits: { answerBytes: '10KB' } },
      '{ customer { all { text } } }',
      'answerBytes',
      10_240,
    ],
    [
      'an answer that JSON writes longer than it is',
      { rows: 200, text: '\u0001'.repeat(1_000), limits: { answerBytes: '1MB' } },
      '{ customer { all { text } } }',
      'answerBytes',
      1_048_576,
    ],
    [
      'a JSON value',
      { rows: 1, more: { list: Array.from({ length: 5_000 }, (_, index) => index) }, limits: { answerBytes: '10KB' } },
      '{ customer { all { more } } }',
      'answerBytes',
      10_240,
    ],
    // Long enough for the query that is answered afterwards, also on a busy machine.
    ['time', { limits: { time: '500ms' } }, '{ customer { name never } }', 'time', 500],
  ] as const)('beyond %s the whole operation is one error without data', async (_, options, query, limit, allowed) => {
    const { gateway } = await shop(options);
    const received = await send({ gateway, path: '/graphql?cid=1' }, { query });
    expect(received?.errors).toEqual([beyond(limit, allowed)]);
    expect(received).not.toHaveProperty('data');
    expect(received?.status).toBe(status);
    expect((await send({ gateway, path: '/graphql?cid=1' }, { query: '{ customer { name } }' }))?.data).toEqual({
      customer: { name: 'Ada' },
    });
  });

  it('an answer is written once', async () => {
    let written = 0;
    const toJSON = () => {
      written++;
      return 'more';
    };
    const { gateway } = await shop({ resolvers: { Customer: { never: () => null }, Order: { more: () => ({ toJSON }) } } });
    const received = await send(
      { gateway, path: '/graphql?cid=1' },
      { query: '{ customer { orders(first: 1) { edges { node { more } } } } }' },
    );
    expect(received?.data).toEqual({ customer: { orders: { edges: [{ node: { more: 'more' } }] } } });
    expect(written).toBe(1);
  });

  it('a long answer has the bytes that JSON.stringify writes', async () => {
    const more = { a: [1, null, 'ü\u2028"'], b: {}, c: [], long: Array.from({ length: 300 }, () => ['y'.repeat(1_000), { d: true }]) };
    const { gateway } = await shop({ rows: 2, text: 'z'.repeat(200_000), more });
    const received = await send({ gateway, path: '/graphql?cid=1' }, { query: '{ customer { all { no text more } } }' });
    const all = ['no-0', 'no-1'].map((no) => ({ no, text: 'z'.repeat(200_000), more }));
    expect(received?.text).toContain(JSON.stringify({ data: { customer: { all } } }));
  });
});

it('AGENT, SERVICE and ADMIN may read ten times the rows', async () => {
  const { gateway } = await shop({ rows: 11, limits: { rows: 10 } });
  for (const role of ['AGENT', 'SERVICE', 'ADMIN'] as const) {
    const authorization = `Bearer ${await signToken({ role, subject: '1' })}`;
    const answer = await gateway.app.inject({
      method: 'POST',
      url: '/graphql?cid=1',
      headers: { authorization },
      payload: { query: '{ customer { all { no } } }' },
    });
    expect(answer.json().data.customer.all).toHaveLength(11);
  }
});

it('an answer counts its rows once, however many fields are read of it', async () => {
  const { ask } = await shop({ rows: 10, limits: { rows: 11 } });
  const { data, errors } = await ask('{ customer { name all { no } a: all { text } orders { edges { node { no } } } } }', {
    path: '/graphql?cid=1',
  });
  expect(errors).toEqual([]);
  expect(data.customer.a).toHaveLength(10);
});

it('the sources of an operation that is beyond a limit are left', async () => {
  const aborted = Promise.withResolvers<void>();
  const { ask } = await shop({
    // Long enough for the source to be asked, also on a busy machine.
    limits: { time: '500ms' },
    dataSources: {
      crm: defineAdapter({
        key: 'crmId',
        policy: { timeout: '60s' },
        load: (_, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              aborted.resolve();
              reject(signal.reason);
            });
          }),
      }),
      orders: memorySource({}, { many: true }).adapter,
      shops: memorySource({}, { key: 'shopId' }).adapter,
    },
  });
  const { errors } = await ask('{ customer { name } }', { path: '/graphql?cid=1' });
  expect(errors).toEqual([beyond('time', 500)].map((each) => expect.objectContaining(each.sample)));
  await aborted.promise;
});

it('others are answered while a long list is completed', async () => {
  const { gateway, ask } = await shop({ rows: 9_000, text: 'x' });
  const order: string[] = [];
  const path = '/graphql?cid=1';
  const long = ask('{ customer { all { a: no b: no c: no d: no e: text f: text g: text } } }', { path }).then(() => order.push('long'));
  const turns = (async () => {
    for (let turn = 0; turn < 3; turn++) {
      await gateway.app.inject('/health/live');
      order.push('health');
    }
  })();
  await Promise.all([long, turns]);
  expect(order.at(-1)).toBe('long');
});

it('many fields that wait for one answer go on in several turns', async () => {
  const orders = Array.from({ length: 9_000 }, () => ({ no: 'no', shopId: 's' }));
  const perTurn = [0];
  const count = () => {
    perTurn.push(0);
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  let sum = 0;
  const title = () => {
    perTurn[perTurn.length - 1] = (perTurn.at(-1) as number) + 1;
    // A few microseconds of work, so that all of them take many slices.
    for (let step = 0; step < 5_000; step++) sum += Math.sqrt(step);
    return sum > 0 ? 'a shop' : null;
  };
  const { ask } = await shop({
    dataSources: {
      crm: memorySource({ 1: { name: 'Ada' } }).adapter,
      orders: defineAdapter({ key: 'crmId', many: true, load: async (keys) => keys.map(() => orders) }),
      shops: defineAdapter({
        key: 'shopId',
        load: async (keys) => {
          // Until all orders wait for it.
          for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve));
          return keys.map(() => ({}));
        },
      }),
    },
    resolvers: { Customer: { never: () => null }, Shop: { title } },
  });
  const { errors } = await ask('{ customer { a: all { shop { title } } b: all { shop { title } } } }', { path: '/graphql?cid=1' });
  clearImmediate(next);
  expect(errors).toEqual([]);
  expect(perTurn.reduce((sum, each) => sum + each)).toBe(18_000);
  expect(Math.max(...perTurn)).toBeLessThan(9_000);
});
