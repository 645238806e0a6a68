import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import { CONFLICT_POLICIES, type IdentityCorrection } from '../../src/model/identity.ts';
import type { Store } from '../../src/model/ports.ts';
import { testGateway } from '../support/gateway.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';
import { rulesWith, type Step, steps } from './histories.ts';
import { PlainGraph } from './plain-graph.ts';

const pair = (type: string, value: string): Identifier => ({ type, value });
const EVERY = ['crmId', 'email', 'phone', 'visitorId'].flatMap((type) => ['a', 'b', 'c', 'd'].map((value) => pair(type, value)));
const BY_PERSON = { source: 'test', actor: null, reason: null };
const RULES = {
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'email', class: 'person', unique: false, limit: 1_000, window: null },
    { name: 'visitorId', class: 'cookie', unique: false, limit: 1_000, window: null },
  ],
  conflict: 'reassign-latest',
  capacity: 3,
} as const;

function interaction(id: string, at: number, ...identifiers: Identifier[]) {
  const rest = { type: 'view', touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null };
  return { id, occurredAt: new Date(at), identifiers, ...rest };
}

describe.each(CONFLICT_POLICIES)('an interaction that is sent again, with %s,', (conflict) => {
  const rules = rulesWith(conflict);

  it('is no evidence: it moves nothing, creates no customer, and changes no time', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 41 }), (history, decidedAt) => {
        const graph = new PlainGraph(rules);
        const take = (step: Step, index: number) => takeStep(graph, step, index, decidedAt);
        for (const [index, step] of history.entries()) take(step, index);
        const state = () => ({
          customers: graph.ids().length,
          identifiers: EVERY.map((each) => [graph.owner(each), graph.seenAt(each)]),
        });
        const before = state();
        for (const [index, step] of history.entries()) {
          if (step.kind !== 'interaction') continue;
          expect(take(step, index)).toBe('duplicate');
          expect(state()).toEqual(before);
        }
      }),
      {
        numRuns: 200,
        examples: [
          // Two customers lose the identifier in the same millisecond; the second one has the interaction.
          [
            [
              { kind: 'interaction', identifiers: [pair('email', 'b')], at: 1, id: 'i' },
              { kind: 'evidence', identifiers: [pair('crmId', 'a')], at: 1 },
              { kind: 'merge', of: [pair('crmId', 'a'), pair('email', 'b')] },
              { kind: 'interaction', identifiers: [pair('crmId', 'a')], at: 1, id: 'i' },
              { kind: 'split', of: pair('crmId', 'a') },
            ],
            1,
          ],
        ],
      },
    );
  });
});

function takeStep(graph: PlainGraph, step: Step, index: number, decidedAt: number): string | null {
  const at = new Date(decidedAt);
  switch (step.kind) {
    case 'evidence':
      graph.commit({ identifiers: step.identifiers, occurredAt: new Date(step.at), source: 'test', eventId: `at ${step.at}` });
      return null;
    case 'interaction':
      return graph.saveInteraction(interaction(`${step.id}-${index}`, step.at, ...step.identifiers)).outcome;
    case 'merge': {
      const customerIds = step.of.map((each) => graph.owner(each)).filter((id) => id !== null);
      if (customerIds.length === 2) graph.correct({ kind: 'merge', customerIds, at, ...BY_PERSON });
      return null;
    }
    default:
      graph.correct({ kind: step.kind, customerId: null, identifiers: [step.of], at, ...BY_PERSON } as IdentityCorrection);
      return null;
  }
}

