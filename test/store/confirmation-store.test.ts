import { describe, expect, it } from 'vitest';
import type { ConfirmationOrder, ConfirmingAgent } from '../../src/model/confirmation.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import type { IdentityEvent } from '../../src/model/identity.ts';
import type { InteractionToSave } from '../../src/model/interaction.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith } from '../identity/histories.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';

const rules = rulesWith('reassign-latest');
const NOBODY = '00000000-0000-4000-8000-000000000000' as CustomerId;
const MINUTE = 60_000;
const AT = 1_000_000;
const BY_HAND = { at: new Date(AT), source: 'test', actor: null, reason: null };
const email = (value: string): Identifier => ({ type: 'email', value });

const order = (customerId: CustomerId, change: Partial<ConfirmationOrder> = {}, minutes = 30): ConfirmationOrder => {
  const confirmedAt = change.confirmedAt ?? new Date(AT);
  const expiresAt = new Date(confirmedAt.getTime() + minutes * MINUTE);
  return { customerId, agent: 'summer', method: 'code', confirmedAt, expiresAt, source: 'test', actor: 'summer', ...change };
};

const BY_SUMMER: ConfirmingAgent = { agent: 'summer', at: new Date(AT), askableTypes: [] };
const linking = (
  identifiers: readonly Identifier[],
  change: Partial<IdentityEvent> = {},
  by: Partial<ConfirmingAgent> = {},
): IdentityEvent => ({
  ...{ identifiers, occurredAt: new Date(AT), source: 'test', eventId: null, onlyConfirmedBy: { ...BY_SUMMER, ...by } },
  ...change,
});
const noted = (identifiers: readonly Identifier[], id = 'one'): InteractionToSave => ({
  ...{ id, type: 'note', occurredAt: new Date(AT), touchpoint: null, pageUrl: null, properties: {}, attributes: {} },
  ...{ identifiers, source: 'test', provenAt: null, onlyConfirmedBy: BY_SUMMER },
});

