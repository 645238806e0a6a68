import { describe, expect, it } from 'vitest';
import { erasedInteractionHash } from '../../../src/store/keyed-hashes.ts';
import { Purge } from '../../../src/store/postgres/background/purge.ts';
import { customerRow, emptyStore, type FilledStore, HAS_DATABASE, interactionRow, SECRET } from './background-store.ts';

const KEY = 'email:anna@example.com';
const OTHER_KEY = 'email:anna@work.example';
const named = (key: string) => ({ type: key.slice(0, key.indexOf(':')), value: key.slice(key.indexOf(':') + 1) });
const range = <Row>(count: number, row: (index: number) => Row): Row[] => Array.from({ length: count }, (_, index) => row(index));
const eventRow = (customer: string, n: number, rule: string, keys: readonly string[]) => ({
  ...{ customer_id: customer, recorded_at: n, id: `e${n}`, event_customer_id: customer, rule, source: 'test' },
  ...{ actor: null, reason: 'because of Anna', occurred_at: n, changes: JSON.stringify({ evidence: keys.map(named), cut: [] }) },
});
const mentionRow = (key: string, customer: string, n: number) => ({
  id_key: key,
  customer_id: customer,
  recorded_at: n,
  event_id: `e${n}`,
});

/** Everything that is stored under the id of a customer. */
async function fillCustomer(store: FilledStore, id: string, erasedAt: number | null, count: number): Promise<void> {
  const of = { customer_id: id };
  await store.fill('customer', [customerRow(id, { erasedAt })]);
  await store.fill(
    'attribute',
    range(count, (n) => ({ ...of, name: `a${n}`, value: '1', touchpoint: null, captured_at: 1 })),
  );
  await store.fill(
    'confirmation',
    range(2, (n) => ({ ...of, agent: Buffer.from([n]), method: 'asked', confirmed_at: 1, expires_at: 9 })),
  );
  await store.fill(
    'trait_bucket',
    range(count, (n) => ({ ...of, counter_id: 1, bucket: n, tally: '{}' })),
  );
  await store.fill(
    'trait_value',
    range(count, (n) => ({ ...of, counter_id: 2, value: `"${n}"`, last_at: 1 })),
  );
  await store.fill(
    'offer_decision',
    range(count, (n) => ({ ...of, placement: 'p', decided_at: n, id: `d${n}`, record: '{}' })),
  );
  await store.fill(
    'offer_exposure',
    range(count, (n) => ({ ...of, offer: 'o', decision_id: `d${n}`, placement: 'p' })),
  );
  await store.fill('offer_reservation', [
    { offer: 'o', reserved_until: 9, ...of, decision_id: 'd0', placement: 'p', holder: 'h', taken: '[]' },
  ]);
  await store.fill('offer_former_exposure', [{ ...of, offer: 'o', shown: 1 }]);
  await store.fill('audience_member', [{ ...of, audience: 'a', entered_at: 1 }]);
  await store.fill(
    'audience_event',
    range(count, (n) => ({ ...of, at: n, audience: 'a', kind: 'ENTERED' })),
  );
  await store.fill(
    'interaction',
    range(count, (n) => interactionRow(id, `i${n}`, n, `email:${id}@example.com`)),
  );
  await store.fill('interaction_mention', [{ id_key: `email:${id}@example.com`, ...of }]);
  await store.fill(
    'identity_event',
    range(count, (n) => eventRow(id, n, 'LINK', [KEY])),
  );
  await store.fill(
    'identity_mention',
    range(count, (n) => mentionRow(KEY, id, n)),
  );
  await store.fill('identity_event', [eventRow(id, 1_000_000, 'ERASE', [])]);
}

const TABLES = `attribute confirmation trait_bucket trait_value offer_decision offer_exposure offer_reservation offer_former_exposure
  audience_member audience_event interaction interaction_mention identity_event identity_mention`.split(/\s+/);

/** Rows of each table under an id. */
async function countsOf(store: FilledStore, id: string): Promise<Record<string, unknown>> {
  const counts = TABLES.map(async (table) => [table, (await store.rows(`select 1 from ${table} where customer_id = '${id}'`)).length]);
  return Object.fromEntries(await Promise.all(counts));
}

