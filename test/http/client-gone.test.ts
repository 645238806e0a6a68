import { createClient } from 'graphql-ws';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { ResolverContext } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';

const SCHEMA = 'type Customer { name: String @from(source: "crm") waits: Boolean } type Query { waits: Boolean }';
const QUERY = '{ waits }';
const SUBSCRIPTION = 'subscription { customerChanged { waits } }';
const IDENTIFY = 'mutation { identify(input: { identifiers: [], attributes: { size: "L" } }) { outcome } }';

type Leave = () => void;

/** How a client begins an operation. Each returns how the client gives it up. */
const CLIENTS: Readonly<Record<string, (address: string, query: string) => Leave>> = {
  'closes the connection of an event stream': (address, query) => post(address, { query }, { accept: 'text/event-stream' }),
  'closes its WebSocket': (address, query) => {
    const { client } = bySocket(address, query);
    return () => client.terminate();
  },
  'sends `complete` over its WebSocket': (address, query) => bySocket(address, query).complete,
};

function post(address: string, operations: object, headers: Record<string, string>): Leave {
  const leaving = new AbortController();
  const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, signal: leaving.signal };
  fetch(`http://${address}`, { ...sent, body: JSON.stringify(operations) })
    .then((response) => response.text())
    .catch(() => {});
  return () => leaving.abort();
}

function bySocket(address: string, query: string) {
  const client = createClient({ url: `ws://${address}`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const complete = client.subscribe({ query }, { next: () => {}, error: () => {}, complete: () => {} });
  return { client, complete };
}

/** A gateway with a resolver that answers only when its signal is aborted. */
async function waiting() {
  const called = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const waits = (_: unknown, __: unknown, { signal }: ResolverContext) => {
    expect(signal.aborted).toBe(false);
    signal.addEventListener('abort', () => aborted.resolve());
    called.resolve();
    return aborted.promise.then(() => true);
  };
  const { gateway, ask } = await testGateway({
    schema: SCHEMA,
    config: { limits: { batching: true } },
    resolvers: { Query: { waits }, Customer: { waits } },
  });
  await gateway.app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = gateway.app.server.address() as { port: number };
  const openSubscriptions = async () => /^gateway_subscriptions (\d+)/m.exec((await gateway.app.inject('/metrics')).body)?.[1];
  return { ask, address: `127.0.0.1:${port}/graphql?cid=1`, called: called.promise, aborted: aborted.promise, openSubscriptions };
}

describe("the signal of the owner's resolvers is aborted when the client", () => {
  const posts: typeof CLIENTS = {
    'closes the connection of a POST': (address, query) => post(address, { query }, {}),
    'closes the connection of a list of operations': (address, query) => post(address, [{ query: '{ __typename }' }, { query }], {}),
  };
  it.each(Object.entries({ ...CLIENTS, ...posts }))('%s during a query', async (_, begin) => {
    const { address, called, aborted } = await waiting();
    const leave = begin(address, QUERY);
    await called;
    leave();
    await aborted;
  });

  it.each(Object.entries(CLIENTS))('%s during an event of a subscription', async (_, begin) => {
    const { ask, address, called, aborted, openSubscriptions } = await waiting();
    const leave = begin(address, SUBSCRIPTION);
    await expect.poll(openSubscriptions).toBe('1');
    await ask(IDENTIFY, { path: '/graphql?cid=1' });
    await called;
    leave();
    await aborted;
    await expect.poll(openSubscriptions).toBe('0');
  });
});
