import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import type { StoredCustomer } from '../../src/model/identity.ts';
import { OFFER_RESPONSES, type OfferCap, RESERVED_FOR } from '../../src/model/offer.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith } from '../identity/histories.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';
import { DAY, decision, HOUR, later, MINUTE, NOON, ofEverybody, perCustomer, response, toKeep } from './offer-samples.ts';

const BY_HAND = { at: NOON, source: 'test', actor: null, reason: null };
const crmId = (value: string): Identifier => ({ type: 'crmId', value });
const ALL = { placement: null, since: null, until: null };

async function customer(store: Store, name: string): Promise<CustomerId> {
  await store.commit({ identifiers: [crmId(name)], occurredAt: later(-DAY), source: 'test', eventId: null });
  return (await store.findOwners([crmId(name)]))[0] as CustomerId;
}

const countsOf = async (store: Store, customerId: CustomerId, caps: readonly OfferCap[], { at = NOON, placement = 'home' } = {}) => {
  const asked = caps.map((cap) => ({ offer: 'one', cap }));
  return (await store.findOfferStates([{ customerId, placement, at, caps: asked }]))[0]?.counts;
};

describe.each(STORES)('decisions in $name', (kind) => {
  const open = () => openTestStore({ kind, rules: rulesWith('reassign-latest') });

  it('keeps a decision once, and answers the newest first, by placement or over all', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const first = decision(ada, { id: 'first', sticky: HOUR });
    const agent = decision(ada, { id: 'agent', placement: 'agent', at: later(MINUTE), offers: [] });
    const second = decision(ada, { id: 'second', at: later(2 * MINUTE), offers: ['one', 'two'] });
    for (const each of [first, agent, second]) expect(await store.keepDecision(toKeep(each))).toEqual({ outcome: 'kept', decision: each });
    const again = { ...first, decidedAt: later(5 * MINUTE) };
    expect(await store.keepDecision(toKeep(again))).toEqual({ outcome: 'kept', decision: first });
    expect(await store.findDecisions(ada, null, 9)).toEqual([second, agent, first]);
    expect(await store.findDecisions(ada, 'home', 9)).toEqual([second, first]);
    expect(await store.findDecisions(ada, null, 2)).toEqual([second, agent]);
    expect(await store.findDecisions('nobody' as CustomerId, null, 9)).toEqual([]);
  });

  it('keeps nothing but reservations where nothing may be stored', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const kept = await store.keepDecision(toKeep(decision(ada, { sticky: HOUR }), [perCustomer(1)], { mayStore: false }));
    expect(kept.outcome).toBe('kept');
    expect(await store.findDecisions(ada, null, 9)).toEqual([]);
    expect(await countsOf(store, ada, [perCustomer(5)], { placement: 'agent' })).toEqual([1]);
  });

  it('answers the sticky decision of a placement until its time, and keeps no other beside it', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const sticky = decision(ada, { id: 'sticky', sticky: HOUR });
    await store.keepDecision(toKeep(sticky));
    const state = async (placement: string, at: Date) =>
      (await store.findOfferStates([{ customerId: ada, placement, at, caps: [] }]))[0]?.sticky;
    expect(await state('home', later(HOUR - 1))).toEqual(sticky);
    expect(await state('home', later(HOUR))).toBeNull();
    expect(await state('agent', NOON)).toBeNull();
    const other = decision(ada, { id: 'other', at: later(MINUTE), sticky: HOUR });
    expect(await store.keepDecision(toKeep(other, [perCustomer(1)], { replaces: null }))).toEqual({ outcome: 'sticky', decision: sticky });
    expect(await countsOf(store, ada, [perCustomer(5)], { placement: 'agent' })).toEqual([0]);
    expect((await store.keepDecision(toKeep(other, [], { replaces: 'sticky' }))).outcome).toBe('kept');
    expect(await state('home', later(2 * MINUTE))).toEqual(other);
    const late = decision(ada, { id: 'late', at: NOON, sticky: HOUR });
    expect(await store.keepDecision(toKeep(late))).toEqual({ outcome: 'sticky', decision: other });
  });
});

