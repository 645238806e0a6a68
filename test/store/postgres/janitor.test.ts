import { describe, expect, it } from 'vitest';
import { Janitor } from '../../../src/store/postgres/background/janitor.ts';
import type { Parameter } from '../../../src/store/postgres/statement.ts';
import { customerRow, emptyStore, HAS_DATABASE, SECRET } from './background-store.ts';

const DAY = 24 * 60 * 60 * 1_000;
const NOW = 1_000 * DAY;
const range = <Row>(count: number, row: (index: number) => Row): Row[] => Array.from({ length: count }, (_, index) => row(index));

type NewRow = Readonly<Record<string, Parameter>>;
/** Of each table: how old a row may become, and a row of this time with a number. */
const KINDS: readonly (readonly [table: string, keptFor: number, row: (at: number, n: number) => NewRow])[] = [
  ['heard_event', 400 * DAY, (heard_at, n) => ({ event_key: Buffer.from([n >> 8, n & 255]), customer_id: 'c', heard_at })],
  ['erased_interaction', 400 * DAY, (deleted_at, n) => ({ interaction_key: Buffer.from([n >> 8, n & 255]), deleted_at })],
  [
    'confirmation',
    0,
    (expires_at, n) => ({ customer_id: `c${n}`, agent: Buffer.from([n & 255]), method: 'm', confirmed_at: 1, expires_at }),
  ],
  ['single_use', 0, (expires_at, n) => ({ id: `t${n}`, expires_at })],
  ['offer_decision', 30 * DAY, (decided_at, n) => ({ customer_id: `c${n}`, placement: 'p', decided_at, id: `d${n}`, record: '{}' })],
  ['audience_event', 30 * DAY, (at, n) => ({ customer_id: `c${n}`, at, audience: 'a', kind: 'ENTERED' })],
];

describe.skipIf(!HAS_DATABASE)('the janitor of a store in PostgreSQL', () => {
  it('deletes what has become too old, and nothing that is a moment younger', async () => {
    const store = await emptyStore();
    for (const [table, keptFor, row] of KINDS) {
      // More than one statement deletes.
      await store.fill(table, [...range(1_100, (n) => row(NOW - keptFor - 1, n)), ...range(3, (n) => row(NOW - keptFor, 2_000 + n))]);
    }
    const janitors = range(2, () => new Janitor(store.connect(), SECRET, { retention: { decisions: 30 * DAY }, now: () => NOW }));
    await Promise.all(janitors.map((janitor) => janitor.turn()));
    for (const [table] of KINDS) expect(await store.rows(`select count(*) as n from ${table}`), table).toEqual([{ n: 3 }]);
  });

  it('keeps a number of the exposures that it deletes, except of customers who were erased, however many do it at once', async () => {
    const store = await emptyStore();
    await store.fill('customer', [
      ...['anna', 'tom'].map((id) => customerRow(id)),
      customerRow('alias of tom', { root: 'tom' }),
      customerRow('erased', { erasedAt: 5 }),
    ]);
    const exposures = (customer_id: string, count: number, kept_until: number) =>
      range(count, (n) => ({
        customer_id,
        offer: `o${n % 2}`,
        decision_id: `d${n} ${kept_until}`,
        placement: 'p',
        shown_at: 1,
        kept_until,
      }));
    for (const customer of ['anna', 'tom', 'alias of tom', 'not stored', 'erased']) {
      await store.fill('offer_exposure', [...exposures(customer, 120, NOW - 1), ...exposures(customer, 4, NOW)]);
    }
    await store.fill('offer_former_exposure', [{ customer_id: 'anna', offer: 'o0', shown: 1_000 }]);
    await Promise.all(range(3, () => new Janitor(store.connect(), SECRET, { now: () => NOW }).turn()));
    const counts = await store.rows('select customer_id, offer, shown from offer_former_exposure order by 1, 2');
    expect(counts).toEqual(
      ['alias of tom', 'anna', 'not stored', 'tom'].flatMap((customer_id) =>
        ['o0', 'o1'].map((offer) => ({ customer_id, offer, shown: customer_id === 'anna' && offer === 'o0' ? 1_060 : 60 })),
      ),
    );
    expect(
      await store.rows(`select customer_id, count(*) as n from offer_exposure where customer_id <> 'erased' group by 1 order by 1`),
    ).toEqual(['alias of tom', 'anna', 'not stored', 'tom'].map((customer_id) => ({ customer_id, n: 4 })));
    expect(await store.rows('select 1 from mutex')).toEqual([]);
  });

  it('deletes the spans of a cap that its window has left', async () => {
    const store = await emptyStore();
    const [hour, length] = [3_600_000, 56_250];
    const last = Math.floor(NOW / length);
    await store.fill('offer_cap_span', [
      ...range(70, (n) => ({ offer: 'o', per: hour, span: last - n, shown: 1 })),
      { offer: 'o', per: 0, span: 0, shown: 9 },
    ]);
    await new Janitor(store.connect(), SECRET, { now: () => NOW }).turn();
    // 64 whole spans, and the one in which the window begins.
    expect(await store.rows('select per, count(*) as n from offer_cap_span group by 1 order by 1')).toEqual([
      { per: 0, n: 1 },
      { per: hour, n: 65 },
    ]);
  });

  it('takes no turn any more once it is stopped', async () => {
    const store = await emptyStore();
    const janitor = new Janitor(store.connect(), SECRET, { now: () => NOW });
    janitor.start();
    await janitor.stop();
    await store.fill('single_use', [{ id: 't', expires_at: 1 }]);
    await janitor.turn();
    expect(await store.rows('select id from single_use')).toEqual([{ id: 't' }]);
  });
});
