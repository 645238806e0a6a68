import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CustomerId } from '../../../src/model/customer.ts';
import type { InteractionToSave } from '../../../src/model/interaction.ts';
import type { Trait } from '../../../src/model/trait.ts';
import { openDatabase } from '../../../src/store/sqlite/open-database.ts';
import { UNBOUNDED } from '../../../src/store/sqlite/read-bounds.ts';
import { storeReads } from '../../../src/store/sqlite/store-reads.ts';
import { declareCounters, TraitRecount } from '../../../src/store/sqlite/trait-recount.ts';
import { temporaryDirectory } from '../../support/gateway.ts';
import { openTestStore } from '../../support/open-store.ts';
import { SQLITE } from '../../support/stores.ts';

const RULES = {
  types: [{ name: 'crmId', class: 'person', unique: false, limit: Number.MAX_SAFE_INTEGER, window: null }],
  conflict: 'reassign-latest',
  capacity: 50,
} as const;
const TRAITS: readonly Trait[] = [
  { name: 'count', of: 'a', compute: 'count', path: [], window: null },
  { name: 'sum', of: 'a', compute: 'sum', path: ['n'], window: null },
  { name: 'recent', of: 'a', compute: 'count', path: [], window: 640 },
  { name: 'last', of: 'b', compute: 'last', path: ['n'], window: null },
  { name: 'kinds', of: 'b', compute: 'uniques', path: ['n'], window: null },
];
const PEOPLE = ['ä', 'b', 'c'];
const NOW = new Date(700);

function interaction(who: string, id: string, at: number, type: string, n: number): InteractionToSave {
  const about = { touchpoint: null, pageUrl: null, properties: { n }, source: 'test', attributes: {}, provenAt: null };
  return { id, type, occurredAt: new Date(at), identifiers: [{ type: 'crmId', value: who }], ...about };
}

const history = fc.array(
  fc.oneof(
    fc.record({
      who: fc.constantFrom(...PEOPLE),
      id: fc.constantFrom('i', 'j', 'é', '\u{1f600}', '\uffee'),
      at: fc.nat({ max: 600 }),
      type: fc.constantFrom('a', 'b'),
      n: fc.nat({ max: 5 }),
    }),
    fc.constantFrom('slice' as const, 'slice of another process' as const),
  ),
  { maxLength: 30 },
);

async function open(directory = temporaryDirectory()) {
  const path = join(directory, 'graph.db');
  const store = await openTestStore({ kind: SQLITE, directory, rules: RULES });
  const databases = [openDatabase(path), openDatabase(path)] as const;
  onTestFinished(() => {
    for (const database of databases) database.close();
  });
  const traitsOf = async (prefix: string) => {
    const owners = await store.findOwners(PEOPLE.map((who) => ({ type: 'crmId', value: prefix + who })));
    return storeReads(databases[0], UNBOUNDED).findTraits(
      owners.filter((id) => id !== null),
      TRAITS,
      NOW,
    );
  };
  return { store, databases, traitsOf };
}

describe('a new trait', () => {
  it('counts each interaction once, whatever is stored while it is counted, and by however many processes', async () => {
    const { store, databases, traitsOf } = await open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(history, fc.nat({ max: 20 }), fc.integer({ min: 1, max: 3 }), async (steps, declaredAt, rowsPerStep) => {
        const prefix = `r${run++}-`;
        declareCounters(databases[0], []);
        const recounts = databases.map((database) => new TraitRecount(database, rowsPerStep)) as [TraitRecount, TraitRecount];
        const [recount, other] = recounts;
        while (recount.slice(10));
        for (const [index, step] of steps.entries()) {
          if (index === declaredAt) declareCounters(databases[0], TRAITS);
          if (step === 'slice') recount.slice(0);
          else if (step === 'slice of another process') other.slice(0);
          else await store.saveInteractions([interaction(prefix + step.who, step.id + (index % 7), step.at, step.type, step.n)]);
        }
        declareCounters(databases[1], TRAITS);
        while (recount.slice(0) || other.slice(0));
        const inSlices = await traitsOf(prefix);
        // Everything that is stored, counted at once.
        declareCounters(databases[0], []);
        declareCounters(databases[0], TRAITS);
        const atOnce = new TraitRecount(databases[0]);
        while (atOnce.slice(1_000));
        expect(inSlices).toEqual(await traitsOf(prefix));
      }),
      { numRuns: 25 },
    );
  });

  it('is forgotten when no trait needs it any more', async () => {
    const directory = temporaryDirectory();
    await openTestStore({ kind: SQLITE, directory, rules: RULES, traits: TRAITS });
    const fewer = await openTestStore({ kind: SQLITE, directory, rules: RULES, traits: TRAITS.slice(0, 1) });
    await expect(fewer.findTraits(['somebody' as CustomerId], TRAITS, NOW)).rejects.toThrow('expected the store to count for the trait');
  });

  it('is counted to the end by the next start, when the first one was interrupted', async () => {
    const directory = temporaryDirectory();
    const { store, databases } = await open(directory);
    await store.saveInteractions(Array.from({ length: 50 }, (_, n) => interaction('b', String(n), n, 'a', 1)));
    declareCounters(databases[0], TRAITS);
    expect(new TraitRecount(databases[0], 7).slice(0)).toBe(true);
    const next = await openTestStore({ kind: SQLITE, directory, rules: RULES, traits: TRAITS });
    const owners = (await next.findOwners([{ type: 'crmId', value: 'b' }])) as CustomerId[];
    expect((await next.findTraits(owners, TRAITS, NOW))[0]).toMatchObject({ count: 50, sum: 50 });
  });

  it('takes nothing over from a trait that was dropped, also when that was interrupted', async () => {
    const { store, databases, traitsOf } = await open();
    declareCounters(databases[0], TRAITS);
    const recount = new TraitRecount(databases[0], 2);
    while (recount.slice(0));
    await store.saveInteractions(Array.from({ length: 9 }, (_, n) => interaction(PEOPLE[n % 3] as string, String(n), n, 'a', n)));
    const before = await traitsOf('');
    declareCounters(databases[0], []);
    recount.slice(0);
    declareCounters(databases[0], TRAITS);
    while (recount.slice(0));
    expect(await traitsOf('')).toEqual(before);
    const rows = databases[0].prepare('select count(distinct counter_id) as n from trait_bucket').get();
    expect(rows).toEqual({ n: 3 });
  });

  it('does not count for somebody who was erased and is not deleted yet', async () => {
    const { store, databases } = await open();
    await store.saveInteractions(Array.from({ length: 9 }, (_, n) => interaction('b', String(n), n, 'a', n)));
    const [id] = (await store.findOwners([{ type: 'crmId', value: 'b' }])) as [CustomerId];
    databases[0].prepare('update customer set erased_at = 1 where id = ?').run(id);
    declareCounters(databases[0], TRAITS);
    const recount = new TraitRecount(databases[0], 2);
    while (recount.slice(0));
    expect(databases[0].prepare('select count(*) as n from trait_bucket').get()).toEqual({ n: 0 });
  });
});