describe.each(STORES)('confirmations in $name', (kind) => {
  const open = (directory = temporaryDirectory()) => openTestStore({ kind, rules, directory });
  const see = async (store: Store, ...identifiers: Identifier[]) => {
    const done = await store.commit({ identifiers, occurredAt: new Date(1), source: 'test', eventId: null });
    if (done.kind === 'refused') throw new Error('expected a customer, received a refusal');
    return done.customerId;
  };
  const methods = async (store: Store, ids: readonly CustomerId[], agent = 'summer') =>
    (await store.findConfirmations(agent, ids)).map((each) => each?.method ?? null);

  it('are answered whole, in the order of the ids, as often as asked, and to the agent alone', async () => {
    const store = await open();
    const [ada, ben] = [await see(store, email('ada')), await see(store, email('ben'))];
    expect(await store.confirm(order(ada))).toBe(ada);
    const { method, confirmedAt, expiresAt } = order(ada);
    const kept = { method, confirmedAt, expiresAt };
    expect(await store.findConfirmations('summer', [ben, ada, NOBODY, ada])).toEqual([null, kept, null, kept]);
    expect(await store.findConfirmations('tom', [ada])).toEqual([null]);
    expect(await store.findConfirmations('summer', [])).toEqual([]);
  });

  it('are one for each agent, the last, and are kept while others are confirmed, for as long as they count', async () => {
    const store = await open();
    const [ada, ben] = [await see(store, email('ada')), await see(store, email('ben'))];
    await store.confirm(order(ada));
    // 30 minutes from 1970: whether it has expired is for the reader to say.
    expect(await methods(store, [ada])).toEqual(['code']);
    await store.confirm(order(ben, { confirmedAt: new Date(AT + 29 * MINUTE) }));
    expect(await methods(store, [ada, ben])).toEqual(['code', 'code']);
    await store.confirm(order(ada, { method: 'call back' }, 5));
    await store.confirm(order(ada, { agent: 'tom', method: 'in person' }));
    expect([await methods(store, [ada]), await methods(store, [ada], 'tom')]).toEqual([['call back'], ['in person']]);
  });

  it('are an identity event with who, how and when, in the same moment', async () => {
    const store = await open();
    const ada = await see(store, email('ada'));
    await store.confirm(order(ada));
    const [event] = await store.findIdentityEvents(ada, { limit: 1, after: null });
    expect(event).toMatchObject({ rule: 'CONFIRM', actor: 'summer', reason: 'code', customerId: ada });
  });

  it('count for the customer that an id resolves to: taken, answered and passed on by a merge, the longer one of two', async () => {
    const store = await open();
    const [ada, ben, zoe] = [await see(store, email('ada')), await see(store, email('ben')), await see(store, email('zoe'))];
    await store.confirm(order(ada, { method: 'short' }, 5));
    await store.confirm(order(ben, { method: 'long' }, 25));
    await store.correct({ kind: 'merge', customerIds: [ada, ben], ...BY_HAND });
    await store.correct({ kind: 'merge', customerIds: [ada, zoe], ...BY_HAND });
    expect(await methods(store, [ada, ben, zoe])).toEqual(['long', 'long', 'long']);
    const [root] = await store.findOwners([email('zoe')]);
    expect(await store.confirm(order(zoe, { method: 'by an old id' }))).toBe(root);
    expect(await methods(store, [ada])).toEqual(['by an old id']);
  });

  it('stay where they are when a customer is split', async () => {
    const store = await open();
    const ada = await see(store, { type: 'crmId', value: 'a' }, email('ada'));
    await store.confirm(order(ada));
    await store.correct({ kind: 'split', customerId: ada, identifiers: [email('ada')], ...BY_HAND });
    const [stays, leaves] = (await store.findOwners([{ type: 'crmId', value: 'a' }, email('ada')])) as [CustomerId, CustomerId];
    expect(await methods(store, [stays, leaves])).toEqual(['code', null]);
  });

  it('are refused, and change nothing, for an id that is nobody’s, and for whom everything was erased', async () => {
    const store = await open();
    expect(await store.confirm(order(NOBODY))).toBeNull();
    const ada = await see(store, email('ada'));
    await store.confirm(order(ada));
    await store.erase({ customerId: ada, at: new Date(AT), source: 'test', actor: null });
    expect(await methods(store, [ada])).toEqual([null]);
    const before = await store.findIdentityEvents(ada, { limit: 9, after: null });
    expect(await store.confirm(order(ada))).toBeNull();
    expect(await methods(store, [ada, NOBODY])).toEqual([null, null]);
    expect(await store.findIdentityEvents(ada, { limit: 9, after: null })).toEqual(before);
  });

  it('are asked for in the transaction that links, after all that was written before it', async () => {
    const store = await open();
    const [phone, mail, crm] = [{ type: 'crmId', value: 'p' }, email('mail'), email('crm')];
    const [, refused] = await Promise.all([see(store, crm, phone), store.commit(linking([phone, mail]))]);
    expect(refused).toEqual({ kind: 'refused', type: null, unconfirmed: [phone] });
    const [, receipts] = await Promise.all([see(store, email('other')), store.saveInteractions([noted([email('other'), mail])])]);
    expect(receipts).toMatchObject([{ outcome: 'unconfirmed', customerId: null, identifier: null, changed: [] }]);
    expect(await store.findOwners([mail])).toEqual([null]);
    const [owner] = (await store.findOwners([phone])) as [CustomerId];
    await store.confirm(order(owner));
    expect(await store.commit(linking([phone, mail], {}, { agent: 'tom' }))).toMatchObject({ kind: 'refused' });
    expect(await store.commit(linking([phone, mail], {}, { agent: null }))).toMatchObject({ kind: 'refused' });
    expect(await store.commit(linking([phone, mail], {}, { at: new Date(AT + 30 * MINUTE) }))).toMatchObject({ kind: 'refused' });
    expect(await store.commit(linking([phone, mail]))).toMatchObject({ kind: 'changes', customerId: owner, linked: [mail] });
    expect(await store.saveInteractions([noted([phone, mail])])).toMatchObject([{ outcome: 'stored', customerId: owner }]);
  });

  it('are needed for nothing that changes no identity: one identifier, what is sent again, several of one customer', async () => {
    const store = await open();
    const [phone, mail] = [{ type: 'crmId', value: 'p' }, email('mail')];
    const first = linking([phone, mail], { eventId: 'first' });
    const made = await store.commit(first);
    expect(made).toMatchObject({ kind: 'changes', created: true });
    expect(await store.commit(first)).toMatchObject({ kind: 'changes', rule: 'REPLAY' });
    expect(await store.commit(linking([phone]))).toMatchObject({ kind: 'changes' });
    expect(await store.commit(linking([phone, phone]))).toMatchObject({ kind: 'changes' });
    const notes = [noted([phone]), noted([phone, mail], 'two'), noted([phone, email('new')], 'three')];
    expect((await store.saveInteractions([...notes, ...notes])).map(({ outcome }) => outcome)).toEqual([
      'stored',
      'stored',
      'unconfirmed',
      'duplicate',
      'duplicate',
      'unconfirmed',
    ]);
  });

  it('are asked for in the transaction that corrects, of every customer as they are then', async () => {
    const store = await open();
    const [a, b, c] = [{ type: 'crmId', value: 'a' }, email('b'), email('c')];
    const [ada, ben, zoe] = [await see(store, a), await see(store, b), await see(store, c)];
    const by = { ...BY_HAND, onlyConfirmedBy: BY_SUMMER };
    await store.correct({ kind: 'merge', customerIds: [ada, ben], ...BY_HAND });
    await store.confirm(order(ada));
    await store.confirm(order(zoe));
    // When the agent asked, Ben was Ada.
    const [, refused] = await Promise.all([
      store.correct({ kind: 'split', customerId: null, identifiers: [b], ...BY_HAND }),
      store.correct({ kind: 'merge', customerIds: [zoe, ben], ...by }),
    ]);
    expect(refused).toEqual({ kind: 'refused', why: 'unconfirmed', index: 1 });
    const unlink = { kind: 'unlink', customerId: null, identifiers: [b], ...by } as const;
    expect(await store.correct(unlink)).toEqual({ kind: 'refused', why: 'unconfirmed', index: 0 });
    const previewed = await store.preview({ kind: 'correction', correction: unlink });
    expect(previewed).toEqual({ decision: { kind: 'refused', why: 'unconfirmed', index: 0 }, customers: [], interactions: 0 });
    expect(await store.correct({ kind: 'merge', customerIds: [zoe, ada], ...by })).toMatchObject({ kind: 'changes' });
    await store.confirm(order(ben));
    expect(await store.correct(unlink)).toMatchObject({ kind: 'changes', customerId: ben });
  });

  it('are seen at once by another process, and after a restart', async () => {
    const directory = temporaryDirectory();
    const [one, other] = [await open(directory), await open(directory)];
    const ada = await see(one, email('ada'));
    expect(await methods(other, [ada])).toEqual([null]);
    await one.confirm(order(ada));
    expect(await methods(other, [ada])).toEqual(['code']);
    await one.close();
    expect(await methods(await open(directory), [ada])).toEqual(['code']);
  });
});
