import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Inbox, TRANSPORTS } from '../support/live.ts';
import { ownDatabase, REDIS } from '../support/own-database.ts';
import { closedPort, isMissing, naming, ownName } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';
import { type Replica, Replicas, tokenOf } from './replicas.ts';

const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { outcome customer { id } } }';
const BY_IDENTIFIER = `query ($id: IdentifierInput!) {
  customerByIdentifier(identifier: $id) { id identifiers { type value } interactions(first: 50) { edges { node { id type } } } }
}`;
const BY_ID = 'query ($id: ID!) { node(id: $id) { id } }';
const MERGE = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids }) { customer { id } } }';
const ERASE = 'mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }';
const CAPTURE = `mutation ($interactions: [InteractionInput!]!) {
  captureInteractions(input: { interactions: $interactions }) { accepted duplicates rejected { code } customer { id } }
}`;
const WHO = '{ customer { id assurance identifiers { type value } } }';
const HANDOFF = 'mutation { createHandoff(input: { touchpoint: "app", url: "https://app.example/" }) { token } }';

const email = (name: string) => ({ type: 'email', value: `${name}@shop.example` });

describe.skipIf(isMissing('PostgreSQL') || isMissing('Redis'))(
  `three replicas on one ${naming('PostgreSQL')} and ${naming('Redis')}`,
  () => {
    const ends: (() => unknown)[] = [];
    const atEnd = (end: () => unknown) => void ends.unshift(end);
    let replicas: Replica[] = [];
    let [one, two, three] = replicas as [Replica, Replica, Replica];
    let service = '';
    let agent = '';

    beforeAll(async () => {
      const store = await ownDatabase(atEnd);
      replicas = await new Replicas({ store, redis: REDIS, atEnd }).startAll(3);
      [one, two, three] = replicas as [Replica, Replica, Replica];
      service = await tokenOf('SERVICE', 'somebody');
      agent = await tokenOf('AGENT', 'somebody');
    });
    afterAll(async () => {
      for (const end of ends) await end();
    });

    const known = async (replica: Replica, id: { type: string; value: string }) =>
      (await replica.ask(BY_IDENTIFIER, { token: agent, variables: { id } })).data.customerByIdentifier;
    const visit = (id: string) => ({ interactions: [{ id, type: 'visit', touchpoint: 'web' }] });

    it('make one customer of a person whose identifiers all of them are given at the same time', async () => {
      const person = ownName('person');
      const names = Array.from({ length: 13 }, (_, n) => `${person}_${n}`);
      // A chain, whose links arrive in another order and each at another replica.
      const links = names.slice(1).map((name, n) => [email(names[n] as string), email(name)]);
      const shuffled = links.map((_, n) => links[(n * 5) % links.length] as (typeof links)[number]);
      const answers = await Promise.all(
        shuffled.map((identifiers, n) =>
          (replicas[n % 3] as Replica).ask(IDENTIFY, { token: service, variables: { input: { identifiers } } }),
        ),
      );
      expect(answers.map(({ codes }) => codes)).toEqual(links.map(() => []));
      const shown = answers.map(({ data }) => data.identify.customer.id as string);
      for (const replica of replicas) {
        const customer = await known(replica, email(names[0] as string));
        expect(customer.identifiers).toHaveLength(names.length);
        // Every id that was ever answered leads to the one customer.
        const found = await Promise.all(shown.map((id) => replica.ask(BY_ID, { token: agent, variables: { id } })));
        expect(new Set(found.map(({ data }) => data.node.id))).toEqual(new Set([customer.id]));
      }
    });

    it('merge customers into one also where the merges cross', async () => {
      const names = Array.from({ length: 6 }, (_, n) => ownName(`merged_${n}`));
      const made = await Promise.all(
        names.map((name) => one.ask(IDENTIFY, { token: service, variables: { input: { identifiers: [email(name)] } } })),
      );
      const ids = made.map(({ data }) => data.identify.customer.id as string);
      // In a ring, and each pair from both ends.
      const pairs = ids.flatMap((id, n) => [
        [id, ids[(n + 1) % ids.length] as string],
        [ids[(n + 1) % ids.length] as string, id],
      ]);
      const answers = await Promise.all(
        pairs.map((pair, n) => (replicas[n % 3] as Replica).ask(MERGE, { token: agent, variables: { ids: pair } })),
      );
      expect(answers.filter(({ codes }) => codes.length > 0)).toEqual([]);
      for (const replica of replicas) {
        const found = await Promise.all(ids.map((id) => replica.ask(BY_ID, { token: agent, variables: { id } })));
        expect(new Set(found.map(({ data }) => data.node.id)).size).toBe(1);
        expect((await known(replica, email(names[0] as string))).identifiers).toHaveLength(names.length);
      }
    });

    it.each(Object.keys(TRANSPORTS))('send what one of them stores to the subscribers of another: %s', async (transport) => {
      const subject = ownName('subscriber');
      const token = await tokenOf('CUSTOMER', subject);
      await one.ask(CAPTURE, { token, variables: visit('first') });
      // Those of the test before have ended.
      await expect.poll(() => subscriptions(two), PATIENTLY).toBe(0);
      const inbox = TRANSPORTS[transport]?.(two.url, { token }).subscribe('subscription { interactionCaptured { id type } }', {}) as Inbox;
      await expect.poll(() => subscriptions(two), PATIENTLY).toBe(1);
      for (const id of ['second', 'third']) await three.ask(CAPTURE, { token, variables: visit(id) });
      for (const id of ['second', 'third']) expect((await inbox.next()).data).toEqual({ interactionCaptured: { id, type: 'visit' } });
    });

    it('recognise the visitor cookie that another one set, and set one successor where all see it first with a person', async () => {
      const first = await one.ask(CAPTURE, { variables: visit('anonymous'), headers: { origin: 'https://shop.example' } });
      const [cookie] = first.cookies;
      const visitor = first.data.captureInteractions.customer.id;
      expect((await two.ask(WHO, { cookie })).data.customer).toMatchObject({ id: visitor, assurance: 'RECOGNIZED' });
      const person = ownName('person');
      const token = await tokenOf('CUSTOMER', person);
      const answers = await Promise.all(replicas.map((replica) => replica.ask(WHO, { cookie, token })));
      const successors = new Set(answers.flatMap(({ cookies }) => cookies));
      expect(successors.size).toBe(1);
      const [successor] = successors;
      expect(successor).not.toBe(cookie);
      for (const replica of replicas) {
        const { customer } = (await replica.ask(WHO, { cookie: successor })).data;
        expect(customer).toMatchObject({ assurance: 'RECOGNIZED' });
        expect(customer.identifiers).toContainEqual({ type: 'crmId', value: person });
        expect((await replica.ask(WHO, { cookie })).data.customer).toMatchObject({ assurance: 'ANONYMOUS' });
      }
      expect((await known(three, { type: 'crmId', value: person })).interactions.edges).toEqual([
        { node: { id: 'anonymous', type: 'visit' } },
      ]);
    });

    it('take a handoff that another one made, and one of them once', () => expectOneTakes(replicas));

    it('know nothing of a customer whom another one erased, and refuse older evidence', async () => {
      const person = ownName('person');
      const id = { type: 'crmId', value: person };
      const token = await tokenOf('CUSTOMER', person);
      const event = { identifiers: [id, email(person)], occurredAt: new Date(Date.now() - 60_000).toISOString() };
      await one.ask(IDENTIFY, { token: service, variables: { input: event } });
      await one.ask(CAPTURE, { token, variables: visit('before') });
      // All have read, so that what they may remember is the customer before the erasure.
      const before = await Promise.all(replicas.map((replica) => known(replica, id)));
      expect(new Set(before.map((customer) => customer.id)).size).toBe(1);
      const admin = await tokenOf('ADMIN', 'somebody');
      expect((await one.ask(ERASE, { token: admin, variables: { id: before[0].id } })).data.eraseCustomer).toEqual({ complete: true });
      for (const replica of replicas) {
        expect([await known(replica, id), await known(replica, email(person))]).toEqual([null, null]);
        const erased = await replica.ask(BY_ID, { token: agent, variables: { id: before[0].id } });
        expect(erased.data.node).toEqual({ id: before[0].id });
        const again = await replica.ask(IDENTIFY, { token: service, variables: { input: event } });
        expect(again.data.identify.outcome).toBe('REJECTED');
      }
    });
  },
);

