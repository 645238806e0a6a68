import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import { type OfferCap, RESERVED_FOR } from '../../src/model/offer.ts';
import type { Store } from '../../src/model/ports.ts';
import { MAX_EXPOSED_IDS } from '../../src/store/offer-counts.ts';
import { rulesWith } from '../identity/histories.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { linesUntilKilled } from '../support/killed.ts';
import { openTestStore, type TestStoreOptions } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';
import { DAY, decision, HOUR, later, MINUTE, NOON, ofEverybody, perCustomer, response, toKeep } from './offer-samples.ts';

const BY_HAND = { source: 'test', actor: null, reason: null };
const crmId = (value: string): Identifier => ({ type: 'crmId', value });
const cookie = (value: string): Identifier => ({ type: 'visitorId', value });

async function customer(store: Store, ...identifiers: [Identifier, ...Identifier[]]): Promise<CustomerId> {
  await store.commit({ identifiers, occurredAt: later(-DAY), source: 'test', eventId: null });
  return (await store.findOwners(identifiers))[0] as CustomerId;
}

const keep = async (
  store: Store,
  id: CustomerId,
  caps: readonly OfferCap[],
  sample: Parameters<typeof decision>[1] & { holder?: string } = {},
) => (await store.keepDecision(toKeep(decision(id, sample), caps, { holder: sample.holder ?? 'one' }))).outcome;

const countOf = async (store: Store, customerId: CustomerId, cap: OfferCap, at = NOON) => {
  const [state] = await store.findOfferStates([{ customerId, placement: 'elsewhere', at, caps: [{ offer: 'one', cap }] }]);
  return state?.counts[0];
};

/** What each must find nothing of. */
const BROKEN = {
  'a lease whose reservations are not those that are open': `
    select l.holder from offer_cap_lease l where l.reserved <>
      (select count(*) from offer_exposure e where e.holder = l.holder and e.offer = l.offer and e.reserved_until is not null)`,
  'presentations of everybody that are not those of customers': `
    select 1 where (select coalesce(sum(shown), 0) from offer_cap_span) <> (select count(*) from offer_exposure where shown_at is not null)`,
  'totals that are not those of customers': `
    select 1 where (select coalesce(sum(presented), 0) from offer_total) <> (select count(*) from offer_exposure where shown_at is not null)`,
  'a response without its interaction': `
    select e.decision_id from offer_exposure e
    where e.presented_at is not null and not exists (select 1 from interaction i where i.id = e.decision_id || ':one:presented')`,
  'an interaction without its response': `
    select i.id from interaction i where i.type = 'offer_presented' and not exists (
      select 1 from offer_exposure e where e.presented_at is not null and i.id = e.decision_id || ':one:presented')`,
};