describe.each(STORES)('caps in $name', (kind) => {
  const open = () => openTestStore({ kind, rules: rulesWith('reassign-latest') });

  it('reserves an offer until its cap is reached, over all placements', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const caps = [perCustomer(2, DAY)];
    const keep = (id: string, placement: string) => store.keepDecision(toKeep(decision(ada, { id, placement }), caps));
    expect((await keep('a', 'home')).outcome).toBe('kept');
    expect((await keep('b', 'agent')).outcome).toBe('kept');
    expect(await keep('c', 'basket')).toEqual({ outcome: 'capped', offers: ['one'] });
    expect(await store.findDecisions(ada, 'basket', 9)).toEqual([]);
    expect(await countsOf(store, ada, [perCustomer(9, DAY)])).toEqual([1]);
    expect(await countsOf(store, ada, [perCustomer(9, DAY)], { placement: 'basket' })).toEqual([2]);
  });

  it('uses a reservation of the customer at the placement again', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const caps = [perCustomer(1), ofEverybody(1)];
    const keep = (id: string, minutes: number) =>
      store.keepDecision(toKeep(decision(ada, { id, at: later(minutes * MINUTE) }), caps)).then(({ outcome }) => outcome);
    expect(await keep('a', 0)).toBe('kept');
    expect(await keep('b', 9)).toBe('kept');
    expect(await keep('b', 18)).toBe('kept');
    const at = later(27 * MINUTE);
    expect(await countsOf(store, ada, caps, { at })).toEqual([0, 0]);
    expect(await countsOf(store, ada, caps, { at, placement: 'agent' })).toEqual([1, 1]);
    expect(await countsOf(store, ada, caps, { at: later(28 * MINUTE), placement: 'agent' })).toEqual([0, 0]);
  });

  it('gives a reservation back that was not presented in its time, also to others', async () => {
    const store = await open();
    const [ada, tom] = [await customer(store, 'ada'), await customer(store, 'tom')];
    const caps = [ofEverybody(1)];
    await store.keepDecision(toKeep(decision(ada), caps));
    const keep = (at: Date) => store.keepDecision(toKeep(decision(tom, { at }), caps)).then(({ outcome }) => outcome);
    expect(await keep(later(RESERVED_FOR - 1))).toBe('capped');
    expect(await countsOf(store, tom, caps, { at: later(RESERVED_FOR) })).toEqual([0]);
    expect(await keep(later(RESERVED_FOR))).toBe('kept');
    expect(await countsOf(store, ada, caps, { at: later(RESERVED_FOR) })).toEqual([1]);
  });

  it('counts what was presented for as long as the window says', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const caps = [perCustomer(1, DAY), ofEverybody(1, 64 * DAY), perCustomer(9)];
    const first = decision(ada, { id: 'first' });
    await store.keepDecision(toKeep(first, caps));
    expect((await store.saveResponse(response(first, crmId('ada'), { caps, occurredAt: NOON }))).outcome).toBe('counted');
    const countsAt = (at: Date) => countsOf(store, ada, caps, { at });
    expect(await countsAt(later(DAY - 1))).toEqual([1, 1, 1]);
    expect(await countsAt(later(DAY))).toEqual([0, 1, 1]);
    // Of everybody, spans of a 64th of the window are counted as a whole.
    expect(await countsAt(later(64 * DAY))).toEqual([0, 1, 1]);
    expect(await countsAt(later(65 * DAY))).toEqual([0, 0, 1]);
    // The same decision again presents nothing new.
    expect((await store.keepDecision(toKeep({ ...first, decidedAt: later(MINUTE) }, caps))).outcome).toBe('kept');
  });

  it('gives a cap of everybody that is 1 to one of many who ask at once', async () => {
    const store = await open();
    const customers = await Promise.all(Array.from({ length: 50 }, (_, index) => customer(store, `c${index}`)));
    const kept = await Promise.all(customers.map((id) => store.keepDecision(toKeep(decision(id), [ofEverybody(1)]))));
    expect(kept.filter(({ outcome }) => outcome === 'kept')).toHaveLength(1);
  });

  it('adds up what merged customers have', async () => {
    const store = await open();
    const [ada, tom] = [await customer(store, 'ada'), await customer(store, 'tom')];
    const caps = [perCustomer(2)];
    for (const [id, name] of [
      [ada, 'ada'],
      [tom, 'tom'],
    ] as const) {
      const made = decision(id, { sticky: HOUR, at: id === ada ? NOON : later(MINUTE) });
      await store.keepDecision(toKeep(made, caps));
      await store.saveResponse(response(made, crmId(name), { caps }));
    }
    await store.correct({ kind: 'merge', customerIds: [ada, tom], ...BY_HAND });
    const [root] = (await store.findCustomers([ada])) as [StoredCustomer];
    expect(await countsOf(store, ada, [perCustomer(9)], { at: later(HOUR) })).toEqual([2]);
    expect((await store.keepDecision(toKeep(decision(root.id, { id: 'third', at: later(2 * HOUR) }), caps))).outcome).toBe('capped');
    expect((await store.findDecisions(tom, null, 9)).map(({ customerId }) => customerId)).toEqual([tom, ada]);
    const [state] = await store.findOfferStates([{ customerId: root.id, placement: 'home', at: later(2 * MINUTE), caps: [] }]);
    expect(state?.sticky?.customerId).toBe(tom);
  });
});

