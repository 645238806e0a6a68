import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import type { IdentityChanges } from '../../src/model/identity.ts';
import type { Store } from '../../src/model/ports.ts';
import { testGateway } from '../support/gateway.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';

const cookie = (value: string): Identifier => ({ type: 'visitorId', value });
const COOKIES = ['a', 'b', 'c', 'd', 'e'];
const RULES = {
  types: [{ name: 'visitorId', class: 'cookie', unique: false, limit: 1_000, window: null }],
  conflict: 'reassign-latest',
  capacity: 50,
} as const;
const BY_HAND = { source: 'test', actor: null, reason: null };

/** Waits for the next millisecond of the store's clock, because the older of two customers survives a merge. */
function tick(): void {
  for (const begun = Date.now(); Date.now() === begun; );
}

/** Pairs that are merged one after the other, by evidence or by a person; then sets of cookies that are split off. */
const histories = fc.record({
  merges: fc.array(
    fc.record({
      of: fc.tuple(fc.constantFrom(...COOKIES), fc.constantFrom(...COOKIES)),
      byPerson: fc.boolean(),
      at: fc.integer({ min: 10, max: 30 }),
    }),
    { minLength: 1, maxLength: 7 },
  ),
  splits: fc.array(fc.subarray(COOKIES, { minLength: 1 }), { maxLength: 4 }),
});

describe.each(STORES)('splits in $name', (kind) => {
  const open = () => openTestStore({ kind, rules: RULES });
  const see = (store: Store, identifiers: readonly Identifier[], at: number) => {
    tick();
    return store.commit({ identifiers, occurredAt: new Date(at), source: 'test', eventId: null });
  };

  it('give each former customer their id and journey back, in any number of steps', async () => {
    const store = await open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(histories, async ({ merges, splits }) => {
        const prefix = `r${run++}-`;
        const ids = new Map<string, CustomerId>();
        for (const value of COOKIES) {
          ids.set(value, ((await see(store, [cookie(prefix + value)], 1)) as IdentityChanges).customerId);
          await store.saveInteractions([interaction(prefix + value, `of ${value}`, 5)]);
        }
        for (const { of, byPerson, at } of merges) {
          tick();
          const identifiers = of.map((value) => cookie(prefix + value));
          if (!byPerson) await see(store, identifiers, at);
          else {
            const customerIds = (await store.findOwners(identifiers)) as CustomerId[];
            await store.correct({ kind: 'merge', customerIds, at: new Date(at), ...BY_HAND });
          }
        }
        const split = async (values: readonly string[]) => {
          tick();
          const identifiers = values.map((value) => cookie(prefix + value));
          const [customer] = await store.findCustomers((await store.findOwners(identifiers)).slice(0, 1) as CustomerId[]);
          // A customer cannot be split from nothing.
          if (customer?.identifiers.length === values.length) return;
          await store.correct({ kind: 'split', customerId: null, identifiers, at: new Date(40), ...BY_HAND });
        };
        // Each step splits off the listed cookies that have the same owner by now.
        for (const values of splits) {
          const owners = await store.findOwners(values.map((value) => cookie(prefix + value)));
          await split(values.filter((_, index) => owners[index] === owners[0]));
        }
        for (const value of COOKIES) await split([value]);
        for (const value of COOKIES) {
          const [owner] = (await store.findOwners([cookie(prefix + value)])) as [CustomerId];
          expect(owner).toBe(ids.get(value));
          expect((await store.findInteractions(owner, newest(10))).map(({ id }) => id)).toEqual([`of ${value}`]);
          // What comes late goes where it would have gone in time.
          const [late] = await store.saveInteractions([interaction(prefix + value, `late of ${value}`, 6)]);
          expect(late).toMatchObject({ outcome: 'stored', customerId: owner });
        }
      }),
      {
        numRuns: kind.runs(60),
        examples: [
          // Who stays in the middle of a chain of merges: what it was joined by leaves, and what it joined stays.
          [
            {
              merges: [
                { of: ['e', 'd'], byPerson: false, at: 10 },
                { of: ['c', 'e'], byPerson: false, at: 10 },
                { of: ['b', 'c'], byPerson: false, at: 10 },
                { of: ['a', 'd'], byPerson: false, at: 10 },
              ],
              splits: [['c', 'e'], ['b']],
            },
          ],
        ],
      },
    );
  });
});

function interaction(value: string, id: string, at: number) {
  const rest = { type: 'view', touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null };
  return { id, occurredAt: new Date(at), identifiers: [cookie(value)], ...rest };
}

