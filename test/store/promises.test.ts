import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith } from '../identity/histories.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';
import { decision, ofEverybody, perCustomer, response, toKeep } from './offer-samples.ts';

const rules = rulesWith('reassign-latest');
const NOBODY = '00000000-0000-4000-8000-000000000000' as CustomerId;
const AT = new Date(1_000);
const BY_HAND = { at: AT, source: 'test', actor: null, reason: null };
const cookie = (value: unknown): Identifier => ({ type: 'visitorId', value: String(value) });
const see = (store: Store, ...identifiers: Identifier[]) =>
  store.commit({ identifiers, occurredAt: AT, source: 'test', eventId: null, attributes: { values: { size: 'L' }, touchpoint: 'web' } });
const view = (store: Store, id: string, identifier: Identifier) =>
  store.saveInteractions([
    {
      ...{ id, type: 'view', occurredAt: AT, identifiers: [identifier], touchpoint: 'web', pageUrl: null, properties: { n: 1 } },
      ...{ source: 'test', attributes: {}, provenAt: null },
    },
  ]);
const rotation = {
  ...{ cookie: cookie('old'), successor: 'new', proof: 'a proof', kind: 'person' as const, at: AT, source: 'test' },
  proven: [{ type: 'crmId', value: 'ada' }],
};

type NotCalled = 'version' | 'identityAge' | 'onIdentityChange' | 'backlog' | 'close';

/** Every method of the port that returns a promise but `close`, with something to do. */
const CALLS: { readonly [Name in Exclude<keyof Store, NotCalled>]: (store: Store) => Promise<unknown> } = {
  findOwners: (store) => store.findOwners([cookie('a')]),
  findCustomers: (store) => store.findCustomers([NOBODY]),
  provisionalIds: (store) => store.provisionalIds([cookie('a')]),
  findIdentityEvents: (store) => store.findIdentityEvents(NOBODY, { limit: 5, after: null }),
  findInteractions: (store) => store.findInteractions(NOBODY, newest(5)),
  findTraits: (store) => store.findTraits([NOBODY], [], AT),
  findAttributes: (store) => store.findAttributes([NOBODY]),
  findRetired: (store) => store.findRetired([cookie('a')]),
  findOfferStates: (store) => store.findOfferStates([{ customerId: NOBODY, placement: 'home', at: AT, caps: [] }]),
  findDecisions: (store) => store.findDecisions(NOBODY, null, 5),
  findEvidence: (store) => store.findEvidence(),
  findOfferTotals: (store) => store.findOfferTotals({ placement: null, since: null, until: null }),
  findAudienceEvents: (store) => store.findAudienceEvents(NOBODY, 5),
  keepDecision: (store) => store.keepDecision(toKeep(decision(NOBODY, { at: AT }))),
  saveResponse: (store) => store.saveResponse(response(decision(NOBODY, { at: AT }), cookie('a'))),
  saveAudiences: (store) => store.saveAudiences(NOBODY, new Map([['loyal', true]]), AT),
  commit: (store) => see(store, cookie('a')),
  correct: (store) => store.correct({ kind: 'unlink', customerId: null, identifiers: [cookie('a')], ...BY_HAND }),
  correctAll: (store) => store.correctAll([]),
  preview: (store) =>
    store.preview({ kind: 'correction', correction: { kind: 'unlink', customerId: null, identifiers: [cookie('a')], ...BY_HAND } }),
  confirm: (store) =>
    store.confirm({ customerId: NOBODY, agent: 'a', method: 'm', confirmedAt: AT, expiresAt: AT, source: 'test', actor: null }),
  findConfirmations: (store) => store.findConfirmations('a', [NOBODY]),
  erase: (store) => store.erase({ customerId: NOBODY, at: AT, source: 'test', actor: null }),
  saveInteractions: (store) => view(store, 'i', cookie('a')),
  rotate: (store) => store.rotate(rotation),
  findSetting: (store) => store.findSetting('a'),
  keepSetting: (store) => store.keepSetting('a', '1'),
  claim: (store) => store.claim('a', new Date(Date.now() + 60_000)),
};

