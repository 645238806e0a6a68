import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CustomerWatch } from '../../src/journey/customer-watch.ts';
import { LiveHub } from '../../src/journey/live-hub.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import type { LiveEvent } from '../../src/model/live-event.ts';
import { type Inbox, live, TRANSPORTS } from '../support/live.ts';
import { isMissing, naming, ownName } from '../support/services.ts';
import { signToken } from '../support/tokens.ts';

const REDIS = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
const INTERACTIONS = 'subscription ($id: ID) { interactionCaptured(customerId: $id) { id type } }';
const JOURNEY = `query ($id: ID!, $since: DateTime, $type: String!) {
  node(id: $id) { ... on Customer { interactions(since: $since, types: [$type]) { edges { node { type } } } } } }`;
const ADA = { role: 'CUSTOMER', subject: '1' } as const;

/** A way to Redis that can be cut, as a network can. @returns the URL of Redis by this way. */
async function cuttable() {
  const { hostname, port } = new URL(REDIS);
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(port || 6379), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one
        .on('error', () => {})
        .on('close', () => {
          open.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const cut = (wanted: boolean) => {
    isCut = wanted;
    if (isCut) for (const socket of open) socket.destroy();
  };
  return { url: `redis://127.0.0.1:${(server.address() as { port: number }).port}`, cut };
}

type Replica = Awaited<ReturnType<typeof live>>;

/** Stores interactions at a replica until the subscriber has the next event. @returns it. */
async function untilReceived(replica: Replica, inbox: Inbox): Promise<Awaited<ReturnType<Inbox['next']>>> {
  let received: Awaited<ReturnType<Inbox['next']>> | undefined;
  const next = inbox.next().then((message) => {
    received = message;
  });
  for (let attempt = 0; received === undefined && attempt < 5_000; attempt++) await replica.record('seen', ADA);
  await next;
  return received;
}

describe.skipIf(isMissing('Redis')).each(Object.keys(TRANSPORTS))(`through ${naming('Redis')}, over %s`, (name) => {
  const subscribe = async ({ url }: Replica, id: string) => {
    const token = await signToken({ role: 'AGENT', subject: 'a' });
    return (TRANSPORTS[name] as (typeof TRANSPORTS)[string])(url, { token }).subscribe(INTERACTIONS, { id });
  };

  it('a subscriber who missed events of another replica gets them from the journey, each once, and the first says so', async () => {
    const way = await cuttable();
    const one = await live({ config: { shared: way.url } });
    const other = await live({ config: { shared: REDIS }, directory: one.directory });
    const { id } = await other.record('first', ADA);
    const inbox = await subscribe(one, id);
    await one.subscribed();
    await untilReceived(other, inbox);

    way.cut(true);
    const missed = ownName('missed');
    const before = Date.now();
    await other.record(missed, ADA);
    way.cut(false);
    const received: Awaited<ReturnType<Inbox['next']>>[] = [];
    const types = () => received.map(({ data }) => data.interactionCaptured.type);
    while (!types().includes(missed)) received.push(await untilReceived(other, inbox));
    const [saying, ...further] = received.filter(({ extensions }) => extensions?.gap !== undefined);
    // Before it may come one that was on its way when the connection was cut, and others that were missed.
    expect(received.indexOf(saying as never)).toBeLessThanOrEqual(types().indexOf(missed));
    expect(further).toEqual([]);
    const { since } = (saying as never as { extensions: { gap: { since: string } } }).extensions.gap;
    expect(Date.parse(since)).toBeLessThanOrEqual(before);
    const { data } = await one.ask(JOURNEY, { variables: { id, since, type: missed }, role: 'AGENT' });
    expect(data.node.interactions.edges).toEqual([{ node: { type: missed } }]);
    for (let further = 0; further < 5; further++) received.push(await untilReceived(other, inbox));
    const ids = received.map(({ data }) => data.interactionCaptured.id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('a replica that could not send says so to the others, as soon as it can', async () => {
    const way = await cuttable();
    const one = await live({ config: { shared: REDIS } });
    const other = await live({ config: { shared: way.url }, directory: one.directory });
    const { id } = await other.record('first', ADA);
    const inbox = await subscribe(one, id);
    await one.subscribed();
    await untilReceived(other, inbox);

    way.cut(true);
    const before = Date.now();
    await other.record('unsent', ADA);
    way.cut(false);
    let event = await untilReceived(other, inbox);
    while (event.extensions?.gap === undefined) event = await untilReceived(other, inbox);
    expect(Date.parse(event.extensions.gap.since)).toBeLessThanOrEqual(before);
  });
});

it.skipIf(isMissing('Redis'))(`a gateway with another secret on the same ${naming('Redis')} is named in the log, once`, async () => {
  const one = await live({ config: { shared: REDIS } });
  const foreign = await live({ config: { shared: REDIS }, variables: { GATEWAY_SECRET: 'another secret of 32 characters!' } });
  const warnings = () => one.log.filter((line) => line.includes('a gateway with another GATEWAY_SECRET uses the same Redis'));
  const visit = () => foreign.record('seen', { headers: { origin: 'https://shop.example' } });
  await expect.poll(async () => [await visit(), warnings().length].at(-1)).toBe(1);
  for (let further = 0; further < 5; further++) await visit();
  expect(warnings()).toHaveLength(1);
  expect(one.log.join('')).not.toContain('do not reach the other replicas');
});

describe('a gap', () => {
  const id = (name: string) => name as CustomerId;
  const interaction = (customerId: CustomerId): LiveEvent => ({
    ...{ kind: 'interaction', customerId },
    interaction: {
      ...{ id: 'i', type: 'x', occurredAt: new Date(0), touchpoint: null, pageUrl: null, properties: {} },
      ...{ customerId, identifier: null, source: null, actor: null, recordedAt: new Date(0) },
    },
  });

  it('has each subscriber look at their customer again, whose new id is followed from then on', async () => {
    const hub = new LiveHub();
    const watch = new CustomerWatch(hub, () => {});
    let root = id('a');
    const customer = {
      ...{ id: root, isRechecked: false, refresh: async () => root, journey: async () => [] },
      isSame: async (a: CustomerId, b: CustomerId) => a === b,
    };
    const stream = watch.interactions<null>(customer);
    // The merge was published while nothing was received.
    root = id('b');
    hub.reportGap(new Date(5));
    hub.reportGap(new Date(7));
    const recheck = (await stream.next()).value;
    expect([recheck?.gap, await recheck?.judge(null)]).toEqual([new Date(5), 'nothing']);
    expect(await (await stream.next()).value?.judge(null)).toBe('nothing');
    hub.publish(interaction(id('b')));
    const next = (await stream.next()).value;
    expect([next?.gap, await next?.judge(null)]).toEqual([null, 'send']);
  });

  it('ends a subscriber who may not watch the customer any more', async () => {
    const hub = new LiveHub();
    const stream = new CustomerWatch(hub, () => {}).changes<null>({
      id: id('a'),
      isRechecked: true,
      refresh: async () => null,
      isSame: async () => true,
      journey: async () => [],
    });
    hub.reportGap(new Date(5));
    expect(await (await stream.next()).value?.judge(null)).toBe('over');
  });

  it('has the subscriber of one customer get what was stored meanwhile, once, and nothing that came as an event', async () => {
    const hub = new LiveHub();
    const watch = new CustomerWatch(hub, () => {}, { now: () => new Date(100_000) });
    const stored = (name: string, at: number) => ({
      ...{ id: name, type: 'x', occurredAt: new Date(at), touchpoint: null, pageUrl: null, properties: {} },
      ...{ customerId: id('a'), identifier: null, source: null, actor: null, recordedAt: new Date(at) },
    });
    const journey = [stored('before', 50_000), stored('received', 105_000), stored('missed', 110_000), stored('late', 119_999)];
    const stream = watch.interactions<null>({
      ...{ id: id('a'), isRechecked: false, refresh: async () => id('a'), isSame: async (a, b) => a === b },
      journey: async (_, { newerThan }) => journey.filter(({ occurredAt }) => newerThan === null || occurredAt > newerThan.occurredAt),
    });
    const publish = (name: string) =>
      hub.publish({ kind: 'interaction', customerId: id('a'), interaction: journey.find((each) => each.id === name) as never });
    publish('received');
    await stream.next();
    hub.reportGap(new Date(104_000));
    const recheck = (await stream.next()).value;
    expect(await recheck?.judge(null)).toBe('nothing');
    const missed = (await recheck?.missed(null)) ?? [];
    const idsOf = (events: readonly { event: LiveEvent }[]) => events.map(({ event }) => 'interaction' in event && event.interaction.id);
    expect(idsOf(missed)).toEqual(['missed', 'late']);
    expect(await missed[0]?.judge(null)).toBe('send');
    // Its event was still on its way when the journey was read.
    publish('late');
    const late = (await stream.next()).value;
    expect([await late?.judge(null), await late?.missed(null)]).toEqual(['nothing', []]);
    hub.reportGap(new Date(104_000));
    expect(await (await stream.next()).value?.missed(null)).toEqual([]);
  });

  it('of a subscriber who fell behind begins with the first event that they did not get', async () => {
    const hub = new LiveHub();
    let now = 1_000;
    const watch = new CustomerWatch(hub, () => {}, { limits: { events: 3, characters: 1_000 }, now: () => new Date(now) });
    const stream = watch.interactions<null>(null);
    for (; now < 1_010; now++) hub.publish(interaction(id('a')));
    await expect(stream.next()).rejects.toMatchObject({ code: 'OVERLOADED', since: new Date(1_000) });
  });
});