it('three journeys that were joined by an e-mail address are separated in two steps', async () => {
  const { ask } = await testGateway();
  const pair = (type: string, value: string) => ({ type, value });
  const input = (variables: object, role: 'AGENT' | 'SERVICE') => ({ variables: { input: variables }, role });
  const see = async (...identifiers: object[]) => {
    const mutation = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
    return (await ask(mutation, input({ identifiers }, 'SERVICE'))).data.identify.customer.id as string;
  };
  const view = async (id: string) => {
    const mutation = 'mutation ($input: CaptureInteractionsInput!) { captureInteractions(input: $input) { accepted } }';
    const interactions = [{ id, type: 'view', identifiers: [pair('visitorId', id)] }];
    expect((await ask(mutation, input({ interactions }, 'SERVICE'))).data.captureInteractions.accepted).toBe(1);
  };
  const split = async (...identifiers: object[]) => {
    const mutation = `mutation ($input: SplitCustomerInput!) { splitCustomer(input: $input) {
      customer { identifiers { value } }
      splitOff { id identifiers { value } interactions(first: 9) { edges { node { id } } } }
    } }`;
    return (await ask(mutation, input({ identifiers }, 'AGENT'))).data.splitCustomer;
  };
  const values = ({ identifiers }: { identifiers: { value: string }[] }) => identifiers.map(({ value }) => value).sort();
  const journey = (customer: { interactions: { edges: { node: { id: string } }[] } }) =>
    customer.interactions.edges.map(({ node }) => node.id);

  const ids: Record<string, string> = {};
  for (const name of ['his', 'hers', 'kid']) {
    ids[name] = await see(pair('visitorId', name));
    await view(name);
    tick();
  }
  for (const name of ['his', 'hers', 'kid']) await see(pair('visitorId', name), pair('email', 'us@x.io'));
  const first = await split(pair('visitorId', 'hers'), pair('visitorId', 'kid'));
  expect(values(first.customer)).toEqual(['his', 'us@x.io']);
  expect(first.splitOff.id).toBe(ids.hers);
  expect(journey(first.splitOff).sort()).toEqual(['hers', 'kid']);
  const second = await split(pair('visitorId', 'kid'));
  expect(values(second.customer)).toEqual(['hers']);
  expect(second.splitOff.id).toBe(ids.kid);
  expect(journey(second.splitOff)).toEqual(['kid']);
});

it('splitting a cookie from a person leaves the person their id, whichever of both is older', async () => {
  const { ask } = await testGateway();
  const see = async (identifiers: object[]) => {
    const mutation = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
    return (await ask(mutation, { variables: { input: { identifiers } }, role: 'SERVICE' })).data.identify.customer.id as string;
  };
  const [laptop, tom] = [cookie('laptop'), { type: 'crmId', value: 'tom' }];
  const before = await see([laptop]);
  tick();
  await see([tom]);
  expect(await see([laptop, tom])).toBe(before);
  const mutation = `mutation ($input: SplitCustomerInput!) { splitCustomer(input: $input) {
    customer { id identifiers { value } } splitOff { id identifiers { value } }
  } }`;
  const { data } = await ask(mutation, { variables: { input: { identifiers: [laptop] } }, role: 'AGENT' });
  expect(data.splitCustomer.customer).toEqual({ id: before, identifiers: [{ value: 'tom' }] });
  expect(data.splitCustomer.splitOff.identifiers).toEqual([{ value: 'laptop' }]);
});

it('splits give a merged customer the id that they had, and not one that was only shown for an identifier of theirs', async () => {
  const { ask } = await testGateway();
  const pair = (type: string, value: string) => ({ type, value });
  const input = (variables: object, role: 'AGENT' | 'SERVICE') => ({ variables: { input: variables }, role });
  const see = async (identifiers: object[]) => {
    const mutation = 'mutation ($input: IdentifyInput!) { identify(input: $input) { customer { id } } }';
    return (await ask(mutation, input({ identifiers }, 'SERVICE'))).data.identify.customer.id as string;
  };
  const merge = 'mutation ($input: MergeCustomersInput!) { mergeCustomers(input: $input) { customer { id } } }';
  const split = 'mutation ($input: SplitCustomerInput!) { splitCustomer(input: $input) { splitOff { id } } }';
  const ada = await see([pair('crmId', 'ada')]);
  // The shown ids are as old as the customer, to the millisecond, and ids are random: one customer alone may pass by chance.
  for (let n = 0; n < 12; n++) {
    const own = [pair('email', `club${n}@x.io`), pair('visitorId', `club-${n}`)];
    const before = await see(own);
    expect((await ask(merge, input({ customerIds: [ada, before] }, 'AGENT'))).data.mergeCustomers.customer.id).toBe(ada);
    expect((await ask(split, input({ identifiers: own }, 'AGENT'))).data.splitCustomer.splitOff.id).toBe(before);
  }
});