describe.skipIf(!HAS_DATABASE)('what erasures have still to delete in PostgreSQL', () => {
  it('deletes everything under an erased id but the record of the erasure, and nothing of anybody else', async () => {
    const store = await emptyStore();
    await fillCustomer(store, 'anna', 5, 450);
    await fillCustomer(store, 'tom', null, 3);
    const others = await countsOf(store, 'tom');
    await store.fill('purge', [{ erasure: 'one', customer_id: 'anna', id_key: '' }]);
    await new Purge(store.connect(), SECRET, { now: () => 77 }).wait('one');
    const nothing = Object.fromEntries(TABLES.map((table) => [table, 0]));
    expect(await countsOf(store, 'anna')).toEqual({ ...nothing, identity_event: 1 });
    expect(await countsOf(store, 'tom')).toEqual(others);
    expect(await store.rows('select 1 from purge')).toEqual([]);
    const hashes = await store.rows(`select encode(interaction_key, 'hex') as hash, deleted_at from erased_interaction`);
    const expected = range(450, (n) => ({
      hash: erasedInteractionHash(SECRET, `i${n}`, named('email:anna@example.com')).toString('hex'),
      deleted_at: 77,
    }));
    expect(new Set(hashes.map((row) => JSON.stringify(row)))).toEqual(new Set(expected.map((row) => JSON.stringify(row))));
  });

  it("takes an erased value out of others' histories and interactions, and leaves the rest of them", async () => {
    const store = await emptyStore();
    await store.fill('customer', [customerRow('tom')]);
    await store.fill(
      'identity_event',
      range(230, (n) => eventRow('tom', n, 'LINK', [KEY, 'email:tom@example.com'])),
    );
    await store.fill(
      'identity_mention',
      range(230, (n) => mentionRow(KEY, 'tom', n)),
    );
    await store.fill(
      'identity_mention',
      range(230, (n) => mentionRow('email:tom@example.com', 'tom', n)),
    );
    await store.fill('identity_event', [eventRow('tom', 500, 'LINK', ['email:tom@example.com'])]);
    await store.fill(
      'interaction',
      range(4_100, (n) => interactionRow('tom', `i${n}`, n, n % 3 === 0 ? KEY : 'email:tom@example.com')),
    );
    await store.fill('interaction_mention', [
      { id_key: KEY, customer_id: 'tom' },
      { id_key: 'email:tom@example.com', customer_id: 'tom' },
    ]);
    await store.fill('purge', [{ erasure: 'one', customer_id: 'tom', id_key: KEY }]);
    await new Purge(store.connect(), SECRET).wait('one');
    const changes = await store.rows('select changes, reason, recorded_at from identity_event order by recorded_at');
    const rewritten = JSON.stringify({ evidence: [{ type: 'email', value: '(erased)' }, named('email:tom@example.com')], cut: [] });
    expect(changes.slice(0, 230)).toEqual(range(230, (n) => ({ changes: rewritten, reason: null, recorded_at: n })));
    expect(changes[230]).toMatchObject({ reason: 'because of Anna' });
    expect(await store.rows(`select id_key, count(*) as n from identity_mention group by 1`)).toEqual([
      { id_key: 'email:tom@example.com', n: 230 },
    ]);
    expect(await store.rows(`select identifier_value, count(*) as n from interaction group by 1 order by 1`)).toEqual([
      { identifier_value: 'tom@example.com', n: 2_733 },
      { identifier_value: null, n: 1_367 },
    ]);
    expect(await store.rows('select id_key from interaction_mention')).toEqual([{ id_key: 'email:tom@example.com' }]);
  });

  it('is done by several processes at once, of which one ends in the middle', async () => {
    const store = await emptyStore();
    await fillCustomer(store, 'anna', 5, 900);
    await fillCustomer(store, 'bert', 5, 900);
    await store.fill('customer', [customerRow('tom')]);
    await store.fill(
      'identity_event',
      range(300, (n) => eventRow('tom', n, 'LINK', [KEY, OTHER_KEY])),
    );
    for (const key of [KEY, OTHER_KEY])
      await store.fill(
        'identity_mention',
        range(300, (n) => mentionRow(key, 'tom', n)),
      );
    await store.fill('purge', [
      { erasure: 'one', customer_id: 'anna', id_key: '' },
      { erasure: 'one', customer_id: 'tom', id_key: KEY },
      { erasure: 'one', customer_id: 'tom', id_key: OTHER_KEY },
      { erasure: 'two', customer_id: 'bert', id_key: '' },
    ]);
    const [ending, ...others] = range(4, () => new Purge(store.connect(), SECRET)) as [Purge, Purge, Purge, Purge];
    const ended = ending.wait('one').catch((error: Error) => error.message);
    await Promise.all([...others.map((purge) => purge.wait('one')), others[0].wait('two'), others[1].workOff(), ending.stop()]);
    expect([undefined, expect.stringContaining('the store is closed')]).toContainEqual(await ended);
    const nothing = Object.fromEntries(TABLES.map((table) => [table, 0]));
    for (const id of ['anna', 'bert']) expect(await countsOf(store, id)).toEqual({ ...nothing, identity_event: 1 });
    const left = await store.rows(`select distinct changes from identity_event where customer_id = 'tom'`);
    expect(left).toEqual([{ changes: JSON.stringify({ evidence: range(2, () => ({ type: 'email', value: '(erased)' })), cut: [] }) }]);
    expect(await store.rows('select 1 from purge union all select 1 from mutex')).toEqual([]);
  });

  it('goes on with what a process left that ended, without anybody asking', async () => {
    const store = await emptyStore();
    await fillCustomer(store, 'anna', 5, 10);
    await store.fill('purge', [{ erasure: 'one', customer_id: 'anna', id_key: '' }]);
    const purge = new Purge(store.connect(), SECRET);
    purge.start();
    await expect.poll(() => store.rows('select 1 from purge')).toEqual([]);
    await purge.stop();
    expect(await countsOf(store, 'anna')).toMatchObject({ interaction: 0, identity_event: 1 });
  });
});