describe.each(STORES)('late evidence in $name', (kind) => {
  const open = () => openTestStore({ kind, rules: RULES });
  const see = (store: Store, at: number, ...identifiers: Identifier[]) =>
    store.commit({ identifiers, occurredAt: new Date(at), source: 'test', eventId: null });
  const journeyOf = async (store: Store, id: CustomerId) => (await store.findInteractions(id, newest(100))).map((each) => each.id);
  const email = pair('email', 'tom@x.io');
  const [tom, laptop] = [pair('crmId', 'tom'), pair('visitorId', 'laptop')];

  it('of an identifier that was unlinked since belongs to its owner at that time, and creates no customer', async () => {
    const store = await open();
    await see(store, 1, tom, email);
    const [owner] = (await store.findOwners([tom])) as [CustomerId];
    await store.correct({ kind: 'unlink', customerId: null, identifiers: [email], at: new Date(50), ...BY_PERSON });
    const [receipt] = await store.saveInteractions([interaction('late', 20, email, laptop)]);
    expect(receipt).toMatchObject({ outcome: 'stored', customerId: owner, changed: [] });
    expect(await store.findOwners([email, laptop])).toEqual([null, null]);
    expect(await journeyOf(store, owner)).toEqual(['late']);
  });

  it('of an identifier that was unlinked since links nothing, and its attributes belong to its owner at that time', async () => {
    const store = await open();
    await see(store, 1, tom, email);
    const [owner] = (await store.findOwners([tom])) as [CustomerId];
    await store.correct({ kind: 'unlink', customerId: null, identifiers: [email], at: new Date(50), ...BY_PERSON });
    const attributes = { values: { city: 'Leeds' }, touchpoint: null, isVouchedFor: true };
    const event = { identifiers: [email, laptop], occurredAt: new Date(20), source: 'test', eventId: null, attributes };
    expect(await store.commit(event)).toMatchObject({ customerId: owner, created: false, linked: [], moved: [], attributed: owner });
    await store.saveInteractions([{ ...interaction('late', 30, email), attributes: { shoe: 44 }, isVouchedFor: true }]);
    expect(await store.findOwners([email, laptop])).toEqual([null, null]);
    const [kept] = await store.findAttributes([owner]);
    expect(kept?.map(({ name }) => name).sort()).toEqual(['city', 'shoe']);
    expect((await store.findCustomers([owner]))[0]?.lastSeenAt.getTime()).toBe(30);
    // Newer evidence creates a customer.
    expect(await see(store, 60, email)).toMatchObject({ created: true, linked: [email] });
  });

  it('of a former owner says nothing about the present owner of the identifier', async () => {
    const store = await open();
    const summer = pair('crmId', 'summer');
    await see(store, 10, tom, laptop);
    await see(store, 20, summer, laptop);
    const [toms, summers] = (await store.findOwners([tom, summer])) as [CustomerId, CustomerId];
    const tablet = pair('visitorId', 'tablet');
    const [receipt] = await store.saveInteractions([interaction('late', 12, laptop, tablet)]);
    expect(receipt).toMatchObject({ outcome: 'stored', customerId: toms });
    expect(await store.findOwners([laptop, tablet])).toEqual([summers, null]);
  });

  it('is recognised when it is sent again after two customers lost its identifier in the same millisecond, and is erased with its customer', async () => {
    const store = await open();
    const [summer, ada] = [pair('crmId', 'summer'), pair('crmId', 'ada')];
    await see(store, 10, tom, laptop);
    await see(store, 20, summer, laptop);
    await store.saveInteractions([interaction('between', 20, laptop)]);
    await see(store, 20, ada, laptop);
    const [, summers, adas] = (await store.findOwners([tom, summer, ada])) as [CustomerId, CustomerId, CustomerId];
    expect(await store.findOwners([laptop])).toEqual([adas]);
    expect(await store.saveInteractions([interaction('between', 20, laptop)])).toMatchObject([
      { outcome: 'duplicate', customerId: summers },
    ]);
    await store.correct({ kind: 'unlink', customerId: null, identifiers: [laptop], at: new Date(20), ...BY_PERSON });
    await store.erase({ customerId: summers, at: new Date(30), source: 'test', actor: null });
    // The cookie has no owner, and she was its last one: it is erased with her.
    expect(await store.saveInteractions([interaction('other', 25, laptop)])).toMatchObject([{ outcome: 'erased' }]);
  });

  it('that evicts an identifier does not end its ownership before the last evidence for it', async () => {
    const store = await open();
    const cookies = ['a', 'b', 'c'].map((value) => pair('visitorId', value));
    for (const [index, each] of cookies.entries()) await see(store, 100 + index, cookies[0] as Identifier, each);
    const [owner] = (await store.findOwners(cookies)) as [CustomerId];
    // Earlier, and of a stronger type: the oldest cookie is evicted.
    await see(store, 50, email, cookies[2] as Identifier);
    const owners = await store.findOwners(cookies);
    const evicted = cookies[owners.indexOf(null)] as Identifier;
    const [receipt] = await store.saveInteractions([interaction('between', 80, evicted)]);
    expect(receipt).toMatchObject({ outcome: 'stored', customerId: owner });
    expect(await store.findOwners([evicted])).toEqual([null]);
  });

  it('evicts nothing of customers that a person merged beyond the capacity; newer evidence does', async () => {
    const store = await open();
    const first = ['a', 'b', 'c'].map((value) => pair('visitorId', value));
    const second = ['d', 'e', 'f'].map((value) => pair('visitorId', value));
    await see(store, 10, ...first);
    await see(store, 11, ...second);
    const customerIds = (await store.findOwners([first[0] as Identifier, second[0] as Identifier])) as CustomerId[];
    await store.correct({ kind: 'merge', customerIds, at: new Date(100), ...BY_PERSON });
    const [owner] = (await store.findOwners(first)) as [CustomerId];
    const countOf = async () => (await store.findCustomers([owner]))[0]?.identifiers.length;
    expect(await countOf()).toBe(6);
    await see(store, 50, first[0] as Identifier);
    expect(await countOf()).toBe(6);
    await see(store, 60, first[0] as Identifier, email);
    expect(new Set(await store.findOwners([...first, ...second]))).toEqual(new Set([owner]));
    expect(await store.findOwners([email])).toEqual([null]);
    await see(store, 200, first[0] as Identifier, email);
    expect(await countOf()).toBe(6);
    expect(await store.findOwners([email])).toEqual([owner]);
  });

  it('of a failed call leaves nothing for the next one', async () => {
    const store = await open();
    await see(store, 10, tom, laptop);
    const broken = { ...interaction('2', 30, tom), attributes: { size: 1n } };
    await expect(store.saveInteractions([interaction('1', 90, tom, laptop), broken])).rejects.toThrow();
    await store.saveInteractions([interaction('3', 20, pair('crmId', 'ada'))]);
    const [owner] = (await store.findOwners([tom])) as [CustomerId];
    const [customer] = await store.findCustomers([owner]);
    expect(customer?.identifiers.map(({ lastSeenAt }) => lastSeenAt.getTime())).toEqual([10, 10]);
    expect(customer?.lastSeenAt.getTime()).toBe(10);
  });
});