describe.each(STORES)('caps over several processes in $name', (kind) => {
  const rules = rulesWith('reassign-latest');
  const open = (options: Partial<TestStoreOptions> = {}) => openTestStore({ kind, rules, ...options });
  const two = async () => {
    const directory = temporaryDirectory();
    return [await open({ directory }), await open({ directory })] as const;
  };

  it('gives a cap of everybody that is 1 to one of 200 customers who ask two processes at once', async () => {
    const stores = await two();
    const ids = await Promise.all(Array.from({ length: 200 }, (_, n) => customer(stores[n % 2 === 0 ? 0 : 1], crmId(`c${n}`))));
    const ask = (id: CustomerId, n: number) => keep(stores[n % 2 === 0 ? 1 : 0], id, [ofEverybody(1)], { holder: `${n % 2}` });
    const outcomes = await Promise.all(ids.map(ask));
    expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(1);
    expect(await countOf(stores[0], ids[0] as CustomerId, ofEverybody(1))).toBe(1);
  });

  it('reserves once for a customer who asks two processes many times at once', async () => {
    const stores = await two();
    const ada = await customer(stores[0], crmId('ada'));
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        keep(stores[n % 2 === 0 ? 0 : 1], ada, [perCustomer(9), ofEverybody(9)], { id: `d${n % 5}`, holder: `${n % 2}` }),
      ),
    );
    expect(new Set(outcomes)).toEqual(new Set(['kept']));
    expect(await countOf(stores[0], ada, perCustomer(9))).toBe(1);
    expect(await countOf(stores[1], ada, ofEverybody(9))).toBe(1);
  });

  it('gives out all of a cap that two processes share by leases, and not one more', async () => {
    const stores = await two();
    const ids = await Promise.all(Array.from({ length: 120 }, (_, n) => customer(stores[0], crmId(`c${n}`))));
    const ask = (id: CustomerId, n: number) => keep(stores[n % 2 === 0 ? 0 : 1], id, [ofEverybody(80)], { holder: `${n % 2}` });
    const outcomes = await Promise.all(ids.map(ask));
    // What one process has leased and not spent, only it can give out.
    for (const [n, id] of ids.entries()) {
      for (const holder of outcomes[n] === 'capped' ? ['0', '1'] : []) {
        if (outcomes[n] === 'capped') outcomes[n] = await keep(stores[0], id, [ofEverybody(80)], { holder });
      }
    }
    expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(80);
  });

  it('lets others have what a process that ended has not spent, once its lease has ended', async () => {
    const [store] = await two();
    const ids = await Promise.all(Array.from({ length: 70 }, (_, n) => customer(store, crmId(`c${n}`))));
    const cap = [ofEverybody(64)];
    // It gets a block of 4.
    expect(await keep(store, ids[0] as CustomerId, cap, { holder: 'ends' })).toBe('kept');
    const rest = ids.slice(1);
    const outcomes = await Promise.all(rest.map((id) => keep(store, id, cap)));
    expect(outcomes.filter((outcome) => outcome === 'kept')).toHaveLength(60);
    // Those who have reservations keep them; everybody else may have what has returned.
    const at = later(RESERVED_FOR - 1);
    for (const [index, id] of rest.entries()) if (outcomes[index] === 'kept') await keep(store, id, cap, { at });
    const refused = rest.filter((_, index) => outcomes[index] === 'capped');
    expect(await keep(store, refused[0] as CustomerId, cap, { at })).toBe('capped');
    const after = await Promise.all(refused.map((id) => keep(store, id, cap, { at: later(RESERVED_FOR) })));
    expect(after.filter((outcome) => outcome === 'kept')).toHaveLength(4);
  });

  it('spends nothing from a lease that another process has ended, whose clock is ahead', async () => {
    const store = await open();
    const ids = await Promise.all(Array.from({ length: 66 }, (_, n) => customer(store, crmId(`c${n}`))));
    const cap = [ofEverybody(64)];
    expect(await keep(store, ids[0] as CustomerId, cap, { holder: 'behind' })).toBe('kept');
    const rest = ids.slice(1, 65);
    const outcomes = await Promise.all(rest.map((id) => keep(store, id, cap, { at: later(RESERVED_FOR) })));
    expect(new Set(outcomes)).toEqual(new Set(['kept']));
    expect(await keep(store, ids[65] as CustomerId, cap, { holder: 'behind', at: later(RESERVED_FOR - 1) })).toBe('capped');
  });

  it('counts a presentation that comes after its reservation has ended, though it exceeds the cap', async () => {
    const store = await open();
    const [ada, tom] = [await customer(store, crmId('ada')), await customer(store, crmId('tom'))];
    const caps = [ofEverybody(1)];
    await keep(store, ada, caps);
    expect(await keep(store, tom, caps, { at: later(RESERVED_FOR) })).toBe('kept');
    for (const [id, name, at] of [
      [ada, 'ada', NOON],
      [tom, 'tom', later(RESERVED_FOR)],
    ] as const) {
      const answer = response(decision(id, { at }), crmId(name), { caps, occurredAt: later(RESERVED_FOR + MINUTE) });
      expect((await store.saveResponse(answer)).outcome).toBe('counted');
    }
    expect(await countOf(store, ada, ofEverybody(1), later(HOUR))).toBe(2);
    expect(await countOf(store, ada, perCustomer(9), later(HOUR))).toBe(1);
  });

  it('leaves each part of a split what was counted under its ids', async () => {
    const store = await open();
    const [ada, tom] = [await customer(store, crmId('ada'), cookie('a')), await customer(store, crmId('tom'), cookie('b'))];
    for (const [id, name] of [
      [ada, 'ada'],
      [tom, 'tom'],
    ] as const) {
      await store.keepDecision(toKeep(decision(id)));
      await store.saveResponse(response(decision(id), crmId(name)));
      await store.saveAudiences(id, new Map([[name, true]]), NOON);
    }
    await store.correct({ kind: 'merge', customerIds: [ada, tom], at: NOON, ...BY_HAND });
    expect(await countOf(store, tom, perCustomer(9), later(HOUR))).toBe(2);
    expect(await store.findDecisions(ada, null, 9)).toHaveLength(2);
    await store.correct({ kind: 'split', customerId: null, identifiers: [crmId('tom'), cookie('b')], at: later(HOUR), ...BY_HAND });
    const [adaNow, tomNow] = (await store.findOwners([crmId('ada'), crmId('tom')])) as [CustomerId, CustomerId];
    expect(adaNow).not.toBe(tomNow);
    for (const [id, before, name] of [
      [adaNow, ada, 'ada'],
      [tomNow, tom, 'tom'],
    ] as const) {
      expect(await countOf(store, id, perCustomer(9), later(2 * HOUR))).toBe(1);
      expect((await store.findDecisions(id, null, 9)).map(({ customerId }) => customerId)).toEqual([before]);
      expect((await store.findAudienceEvents(id, 9)).map(({ audience }) => audience)).toEqual([name]);
    }
  });

  it('keeps what a visitor has reserved before anything is stored of them, and after they log in', async () => {
    const store = await open();
    const [shown] = (await store.provisionalIds([cookie('new')])) as [CustomerId];
    expect(await keep(store, shown, [perCustomer(2)])).toBe('kept');
    expect(await countOf(store, shown, perCustomer(9))).toBe(1);
    await customer(store, crmId('ada'));
    await store.commit({ identifiers: [crmId('ada'), cookie('new')], occurredAt: NOON, source: 'test', eventId: null });
    const [ada] = (await store.findOwners([crmId('ada')])) as [CustomerId];
    expect(await countOf(store, ada, perCustomer(9))).toBe(1);
  });

  it('looks for presentations under a bounded number of ids of a customer, and counts each one that follows', async () => {
    const store = await open();
    const ada = await customer(store, crmId('ada'));
    for (let n = 0; n < MAX_EXPOSED_IDS + 20; n++) {
      const visitor = cookie(`v${n}`);
      const shown = decision(await customer(store, visitor));
      await store.saveResponse(response(shown, visitor));
      await store.commit({ identifiers: [crmId('ada'), visitor], occurredAt: NOON, source: 'test', eventId: null });
    }
    expect(await countOf(store, ada, perCustomer(1_000))).toBe(MAX_EXPOSED_IDS);
    for (let n = 0; n < 3; n++) await store.saveResponse(response(decision(ada, { id: `d${n}` }), crmId('ada')));
    // The id of today takes the place of another one.
    expect(await countOf(store, ada, perCustomer(1_000))).toBe(MAX_EXPOSED_IDS - 1 + 3);
    expect(await keep(store, ada, [perCustomer(MAX_EXPOSED_IDS + 2)])).toBe('capped');
    expect(await keep(store, ada, [perCustomer(MAX_EXPOSED_IDS + 3)])).toBe('kept');
  });

  it('returns what an erased customer has reserved, and never what they were presented', async () => {
    const store = await open();
    const [ada, tom] = [await customer(store, crmId('ada')), await customer(store, crmId('tom'))];
    const caps = [ofEverybody(2)];
    await store.saveResponse(response(decision(ada, { id: 'shown', placement: 'agent' }), crmId('ada'), { caps }));
    expect(await keep(store, ada, caps)).toBe('kept');
    expect(await keep(store, tom, caps)).toBe('capped');
    await store.erase({ customerId: ada, at: new Date(), source: 'test', actor: null });
    expect(await keep(store, tom, caps)).toBe('kept');
    expect(await countOf(store, tom, ofEverybody(9))).toBe(2);
  });

  it('is consistent, with every acknowledged response, after being killed in the middle of them, 4 times', async () => {
    const directory = temporaryDirectory();
    const acknowledged = new Set<string>();
    for (let round = 1; round <= 4; round++) {
      const args = [kind.url(directory, 'graph'), String(round)];
      for (const line of await linesUntilKilled('test/store/respond-forever.ts', args, round * 40)) acknowledged.add(line);
      for (const [what, sql] of Object.entries(BROKEN))
        expect({ [what]: await kind.rows(directory, 'graph', sql) }).toEqual({ [what]: [] });
      const rows = await kind.rows(directory, 'graph', 'select decision_id from offer_exposure where presented_at is not null');
      const stored = new Set((rows as { decision_id: string }[]).map(({ decision_id }) => decision_id));
      expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
    }
    expect(acknowledged.size).toBeGreaterThan(300);
  });
});