describe.each(STORES)('responses in $name', (kind) => {
  const open = () => openTestStore({ kind, rules: rulesWith('reassign-latest') });

  it('counts each response to an offer of a decision once, with its interaction', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const made = decision(ada);
    for (const each of OFFER_RESPONSES) {
      expect((await store.saveResponse(response(made, crmId('ada'), { response: each }))).outcome).toBe('counted');
      expect((await store.saveResponse(response(made, crmId('ada'), { response: each }))).outcome).toBe('repeated');
    }
    const journey = (await store.findInteractions(ada, newest(9))).map(({ type }) => type);
    expect(new Set(journey)).toEqual(new Set(['offer_presented', 'offer_clicked', 'offer_accepted', 'offer_declined']));
    const counts = { presented: 1, clicked: 1, accepted: 1, declined: 1 };
    expect(await store.findOfferTotals(ALL)).toEqual([{ placement: 'home', offer: 'one', isControl: false, ...counts }]);
    expect(await store.findEvidence()).toMatchObject([{ placement: 'home', offer: 'one', presented: 1, responded: 1 }]);
  });

  it('counts a click without a presentation as one, and once', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const made = decision(ada);
    const caps = [perCustomer(3), ofEverybody(3)];
    await store.saveResponse(response(made, crmId('ada'), { caps, response: 'CLICKED' }));
    await store.saveResponse(response(made, crmId('ada'), { caps, response: 'PRESENTED' }));
    expect(await countsOf(store, ada, caps, { at: later(HOUR) })).toEqual([1, 1]);
    expect(await store.findOfferTotals(ALL)).toMatchObject([{ presented: 1, clicked: 1 }]);
    expect(await store.findEvidence()).toMatchObject([{ presented: 1, responded: 1 }]);
  });

  it('learns of a customer, offer and placement once a day, and lets old evidence weigh less', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    const halfLife = DAY;
    const respond = (id: string, kind: 'PRESENTED' | 'CLICKED', at: Date) =>
      store.saveResponse(response(decision(ada, { id }), crmId('ada'), { response: kind, occurredAt: at, halfLife }));
    await respond('a', 'PRESENTED', NOON);
    await respond('b', 'PRESENTED', later(HOUR));
    await respond('a', 'CLICKED', later(2 * HOUR));
    await respond('b', 'CLICKED', later(3 * HOUR));
    expect(await store.findEvidence()).toEqual([{ placement: 'home', offer: 'one', presented: 1, responded: 1, at: NOON }]);
    await respond('c', 'PRESENTED', later(DAY));
    expect(await store.findEvidence()).toEqual([{ placement: 'home', offer: 'one', presented: 1.5, responded: 0.5, at: later(DAY) }]);
    // Late, it weighs what it would weigh by now.
    const { evidence } = await respond('d', 'PRESENTED', later(-DAY));
    expect(evidence).toMatchObject({ presented: 1.75, responded: 0.5, at: later(DAY) });
    expect(await store.findEvidence()).toEqual([evidence]);
  });

  it('counts the control group apart, and learns nothing of it', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    await store.saveResponse(response(decision(ada, { isControl: true }), crmId('ada')));
    expect(await store.findOfferTotals(ALL)).toMatchObject([{ isControl: true, presented: 1 }]);
    expect(await store.findEvidence()).toEqual([]);
  });

  it('sums the days that a range touches', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    for (const day of [0, 1, 2]) {
      const made = decision(ada, { id: `${day}`, placement: day === 2 ? 'agent' : 'home' });
      await store.saveResponse(response(made, crmId('ada'), { occurredAt: later(day * DAY) }));
    }
    const presented = async (range: Partial<typeof ALL | { since: Date; until: Date; placement: string }>) =>
      (await store.findOfferTotals({ ...ALL, ...range })).map((each) => [each.placement, each.presented]);
    expect(await presented({})).toEqual([
      ['agent', 1],
      ['home', 2],
    ]);
    expect(await presented({ since: later(20 * HOUR) })).toEqual([
      ['agent', 1],
      ['home', 1],
    ]);
    expect(await presented({ until: later(11 * HOUR) })).toEqual([['home', 1]]);
    expect(await presented({ until: new Date('2026-11-21T00:00:00Z') })).toEqual([['home', 1]]);
    expect(await presented({ placement: 'agent' })).toEqual([['agent', 1]]);
  });

  it('refuses what comes after an erasure', async () => {
    const store = await open();
    const ada = await customer(store, 'ada');
    await store.erase({ customerId: ada, at: new Date(), source: 'test', actor: null });
    expect((await store.saveResponse(response(decision(ada), crmId('ada')))).outcome).toBe('erased');
    expect(await store.keepDecision(toKeep(decision(ada), [perCustomer(1)]))).toEqual({ outcome: 'capped', offers: ['one'] });
    expect(await store.saveAudiences(ada, new Map([['loyal', true]]), NOON)).toEqual([]);
    expect(await store.findOfferTotals(ALL)).toEqual([]);
    expect(await store.findDecisions(ada, null, 9)).toEqual([]);
  });
});