it.skipIf(isMissing('PostgreSQL'))('replicas without their Redis take a handoff once: the store decides', async () => {
  const [store, port] = [await ownDatabase(onTestFinished), await closedPort()];
  const replicas = await new Replicas({ store, redis: `redis://127.0.0.1:${port}`, atEnd: onTestFinished }).startAll(2);
  await expectOneTakes(replicas);
});

/** Expects that of many requests with one handoff, at each of the replicas, one is recognised by it. */
async function expectOneTakes(replicas: readonly Replica[]): Promise<void> {
  const person = ownName('person');
  const token = await tokenOf('CUSTOMER', person);
  const { data } = await (replicas[0] as Replica).ask(HANDOFF, { token });
  const link = { path: `/graphql?ct=${data.createHandoff.token}`, headers: { 'x-touchpoint': 'app' } };
  const answers = await Promise.all([...replicas, ...replicas].map((replica) => replica.ask(WHO, link)));
  const recognized = answers.filter((answer) => answer.data.customer?.assurance === 'RECOGNIZED');
  expect(recognized).toHaveLength(1);
  expect(recognized[0]?.data.customer.identifiers).toContainEqual({ type: 'crmId', value: person });
  expect(answers.filter((answer) => answer.data.customer === null)).toHaveLength(answers.length - 1);
}

/** How many subscriptions a replica has open. */
async function subscriptions({ url }: Replica): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^gateway_subscriptions (\d+)$/m.exec(text)?.[1]);
}
