import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { live, TRANSPORTS } from '../support/live.ts';
import { signToken } from '../support/tokens.ts';

const SUBSCRIPTIONS = 60;
/** Near the limit of tokens. Each is another document, which takes a megabyte when it is parsed. */
const TYPES = Array.from({ length: 4_900 }, (_, n) => `"t${n}"`).join();
const largeDocument = (n: number) =>
  `subscription n${n} { customerChanged { interactions(first: 1, types: [${TYPES}]) { pageInfo { hasNextPage } } } }`;
/** The text takes 35,000; small things of the process take more beside so few subscriptions. */
const MOST_BYTES_OF_EACH = 150_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function heapBytes(): Promise<number> {
  for (let collections = 0; collections < 3; collections++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

type Open = (url: string, token: string, documents: readonly string[]) => Promise<void>;

const openOnSocket: Open = async (url, token, documents) => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await once(socket, 'message');
  for (const [n, query] of documents.entries()) socket.send(JSON.stringify({ id: `${n}`, type: 'subscribe', payload: { query } }));
};

const openStreams =
  (more: Record<string, string>): Open =>
  async (url, token, documents) => {
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${token}`, ...more };
    for (const query of documents) {
      const opened = request(`${url}/graphql`, { method: 'POST', headers, agent }, (answer) => answer.on('error', () => {}).resume());
      opened.on('error', () => {}).end(JSON.stringify({ query }));
    }
  };

it.each([
  ['a WebSocket', openOnSocket],
  ['event streams of the fast lane', openStreams({})],
  ['event streams of the framework', openStreams({ 'content-encoding': 'identity', 'x-any': 'other' })],
])('over %s keep no parsed document', async (_, open) => {
  const { url, subscribed } = await live({ hotAfter: 2 });
  const token = await signToken({ role: 'AGENT', subject: 'agent' });
  const documents = Array.from({ length: SUBSCRIPTIONS }, (_each, n) => largeDocument(n));
  // The first ones compile code and fill caches.
  await open(url, token, documents.slice(0, 2));
  await subscribed(2);
  const before = await heapBytes();
  await open(url, token, documents.slice(2));
  await subscribed(SUBSCRIPTIONS);
  expect((await heapBytes()) - before).toBeLessThan(SUBSCRIPTIONS * MOST_BYTES_OF_EACH);
});

it('over WebSockets count for the bytes that clients may hold, and a socket beyond the bound is cut off', async () => {
  const { url, subscribed, gateway } = await live({ heldBytes: 1_000_000 });
  const token = await signToken({ role: 'AGENT', subject: 'agent' });
  const long = (n: number) => `subscription n${n} { customerChanged { id } } #${'x'.repeat(300_000)}`;
  const cutOff = async () =>
    /^gateway_clients_cut_off_total\{reason="heldBytes"\} (\d+)$/m.exec((await gateway.app.inject('/metrics')).body)?.[1];
  for (let n = 0; n < 3; n++) await openOnSocket(url, token, [long(n)]);
  await subscribed(3);
  expect(await cutOff()).toBe(undefined);
  for (let n = 3; n < 5; n++) await openOnSocket(url, token, [long(n)]);
  await expect.poll(cutOff).toBe('1');
});

it.each(Object.entries(TRANSPORTS))('answer each event with their own variables, over %s', async (_, connect) => {
  const { url, subscribed, record } = await live({ hotAfter: 2 });
  const ada = { role: 'CUSTOMER', subject: '1' } as const;
  const client = connect(url, { token: await signToken(ada) });
  const query = `subscription s($types: [String!], $isWanted: Boolean!) {
    customerChanged { assurance @include(if: $isWanted) interactions(types: $types) { edges { node { type } } } }
  }`;
  const one = client.subscribe(query, { types: ['one'], isWanted: true });
  const other = client.subscribe(query, { types: ['other', '9007199254740993'], isWanted: false });
  await subscribed(2);
  for (const type of ['one', 'other']) {
    await record(type, ada);
    expect((await one.next()).data.customerChanged).toEqual({
      assurance: 'VERIFIED',
      interactions: { edges: [{ node: { type: 'one' } }] },
    });
    const edges = type === 'one' ? [] : [{ node: { type: 'other' } }];
    expect((await other.next()).data.customerChanged).toEqual({ interactions: { edges } });
  }
});