it('a late identify creates no customer for an identifier that was unlinked since', async () => {
  const { ask } = await testGateway();
  const IDENTIFY = `mutation ($input: IdentifyInput!) { identify(input: $input) {
    outcome customer { id attributes { name } } linked { value } rejected { value reason }
  } }`;
  const UNLINK = 'mutation ($input: UnlinkIdentifierInput!) { unlinkIdentifier(input: $input) { customer { id } } }';
  const BY = 'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { id } }';
  const say = async (input: object) => (await ask(IDENTIFY, { variables: { input }, role: 'SERVICE' })).data.identify;
  const [tom, mail] = [pair('crmId', 'tom'), pair('email', 'tom@x.io')];
  const { customer } = await say({ identifiers: [tom, mail], occurredAt: '2026-01-05T10:00:00Z' });
  await ask(UNLINK, { variables: { input: { identifier: mail } }, role: 'AGENT' });
  const late = { identifiers: [mail], occurredAt: '2026-01-05T11:00:00Z', attributes: { name: 'Tom' } };
  expect(await say(late)).toEqual({
    outcome: 'UNCHANGED',
    customer: { id: customer.id, attributes: [{ name: 'name' }] },
    linked: [],
    rejected: [{ value: 'tom@x.io', reason: 'UNLINKED' }],
  });
  expect((await ask(BY, { variables: { i: mail }, role: 'AGENT' })).data.customerByIdentifier).toBeNull();
  expect(await say({ identifiers: [mail] })).toMatchObject({ outcome: 'CREATED', rejected: [] });
});

describe('an interaction of an erased customer', () => {
  const CAPTURE = `mutation ($input: CaptureInteractionsInput!) {
    captureInteractions(input: $input) { accepted rejected { code } }
  }`;
  const IDENTIFY = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
  const ERASE = 'mutation ($input: EraseCustomerInput!) { eraseCustomer(input: $input) { complete } }';
  const OLD = '2026-01-05T10:00:00.000Z';

  it('is refused as a whole, whatever other identifiers it has', async () => {
    const { ask } = await testGateway();
    const see = async (...identifiers: Identifier[]) =>
      (await ask(IDENTIFY, { variables: { input: { identifiers, occurredAt: OLD } }, role: 'SERVICE' })).data.identify.customer.id;
    const record = async (...identifiers: Identifier[]) => {
      const interactions = [{ type: 'view', occurredAt: OLD, identifiers, attributes: { size: 'of Tom' } }];
      return (await ask(CAPTURE, { variables: { input: { interactions } }, role: 'SERVICE' })).data.captureInteractions;
    };
    const tom = await see(pair('crmId', 'tom'), pair('email', 'tom@x.io'));
    await see(pair('visitorId', 'shared'));
    await ask(ERASE, { variables: { input: { customerId: tom } }, role: 'ADMIN' });
    expect(await record(pair('crmId', 'tom'), pair('visitorId', 'shared'))).toEqual({ accepted: 0, rejected: [{ code: 'NOT_FOUND' }] });
    const query = `{ customerByIdentifier(identifier: { type: "visitorId", value: "shared" }) {
      attributes { name } identifiers { value } interactions(first: 9) { edges { node { id } } }
    } }`;
    expect((await ask(query, { role: 'AGENT' })).data.customerByIdentifier).toEqual({
      attributes: [],
      identifiers: [{ value: 'shared' }],
      interactions: { edges: [] },
    });
    // Summer's interaction, with Tom's address: the address does not decide, and is left out.
    expect(await record(pair('crmId', 'summer'), pair('email', 'tom@x.io'))).toEqual({ accepted: 1, rejected: [] });
  });
});