describe.each(STORES)('the store in $name', (kind) => {
  it('counts the writes that are not on disk yet', async () => {
    const store = await openTestStore({ kind, directory: temporaryDirectory(), rules });
    expect(store.backlog()).toEqual({ waiting: 0, age: 0 });
    const writes = [store.keepSetting('a', '1'), store.keepSetting('b', '1')];
    expect(store.backlog()).toEqual({ waiting: 2, age: expect.any(Number) });
    await Promise.all(writes);
    expect(store.backlog()).toEqual({ waiting: 0, age: 0 });
  });

  it('has after a restart whatever was acknowledged before it', async () => {
    const directory = temporaryDirectory();
    const open = () => openTestStore({ kind, directory, rules });
    const before = await open();
    await see(before, cookie('a'), cookie('b'));
    await view(before, 'i', cookie('a'));
    await before.rotate(rotation);
    await before.keepSetting('kept', 'first');
    await before.claim('used', new Date(Date.now() + 60_000));
    const answers = async (store: Store) => {
      const owners = await store.findOwners([cookie('a'), cookie('b'), cookie('new'), cookie('c')]);
      const [id] = owners as [CustomerId];
      return [
        ...[owners, await store.findCustomers([id]), await store.provisionalIds([cookie('c')]), await store.findAttributes([id])],
        ...[await store.findInteractions(id, newest(9)), await store.findIdentityEvents(id, { limit: 9, after: null })],
        ...[await store.findRetired([cookie('old')]), await store.keepSetting('kept', 'second')],
        await store.claim('used', new Date(Date.now() + 60_000)),
      ];
    };
    const expected = await answers(before);
    await before.close();
    const after = await answers(await open());
    expect(after).toEqual(expected);
    expect(after.at(-1)).toBe(false);
  });

  it('answers in the order of what was asked, as often as it was asked, and null for what nobody has', async () => {
    const store = await openTestStore({ kind, rules });
    // Few and many are asked by different statements.
    for (const count of [2, 30]) {
      const some = Array.from({ length: count }, (_, n) => cookie(`${count}-${n}`));
      for (const each of some) await see(store, each);
      const asked = [...some.toReversed(), cookie('nobody'), some[0] as Identifier];
      const owners = await store.findOwners(asked);
      expect(new Set(owners).size).toBe(count + 1);
      expect(owners.at(-2)).toBeNull();
      expect(owners.at(-1)).toBe(owners[count - 1]);
      const ids = owners.map((id) => id ?? NOBODY);
      const customers = await store.findCustomers(ids);
      expect(customers.map((customer) => customer?.id ?? null)).toEqual(owners);
      expect(customers.map((customer) => customer?.identifiers[0]?.value)).toEqual(
        asked.map(({ value }) => (value === 'nobody' ? undefined : value)),
      );
      expect((await store.findAttributes(ids)).map((attributes) => attributes.length)).toEqual(owners.map((id) => (id === null ? 0 : 1)));
    }
  });

  it('answers by every id that a customer ever had, and never with one that was merged', async () => {
    const store = await openTestStore({ kind, rules });
    for (const value of ['a', 'b']) {
      await see(store, cookie(value));
      await view(store, `of ${value}`, cookie(value));
    }
    const customerIds = (await store.findOwners([cookie('a'), cookie('b')])) as CustomerId[];
    await store.correct({ kind: 'merge', customerIds, ...BY_HAND });
    const [root] = (await store.findOwners([cookie('b')])) as [CustomerId];
    expect((await store.findCustomers(customerIds)).map((customer) => customer?.id)).toEqual([root, root]);
    for (const id of customerIds) {
      expect((await store.findInteractions(id, newest(9))).map((each) => each.id)).toEqual(['of b', 'of a']);
      expect(await store.findIdentityEvents(id, { limit: 9, after: null })).toHaveLength(3);
    }
  });

  it('has another version after a commit of another process, and the same one until then', async () => {
    const directory = temporaryDirectory();
    const [one, other] = [await openTestStore({ kind, directory, rules }), await openTestStore({ kind, directory, rules })];
    if (one.version() === null) return;
    for (const write of [see, (store: Store, identifier: Identifier) => view(store, 'i', identifier)]) {
      const before = one.version();
      await one.findOwners([cookie('a')]);
      expect(one.version()).toBe(before);
      await write(other, cookie('a'));
      const between = one.version();
      expect(between).not.toBe(before);
      await write(one, cookie('b'));
      expect(one.version()).toBe(between);
    }
  });

  it('reports which customers and cookies its own writes changed, before their promises resolve', async () => {
    const store = await openTestStore({ kind, rules });
    const reported = { customers: new Set<string>(), cookies: new Set<string>() };
    store.onIdentityChange(({ customers, cookies }) => {
      for (const id of customers) reported.customers.add(id);
      for (const key of cookies) reported.cookies.add(key);
    });
    await see(store, cookie('a'));
    await see(store, cookie('b'));
    const [a, b] = (await store.findOwners([cookie('a'), cookie('b')])) as [CustomerId, CustomerId];
    expect([...reported.customers]).toEqual(expect.arrayContaining([a, b]));
    const writes: Readonly<Record<string, [readonly CustomerId[], () => Promise<unknown>]>> = {
      evidence: [[a], () => see(store, cookie('a'))],
      interaction: [[b], () => view(store, 'i', cookie('b'))],
      merge: [[a, b], () => store.correct({ kind: 'merge', customerIds: [a, b], ...BY_HAND })],
      unlink: [[a], () => store.correct({ kind: 'unlink', customerId: null, identifiers: [cookie('b')], ...BY_HAND })],
      rotation: [[a], () => store.rotate({ ...rotation, kind: 'replace', cookie: cookie('a'), proven: [] })],
      erasure: [[a], () => store.erase({ customerId: a, at: AT, source: 'test', actor: null })],
    };
    for (const [what, [ids, write]] of Object.entries(writes)) {
      reported.customers.clear();
      await write();
      expect({ [what]: [...reported.customers] }).toEqual({ [what]: expect.arrayContaining([...ids]) });
    }
    expect([...reported.cookies]).toContain(`visitorId:a`);
  });

  it('keeps its version when decisions and audiences are stored, so that they empty no memory of identities', async () => {
    const directory = temporaryDirectory();
    const [one, other] = [await openTestStore({ kind, directory, rules }), await openTestStore({ kind, directory, rules })];
    if (one.version() === null) return;
    const made = (id: string) => toKeep(decision(NOBODY, { id }), [perCustomer(9), ofEverybody(9)]);
    for (const store of [one, other]) {
      const before = [one.version(), other.version()];
      await store.keepDecision({ ...made(`of ${before}`), mayStore: store === one });
      await store.saveAudiences(NOBODY, new Map([[`of ${before}`, true]]), AT);
      expect([one.version(), other.version()]).toEqual(before);
    }
    await one.commit({ identifiers: [cookie('old')], occurredAt: AT, source: 'test', eventId: null });
    const writes: Readonly<Record<string, () => Promise<unknown>>> = {
      interaction: () => view(one, 'i', cookie('a')),
      'evidence for what is known': () =>
        one.commit({ identifiers: [cookie('a')], occurredAt: new Date(9_000), source: 'test', eventId: null }),
      rotation: () => one.rotate(rotation),
      correction: () => one.correct({ kind: 'unlink', customerId: null, identifiers: [cookie('a')], ...BY_HAND }),
      erasure: async () => {
        const [id] = (await one.findOwners([cookie('new')])) as [CustomerId];
        return one.erase({ customerId: id, at: AT, source: 'test', actor: null });
      },
    };
    for (const [what, write] of Object.entries(writes)) {
      const before = other.version();
      await write();
      expect({ [what]: other.version() }).not.toEqual({ [what]: before });
    }
  });

  it('has nobody under an id with a NUL, and answers others who ask at the same time', async () => {
    const store = await openTestStore({ kind, rules });
    await see(store, cookie('a'));
    const odd = 'a\0b' as CustomerId;
    const [id] = (await store.findOwners([cookie('a')])) as [CustomerId];
    expect((await store.findCustomers([odd, id])).map((customer) => customer?.id)).toEqual([undefined, id]);
    expect(await store.findOwners([cookie('a\0b'), cookie('a')])).toEqual([null, id]);
    expect(await store.findInteractions(odd, newest(5))).toEqual([]);
    expect(await store.findAttributes([odd, id])).toMatchObject([[], [{ name: 'size' }]]);
    expect(await store.correct({ kind: 'merge', customerIds: [odd, id], ...BY_HAND })).toMatchObject({ why: 'unknown-customer' });
    expect(await store.erase({ customerId: odd, at: AT, source: 'test', actor: null })).toBe(true);
  });

  it.each(Object.entries(CALLS))('answers %s while it is open, and fails it once it is closed', async (_, call) => {
    const store = await openTestStore({ kind, rules });
    const underWay = call(store);
    await store.close();
    await underWay;
    await expect(call(store)).rejects.toThrow();
    await store.close();
  });
});
