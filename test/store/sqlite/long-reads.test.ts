import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { InteractionToSave, JourneyRange } from '../../../src/model/interaction.ts';
import type { Store } from '../../../src/model/ports.ts';
import type { Trait } from '../../../src/model/trait.ts';
import { InteractionReads } from '../../../src/store/sqlite/interaction-reads.ts';
import { LongReads } from '../../../src/store/sqlite/long-reads.ts';
import { openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { UNBOUNDED } from '../../../src/store/sqlite/read-bounds.ts';
import { storeReads } from '../../../src/store/sqlite/store-reads.ts';
import { Command } from '../../support/command.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { newest } from '../../support/journey.ts';
import { openTestStore } from '../../support/open-store.ts';
import { SQLITE } from '../../support/stores.ts';

const RULES = {
  types: [{ name: 'crmId', class: 'person', unique: false, limit: Number.MAX_SAFE_INTEGER, window: null }],
  conflict: 'reassign-latest',
  capacity: 2_000,
} as const;
const DAY = 86_400_000;
const trait = (name: string, part: Partial<Trait>): Trait => ({ name, of: 'a', compute: 'count', path: [], window: null, ...part });
const BY_HAND = { at: new Date(1e6), source: 'test', actor: null, reason: null };

async function open(traits: readonly Trait[] = []) {
  const directory = temporaryDirectory();
  const store = await openTestStore({ kind: SQLITE, directory, rules: RULES, traits });
  return { store, path: join(directory, 'graph.db') };
}
function interaction(who: string, id: string, at: number, part: Partial<InteractionToSave> = {}): InteractionToSave {
  const about = { type: 'a', touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null };
  return { id, occurredAt: new Date(at), identifiers: [{ type: 'crmId', value: who }], ...about, ...part };
}
const ownerOf = async (store: Store, who: string) => (await store.findOwners([{ type: 'crmId', value: who }]))[0] as CustomerId;

/** Rows written past the gateway: many, fast. */
function fill(path: string, sql: string, ...parameters: (string | number)[]): void {
  const database = openDatabase(path);
  database.prepare(sql).run(...parameters);
  database.close();
}
const COUNT = 'with recursive n(i) as (select 1 union all select i + 1 from n where i < ?2)';

describe('long reads', () => {
  it('compute a trait over any number of interactions in one stretch of its window', async () => {
    const recent = trait('recent', { window: 64 * DAY });
    const { store, path } = await open([recent]);
    await store.saveInteractions([interaction('big', 'first', 100 * DAY)]);
    const id = await ownerOf(store, 'big');
    fill(
      path,
      `${COUNT} insert into interaction (customer_id, occurred_at, id, type, properties, recorded_at)
       select ?1, ?3 + i, 'n' || i, 'a', '{}', 1 from n`,
      ...[id, 130_000, 36.1 * DAY],
    );
    const counted = JSON.stringify({ count: 130_000, sum: 130_000, first: null, last: null });
    fill(path, 'insert into trait_bucket select ?, id, 36, ? from trait_counter', id, counted);
    expect(await store.findTraits([id], [recent], new Date(100.05 * DAY))).toEqual([{ recent: 130_001 }]);
  });

  it('count different values, and read attributes and the history, however many there are', async () => {
    const kinds = trait('kinds', { compute: 'uniques', path: ['n'] });
    const { store, path } = await open([kinds]);
    await store.saveInteractions([interaction('big', 'first', 1)]);
    const id = await ownerOf(store, 'big');
    fill(path, `${COUNT} insert into trait_value select ?1, 1, i, 1 from n`, id, 3_000);
    fill(path, `${COUNT} insert into attribute select ?1, 'name' || i, i, null, 1 from n`, id, 3_000);
    fill(
      path,
      `${COUNT} insert into identity_event
       select ?1, i, 'e' || i, ?1, 'TOGETHER', 'test', null, null, i, '{"evidence":[],"leftOut":[],"linked":[],"cut":[],"merged":[]}' from n`,
      ...[id, 3_000],
    );
    expect(await store.findTraits([id], [kinds], new Date())).toEqual([{ kinds: 3_000 }]);
    expect((await store.findAttributes([id]))[0]).toHaveLength(3_000);
    expect(await store.findIdentityEvents(id, { limit: 3_001, after: null })).toHaveLength(3_001);
  });

  it('read the journey of somebody with many ids as one, in both directions and by the page', async () => {
    const { store } = await open();
    const people = Array.from({ length: 200 }, (_, n) => String(n));
    await store.saveInteractions(people.flatMap((who, n) => [interaction(who, `i${n}`, 1_000 - n), interaction(who, `j${n}`, n)]));
    const ids = await store.findOwners(people.map((value) => ({ type: 'crmId', value })));
    await store.correct({ kind: 'merge', customerIds: ids as CustomerId[], ...BY_HAND });
    const id = await ownerOf(store, '7');
    const all = await store.findInteractions(id, newest(1_000));
    expect(all.map(({ occurredAt }) => occurredAt.getTime())).toEqual(people.flatMap((_, n) => [1_000 - n, n]).sort((a, b) => b - a));
    expect(await store.findInteractions(id, newest(30))).toEqual(all.slice(0, 30));
    const page = { ...newest(30), olderThan: all[29] as (typeof all)[number] };
    expect(await store.findInteractions(id, page)).toEqual(all.slice(30, 60));
    expect(await store.findInteractions(id, { ...newest(1_000), order: 'oldest-first' })).toEqual(all.toReversed());
  });

  it('answer within bounds as without, or not at all', async () => {
    const traits = [
      trait('count', {}),
      trait('recent', { window: 64 }),
      trait('kinds', { compute: 'uniques', path: ['n'] }),
      trait('last', { compute: 'last', path: ['n'] }),
    ];
    const { store, path } = await open(traits);
    const database = openDatabase(path);
    onTestFinished(() => database.close());
    const unbounded = storeReads(database, UNBOUNDED);
    const sent = fc.record({ who: fc.nat({ max: 5 }), at: fc.nat({ max: 60 }), n: fc.nat({ max: 4 }), type: fc.constantFrom('a', 'b') });
    const bounds = fc.record({ ids: fc.integer({ min: 1, max: 6 }), rows: fc.integer({ min: 1, max: 12 }) });
    const order = fc.constantFrom<JourneyRange['order'][]>('newest-first', 'oldest-first');
    const filter = fc.option(fc.constantFrom(['a'], ['b'], ['c']));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(sent, { minLength: 1, maxLength: 20 }),
        bounds,
        fc.integer({ min: 1, max: 9 }),
        order,
        filter,
        async (history, ...how) => {
          const [within, limit, direction, types] = how;
          const prefix = `r${run++}-`;
          for (const [index, { who, at, n, type }] of history.entries()) {
            const attributes = { [`name ${n}`]: index };
            await store.saveInteractions([interaction(prefix + who, String(index), at, { type, properties: { n }, attributes })]);
          }
          const found = await store.findOwners([0, 1, 2, 3, 4, 5].map((who) => ({ type: 'crmId', value: prefix + who })));
          const ids = found.filter((id) => id !== null);
          if (ids.length > 1) await store.correct({ kind: 'merge', customerIds: ids, ...BY_HAND });
          const [id] = (await store.findCustomers(ids.slice(0, 1))).map((customer) => customer?.id as CustomerId) as [CustomerId];
          const range = { limit, order: direction, olderThan: null, newerThan: null, types, touchpoints: null };
          for (const read of [
            (by: typeof unbounded) => by.findInteractions(id, range),
            (by: typeof unbounded) => by.findTraits([id], traits, new Date(70)),
            (by: typeof unbounded) => by.findAttributes([id]),
            (by: typeof unbounded) => by.findIdentityEvents(id, { limit, after: null }),
          ]) {
            const answer = read(storeReads(database, within));
            if (answer !== null) expect(answer).toEqual(read(unbounded));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('need few statements, whatever the pages and the number of ids', () => {
    const database = openDatabase(':memory:');
    onTestFinished(() => database.close());
    database.exec(`create table customer (id text primary key, root_id text, erased_at integer); create table purge (customer_id, id_key);
      create table interaction (customer_id, occurred_at, id, type, touchpoint, page_url, properties, recorded_at,
        identifier_type, identifier_value, source, actor)`);
    const insert = database.prepare('insert into customer values (?, ?, null)');
    for (let root = 1; root <= 50; root++) for (let n = 0; n < root; n++) insert.run(`${root} ${n}`, `${root} 0`);
    const reads = new InteractionReads(database, UNBOUNDED);
    const prepare = vi.spyOn(database, 'prepare');
    for (let limit = 1; limit <= 300; limit++) {
      for (const root of [1, 10, 50]) reads.find(`${root} 0` as CustomerId, newest(limit));
    }
    for (let root = 1; root <= 50; root++) reads.find(`${root} 0` as CustomerId, newest(20));
    expect(prepare.mock.calls.length).toBeLessThan(50);
  });

  it('fail alone when their thread fails, and the next ones are answered', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'graph.db');
    // A folder can't be opened as a store, so the thread ends as it starts.
    mkdirSync(path);
    const reads = new LongReads({ path, rules: RULES });
    onTestFinished(() => reads.close());
    await expect(reads.read('findAttributes', [[]])).rejects.toThrow();
    rmdirSync(path);
    await openTestStore({ kind: SQLITE, directory, rules: RULES });
    const id = '00000000-0000-4000-8000-000000000000' as CustomerId;
    const several = [
      reads.read('findAttributes', [[id]]),
      reads.read('findIdentityEvents', ['x', null]),
      reads.read('findAttributes', [[id]]),
    ];
    await expect(several[1]).rejects.toThrow(TypeError);
    expect(await Promise.all([several[0], several[2]])).toEqual([[[]], [[]]]);
    await expect(reads.read('findAttributes', [[() => id]])).rejects.toThrow('could not be cloned');
  });

  it('keep no process alive once they are answered', async () => {
    const { path } = await open();
    expect(await new Command('test/store/sqlite/read-and-leave.ts', [path]).ended()).toMatchObject({ code: 0, stdout: 'read\n' });
  });
});