describe.each(STORES)('audiences in $name', (kind) => {
  it('keeps who entered and left, and corrects after a merge', async () => {
    const store = await openTestStore({ kind, rules: rulesWith('reassign-latest') });
    const [ada, tom] = [await customer(store, 'ada'), await customer(store, 'tom')];
    const save = (id: CustomerId, audiences: Record<string, boolean>, at = NOON) =>
      store.saveAudiences(id, new Map(Object.entries(audiences)), at);
    expect(await save(ada, { loyal: true, lapsed: false })).toEqual([{ customerId: ada, audience: 'loyal', kind: 'entered', at: NOON }]);
    expect(await save(ada, { loyal: true })).toEqual([]);
    expect(await save(ada, { lapsed: true }, later(1))).toMatchObject([{ audience: 'lapsed', kind: 'entered' }]);
    await store.correct({ kind: 'merge', customerIds: [ada, tom], ...BY_HAND });
    expect(await save(tom, { loyal: true, lapsed: true }, later(2))).toEqual([]);
    expect(await save(tom, { loyal: false }, later(3))).toMatchObject([{ audience: 'loyal', kind: 'left' }]);
    expect(await save(ada, { loyal: false }, later(4))).toEqual([]);
    expect((await store.findAudienceEvents(tom, 9)).map(({ audience, kind: what }) => `${audience} ${what}`)).toEqual([
      'loyal left',
      'lapsed entered',
      'loyal entered',
    ]);
    expect(await store.findAudienceEvents(tom, 1)).toMatchObject([{ audience: 'loyal', kind: 'left' }]);
  });
});
