import { createClient } from 'graphql-ws';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { memorySource, SCHEMA, type TestGatewayOptions } from '../support/gateway.ts';
import { Inbox, live } from '../support/live.ts';
import { STORE } from '../support/stores.ts';
import { signToken } from '../support/tokens.ts';

const ADA = { role: 'CUSTOMER', subject: '1' } as const;
const AGENT = { role: 'AGENT', subject: 'agent' } as const;
const ALIASES = Array.from({ length: 30 }, (_, n) => `a${n}: name`).join(' ');

/** A gateway that counts how often the operation of an event runs, and what its source is asked. */
async function countingGateway(config: TestGatewayOptions['config'] = {}) {
  let runs = 0;
  const crm = memorySource({ 1: { name: 'Ada' } });
  const gateway = await live({
    schema: `${SCHEMA} extend type Customer { run(n: ID): Int }`,
    resolvers: { Customer: { run: () => ++runs } },
    dataSources: { crm: crm.adapter },
    config,
  });
  const connect = async (who: { readonly role: 'CUSTOMER' | 'AGENT'; readonly subject: string }) => {
    const token = await signToken(who);
    const client = createClient({
      url: `${gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    onTestFinished(() => client.dispose());
    return (query: string, variables?: Record<string, unknown>) => {
      const inbox = new Inbox();
      client.subscribe({ query, variables }, inbox.sink);
      return inbox;
    };
  };
  return { ...gateway, crm, connect, runs: () => runs };
}

const next = (inboxes: readonly Inbox[]) => Promise.all(inboxes.map((inbox) => inbox.next()));

describe('one event to many subscriptions', () => {
  it('with the same operation on one socket runs it once', async () => {
    const { connect, subscribed, record, runs } = await countingGateway();
    const subscribe = await connect(ADA);
    const inboxes = Array.from({ length: 100 }, () => subscribe(`subscription { customerChanged { run ${ALIASES} } }`));
    await subscribed(100);
    await record('x', ADA);
    const answers = await next(inboxes);
    expect(runs()).toBe(1);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0].data.customerChanged).toMatchObject({ run: 1, a0: 'Ada', a29: 'Ada' });
    await record('y', ADA);
    expect((await next(inboxes)).every(({ data }) => data.customerChanged.run === 2)).toBe(true);
  });

  it('never shares an answer between sockets, nor between other variables, nor between other operations', async () => {
    const { connect, subscribed, record, runs } = await countingGateway();
    const [one, other, agent] = [await connect(ADA), await connect(ADA), await connect(AGENT)];
    const query = 'subscription ($n: ID) { customerChanged { run(n: $n) assurance } }';
    const inboxes = [
      one(query, { n: '9007199254740992' }),
      one(query, { n: '9007199254740993' }),
      one(query.replace('assurance', 'id'), { n: '9007199254740992' }),
      other(query, { n: '9007199254740992' }),
      agent(query, { n: '9007199254740992' }),
    ];
    await subscribed(inboxes.length);
    await record('x', ADA);
    const answers = await next(inboxes);
    expect(runs()).toBe(5);
    expect(new Set(answers.map(({ data }) => data.customerChanged.run)).size).toBe(5);
  });

  it('with different operations on one socket asks a source once, and requests are answered in between', async () => {
    const { connect, subscribed, record, ask, crm, runs } = await countingGateway();
    const subscribe = await connect(ADA);
    const inboxes = Array.from({ length: 100 }, (_, n) =>
      subscribe(`subscription { customerChanged { run r${n}: name ${ALIASES.slice(9)} } }`),
    );
    await subscribed(100);
    crm.calls.length = 0;
    await record('x', ADA);
    await ask('{ __typename }');
    expect(runs()).toBeLessThan(100);
    const answers = await next(inboxes);
    expect(answers.every(({ data }) => data.customerChanged.a29 === 'Ada')).toBe(true);
    expect([runs(), crm.calls]).toEqual([100, [['1']]]);
  });

  it('gives each operation a budget of its own: one beyond its rows ends no other', async () => {
    const { connect, subscribed, record } = await countingGateway({ limits: { rows: 30 } });
    const subscribe = await connect(ADA);
    for (let n = 0; n < 25; n++) await record('x', ADA);
    const journey = (n: number, first: number) =>
      `subscription { customerChanged { j${n}: interactions(first: ${first}) { edges { node { id } } } } }`;
    const small = Array.from({ length: 10 }, (_, n) => subscribe(journey(n, 20)));
    const large = subscribe(
      'subscription { customerChanged { a: interactions(first: 20) { edges { node { id } } } b: interactions(first: 21) { edges { node { id } } } } }',
    );
    await subscribed(11);
    await record('x', ADA);
    expect((await large.next()).errors[0].extensions).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', limit: 'rows', allowed: 30 });
    for (const [n, { data }] of (await next(small)).entries()) expect(data.customerChanged[`j${n}`].edges).toHaveLength(20);
  });

  it('reads the same page of the store once for different operations', async () => {
    const { connect, subscribed, record } = await countingGateway();
    const find = vi.spyOn(STORE.prototype, 'findInteractions');
    onTestFinished(() => find.mockRestore());
    const subscribe = await connect(ADA);
    const inboxes = Array.from({ length: 30 }, (_, n) =>
      subscribe(`subscription { customerChanged { j${n}: interactions(first: 20) { edges { node { id } } } } }`),
    );
    await subscribed(30);
    await record('x', ADA);
    await next(inboxes);
    expect(find).toHaveBeenCalledTimes(1);
  });

  it('answers somebody else before the many subscriptions of one viewer', async () => {
    const { connect, subscribed, record, runs } = await countingGateway();
    const [many, one] = [await connect(AGENT), await connect({ ...AGENT, subject: 'other' })];
    const inboxes = Array.from({ length: 100 }, (_, n) => many(`subscription { customerChanged { run r${n}: id } }`));
    await subscribed(100);
    const other = one('subscription { customerChanged { run } }');
    await subscribed(101);
    await record('x', ADA);
    // Behind the many it would be the last, and how many of them go first depends on the store.
    expect((await other.next()).data.customerChanged.run).toBeLessThan(90);
    await next(inboxes);
    expect(runs()).toBe(101);
  });

  it('goes on for the others when one of them leaves meanwhile', async () => {
    const { connect, subscribed, record, url } = await countingGateway();
    const subscribe = await connect(ADA);
    const inboxes = Array.from({ length: 20 }, () => subscribe('subscription { customerChanged { name } }'));
    await subscribed(20);
    const token = await signToken(ADA);
    const leaving = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    for (let n = 0; n < 20; n++) leaving.subscribe({ query: 'subscription { customerChanged { name } }' }, new Inbox().sink);
    await subscribed(40);
    const recorded = record('x', ADA);
    leaving.dispose();
    await recorded;
    expect((await next(inboxes)).every(({ data }) => data.customerChanged.name === 'Ada')).toBe(true);
  });
});
