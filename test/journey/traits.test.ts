import { describe, expect, it } from 'vitest';
import { temporaryDirectory, testGateway } from '../support/gateway.ts';

const SCHEMA = `type Customer {
  purchases: Int @computed(of: "purchase", count: true)
  recentPurchases: Int @computed(of: "purchase", count: true, window: "30d")
  spent: Float @computed(of: "purchase", sum: "total")
  lastPurchaseAt: DateTime @computed(of: "purchase", last: "occurredAt")
  firstStore: String @computed(of: "purchase", first: "properties.store.name") @access(min: VERIFIED)
  brands: Int @computed(of: "purchase", uniques: "brand")
  favouriteStore: String @from(source: "captured")
}`;
const TRAITS = '{ customer { purchases recentPurchases spent lastPurchaseAt firstStore brands } }';
const RECORD =
  'mutation ($interactions: [InteractionInput!]!) { captureInteractions(input: { interactions: $interactions }) { accepted customer { id purchases } } }';
const ADA = { role: 'CUSTOMER', subject: '1' } as const;

async function shop(now: () => Date, directory = temporaryDirectory(), schema = SCHEMA) {
  const gateway = await testGateway({ schema, now, directory, dataSources: {} });
  const buy = async (occurredAt: string, properties: object, from: Parameters<typeof gateway.ask>[1] = ADA) =>
    gateway.ask(RECORD, { variables: { interactions: [{ type: 'purchase', occurredAt, properties }] }, ...from });
  const traits = async (from: Parameters<typeof gateway.ask>[1] = ADA) => (await gateway.ask(TRAITS, from)).data.customer;
  return { ...gateway, buy, traits };
}

describe('@computed', () => {
  it('is kept up to date as interactions are captured, also by late ones, and its window moves with time', async () => {
    let now = new Date('2026-03-01T00:00:00Z');
    const { traits, buy } = await shop(() => now);
    const nothing = { purchases: 0, recentPurchases: 0, spent: 0, lastPurchaseAt: null, firstStore: null, brands: 0 };
    expect(await traits()).toEqual(nothing);
    expect((await buy('2026-02-28T12:00:00Z', { total: 0.1, brand: 'a' })).data.captureInteractions.customer.purchases).toBe(1);
    await buy('2026-02-01T12:00:00Z', { total: 0.2, brand: 'b', store: { name: 'Leeds' } });
    await buy('2026-01-01T12:00:00Z', { total: '10', brand: 'a', store: { name: 'York' } });
    expect(await traits()).toEqual({
      ...{ purchases: 3, recentPurchases: 2, spent: 10.3, lastPurchaseAt: '2026-02-28T12:00:00.000Z', firstStore: 'York', brands: 2 },
    });
    now = new Date('2026-03-03T12:00:00.001Z');
    expect((await traits()).recentPurchases).toBe(1);
    now = new Date('2026-05-01T00:00:00Z');
    expect(await traits()).toMatchObject({ purchases: 3, recentPurchases: 0 });
  });

  it("counts the anonymous visitor's interactions for the person who logs in", async () => {
    const { traits, buy } = await shop(() => new Date('2026-03-01T00:00:00Z'));
    await buy('2026-02-28T00:00:00Z', { total: 1, brand: 'a' });
    const { cookie } = await buy('2026-02-27T00:00:00Z', { total: 2, brand: 'b' }, {});
    expect((await traits({ cookie })).purchases).toBe(1);
    expect(await traits({ ...ADA, cookie })).toMatchObject({ purchases: 2, spent: 3, brands: 2 });
  });

  it('is guarded like any field', async () => {
    const { ask, buy } = await shop(() => new Date('2026-03-01T00:00:00Z'));
    const { cookie } = await buy('2026-02-27T00:00:00Z', { store: { name: 'York' } }, {});
    const { data, codes } = await ask('{ customer { purchases firstStore } }', { cookie });
    expect([data.customer, codes]).toEqual([{ purchases: 1, firstStore: null }, ['INSUFFICIENT_ASSURANCE']]);
  });

  it('that is new counts earlier interactions, too', async () => {
    const directory = temporaryDirectory();
    const now = () => new Date('2026-03-01T00:00:00Z');
    const before = await shop(now, directory, 'type Customer { favouriteStore: String @from(source: "captured") }');
    await before.ask(RECORD.replace(' purchases', ''), {
      variables: { interactions: [{ type: 'purchase', properties: { total: 4 } }] },
      ...ADA,
    });
    await before.gateway.close();
    expect(await (await shop(now, directory)).traits()).toMatchObject({ purchases: 1, spent: 4 });
  });

  it('is empty after its customer was erased', async () => {
    const { ask, buy, traits } = await shop(() => new Date('2026-03-01T00:00:00Z'));
    const { data } = await buy('2026-02-27T00:00:00Z', { total: 1, brand: 'SECRET' });
    const { id } = data.captureInteractions.customer;
    await ask('mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }', { variables: { id }, role: 'ADMIN' });
    expect(await traits()).toMatchObject({ purchases: 0, spent: 0, brands: 0 });
  });

  it('calls no back end, and is not listed as a source', async () => {
    const { ask, buy } = await shop(() => new Date('2026-03-01T00:00:00Z'));
    await buy('2026-02-27T00:00:00Z', { total: 1 });
    const { data } = await ask('{ customer { purchases sources { name } } }', ADA);
    expect(data.customer).toEqual({ purchases: 1, sources: [] });
  });
});
