import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { InteractionToSave } from '../../../src/model/interaction.ts';
import type { Store } from '../../../src/model/ports.ts';
import type { Trait } from '../../../src/model/trait.ts';
import { declareCounters, dropUnwanted } from '../../../src/store/postgres/background/trait-counters.ts';
import { registerTraits, TraitRecount } from '../../../src/store/postgres/background/trait-recount.ts';
import { PostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { customerRow, emptyStore, type FilledStore, HAS_DATABASE, interactionRow } from './background-store.ts';

const RULES = {
  types: [{ name: 'crmId', class: 'person', unique: false, limit: Number.MAX_SAFE_INTEGER, window: null }],
  conflict: 'reassign-latest',
  capacity: 50,
} as const;
const TRAITS: readonly Trait[] = [
  { name: 'count', of: 'view', compute: 'count', path: [], window: null },
  { name: 'sum', of: 'view', compute: 'sum', path: ['n'], window: null },
  { name: 'last', of: 'view', compute: 'last', path: ['n'], window: null },
  { name: 'kinds', of: 'view', compute: 'uniques', path: ['n'], window: null },
];
const DAY = 24 * 60 * 60 * 1_000;

const interaction = (who: string, id: string, at: number, n: number): InteractionToSave => ({
  ...{ id, type: 'view', occurredAt: new Date(at), identifiers: [{ type: 'crmId', value: who }] },
  ...{ touchpoint: null, pageUrl: null, properties: { n }, source: 'test', attributes: {}, provenAt: null },
});

async function open({ url }: FilledStore, traits?: readonly Trait[]): Promise<Store> {
  const store = await PostgresStore.open(url, { rules: RULES, ...(traits && { traits }) });
  onTestFinished(() => store.close());
  return store;
}

describe.skipIf(!HAS_DATABASE)('a new trait on PostgreSQL', () => {
  it('counts each interaction once, while several processes store and several count', async () => {
    const filled = await emptyStore();
    const stores = [await open(filled), await open(filled)] as const;
    const people = Array.from({ length: 60 }, (_, index) => `p${index}`);
    const expected = new Map(
      people.map((who) => [who, { count: 0, sum: 0, last: null as number | null, at: -1, kinds: new Set<number>() }]),
    );
    let next = 0;
    // Half of the people are new while it is counted: their ids lie anywhere between those that are counted already.
    const storeSome = async (store: Store, some: readonly string[]) => {
      const batch = Array.from({ length: 4 }, () => {
        const n = next++;
        const who = some[n % some.length] as string;
        const counted = expected.get(who) as NonNullable<ReturnType<typeof expected.get>>;
        const [at, value] = [(n * 7_919) % 100_003, n % 5];
        counted.count++;
        counted.sum += value;
        counted.kinds.add(value);
        if (at > counted.at) [counted.at, counted.last] = [at, value];
        return interaction(who, `i${n}`, at, value);
      });
      await store.saveInteractions(batch);
    };
    for (let round = 0; round < 20; round++) await Promise.all(stores.map((store) => storeSome(store, people.slice(0, 30))));
    const storing = stores.flatMap((store) =>
      [0, 1, 2].map(async () => {
        for (let round = 0; round < 30; round++) await storeSome(store, people);
      }),
    );
    const processes = [filled.connect(), filled.connect()] as const;
    await declareCounters(processes[0], TRAITS, 1);
    await Promise.all(
      processes.map(async (connections) => {
        const recount = new TraitRecount(connections, 17);
        while (await recount.slice()) await sleep(1);
      }),
    );
    await Promise.all(storing);
    const owners = (await stores[0].findOwners(people.map((value) => ({ type: 'crmId', value })))) as (CustomerId | null)[];
    const known = people.filter((_, index) => owners[index] !== null);
    const found = await stores[0].findTraits(
      owners.filter((id) => id !== null),
      TRAITS,
      new Date(200_000),
    );
    expect(Object.fromEntries(known.map((who, index) => [who, found[index]]))).toEqual(
      Object.fromEntries(
        known.map((who) => {
          const { count, sum, last, kinds } = expected.get(who) as NonNullable<ReturnType<typeof expected.get>>;
          return [who, { count, sum, last, kinds: kinds.size }];
        }),
      ),
    );
  });

  it('is counted to the end by the next start, when the first one was interrupted', async () => {
    const filled = await emptyStore();
    await (await open(filled)).saveInteractions(Array.from({ length: 50 }, (_, n) => interaction('b', String(n), n, 1)));
    const connections = filled.connect();
    await declareCounters(connections, TRAITS, 1);
    expect(await new TraitRecount(connections, 7).slice()).toBe(true);
    expect(await filled.rows('select count(*) as n from trait_recount where id <> $$$$')).toEqual([{ n: 3 }]);
    const next = await open(filled, TRAITS);
    const owners = (await next.findOwners([{ type: 'crmId', value: 'b' }])) as CustomerId[];
    expect((await next.findTraits(owners, TRAITS, new Date(60)))[0]).toEqual({ count: 50, sum: 50, last: 1, kinds: 1 });
  });

  it('does not take the counters of another version away, before nobody has needed them for a day', async () => {
    const filled = await emptyStore();
    const connections = filled.connect();
    const [count, sum] = TRAITS as [Trait, Trait];
    await registerTraits(connections, [count], () => 5);
    await registerTraits(connections, [sum], () => 5 + DAY);
    const counters = () => filled.rows('select definition::json ->> $$path$$ as path from trait_counter order by id');
    await dropUnwanted(connections, 5 + DAY);
    expect(await counters()).toEqual([{ path: '[]' }, { path: '["n"]' }]);
    await dropUnwanted(connections, 6 + DAY);
    expect(await counters()).toEqual([{ path: '["n"]' }]);
  });

  it('takes nothing over from a trait that was dropped', async () => {
    const filled = await emptyStore();
    const connections = filled.connect();
    await registerTraits(connections, TRAITS, () => 1);
    await (await open(filled)).saveInteractions(Array.from({ length: 9 }, (_, n) => interaction(`p${n % 3}`, String(n), n, n)));
    const totals = () => filled.rows('select customer_id, bucket, tally from trait_bucket order by 1, 2, 3');
    const values = () => filled.rows('select customer_id, value from trait_value order by 1, 2');
    const [totalsBefore, valuesBefore] = [await totals(), await values()];
    expect([totalsBefore.length, valuesBefore.length]).toEqual([6, 9]);
    await dropUnwanted(connections, DAY + 2);
    await new TraitRecount(connections, 2).slice();
    await registerTraits(connections, TRAITS, () => DAY + 3);
    expect([await totals(), await values()]).toEqual([totalsBefore, valuesBefore]);
    expect(await filled.rows('select 1 from trait_dropped')).toEqual([]);
  });

  it('does not count for somebody who was erased and is not deleted yet', async () => {
    const filled = await emptyStore();
    await filled.fill('customer', [customerRow('anna', { erasedAt: 5 }), customerRow('tom')]);
    await filled.fill('interaction', [interactionRow('anna', 'i', 1), interactionRow('tom', 'j', 2)]);
    await registerTraits(filled.connect(), TRAITS);
    expect(await filled.rows('select distinct customer_id from trait_bucket')).toEqual([{ customer_id: 'tom' }]);
  });
});
