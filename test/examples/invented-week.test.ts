import { describe, expect, it, vi } from 'vitest';
import { BEN_PIKE, ELIF, inventedWeek } from '../../examples/demo/invented-week.ts';
import { readTransactions } from '../../examples/demo-back-ends/transactions.ts';
import { startDemo } from '../support/demo.ts';
import { PATIENTLY } from '../support/waiting.ts';

const VIEW = `query ($number: String!) { customerByIdentifier(identifier: { type: "crmId", value: $number }) {
  name identifiers { type } interactions(first: 100) { edges { node { id type touchpoint } } }
  identityEvents(first: 20) { edges { node { occurredAt rule } } }
} }`;
const SITES = { shop: 'http://localhost:4201', club: 'http://127.0.0.1:4202' };

describe('the invented week', () => {
  it('lies before today, and is the same at every first start but for the day', () => {
    const [now, later] = [new Date(2026, 2, 31, 0, 0, 1), new Date(2026, 3, 10, 23, 59)];
    const week = inventedWeek(now, SITES);
    const days = week.map(({ occurredAt }) => (now.getTime() - Date.parse(occurredAt)) / 86_400_000);
    expect(Math.min(...days)).toBeGreaterThan(0);
    expect(Math.max(...days)).toBeLessThan(8);
    const withoutTimes = (each: typeof week) => each.map(({ occurredAt, ...rest }) => rest);
    expect(withoutTimes(inventedWeek(later, SITES))).toEqual(withoutTimes(week));
    expect(new Set(week.map(({ id }) => id)).size).toBe(week.length);
  });

  it('has prices of the catalogue, and totals of what was in the basket', () => {
    const prices = new Map(readTransactions().flatMap(({ sku, unitPrice }) => (unitPrice > 0 ? [[sku, unitPrice] as const] : [])));
    const week = inventedWeek(new Date(), SITES);
    const put = week.filter(({ type }) => type === 'add_to_cart');
    expect(put.length).toBeGreaterThan(3);
    for (const { properties } of put) expect(properties.price).toBe(prices.get(String(properties.sku)));
    const bought = week.find(({ type, identifiers }) => type === 'purchase' && identifiers[0]?.value === BEN_PIKE);
    expect(bought?.properties.total).toBeCloseTo(6 * (prices.get('85123A') ?? 0));
  });

  it('is there when the demo starts for the first time, is no news on the first page, and leaves customer 17850 to the reader', async () => {
    const { askAsAgent, gateway } = await startDemo();
    const of = async (number: string) => (await askAsAgent(VIEW, { number })).customerByIdentifier;
    const elif = await vi.waitFor(async () => {
      const seen = await of(ELIF);
      expect(seen.interactions.edges.map(({ node }: { node: { type: string } }) => node.type)).toContain('note');
      expect(seen.interactions.edges[0].node).toMatchObject({ type: 'add_to_cart', touchpoint: 'web' });
      return seen;
    }, PATIENTLY);
    expect(elif.name).toBe('Elif Birch');
    // The visits without a name and the mails are hers as well.
    expect(elif.interactions.edges).toHaveLength(28);
    expect(elif.identifiers.map(({ type }: { type: string }) => type).sort()).toEqual(['crmId', 'email', 'phone', 'visitorId']);
    expect(elif.identityEvents.edges.length).toBeGreaterThanOrEqual(4);
    expect((await of(BEN_PIKE)).interactions.edges.length).toBeGreaterThan(5);
    expect((await of('17850')).interactions.edges).toEqual([]);
    const { isLive, items } = await vi.waitFor(async () => {
      const now = (await (await fetch(`${gateway}/demo/now`)).json()) as { isLive: boolean; items: unknown[] };
      expect(now.isLive).toBe(true);
      return now;
    }, PATIENTLY);
    expect({ isLive, items }).toEqual({ isLive: true, items: [] });
  });
});
