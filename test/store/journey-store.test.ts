import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IdentityRules } from '../../src/identity/identity-rules.ts';
import { addTotals, EMPTY_TOTALS, totalsOf, valueOfTotals } from '../../src/journey/trait-counter.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import type { InteractionToSave, JourneyCursor, JourneyRange, StoredInteraction } from '../../src/model/interaction.ts';
import type { Store } from '../../src/model/ports.ts';
import type { Trait } from '../../src/model/trait.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { newest } from '../support/journey.ts';
import { openTestStore, type TestStoreOptions } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';

const RULES = {
  types: [{ name: 'crmId', class: 'person', unique: false, limit: Number.MAX_SAFE_INTEGER, window: null }],
  conflict: 'reassign-latest',
  capacity: 1_000,
} as const;
const BY_HAND = { at: new Date(1e6), source: 'test', actor: null, reason: null };
const MINUTE = 60_000;
const TRAITS: readonly Trait[] = [
  { name: 'purchases', of: 'a', compute: 'count', path: [], window: null },
  { name: 'recent', of: 'a', compute: 'count', path: [], window: 64 * MINUTE },
  { name: 'spent', of: 'a', compute: 'sum', path: ['n'], window: null },
  { name: 'spentLately', of: 'a', compute: 'sum', path: ['n'], window: 40 * MINUTE },
  { name: 'last', of: 'a', compute: 'last', path: ['n'], window: null },
  { name: 'firstLately', of: 'a', compute: 'first', path: ['n'], window: 30 * MINUTE },
  { name: 'lastTouchpoint', of: 'a', compute: 'last', path: ['touchpoint'], window: null },
  { name: 'kinds', of: 'a', compute: 'uniques', path: ['n'], window: null },
  { name: 'kindsLately', of: 'b', compute: 'uniques', path: ['n'], window: 50 * MINUTE },
];

function interaction(who: string, id: string, minute: number, type = 'a', n: unknown = 1): InteractionToSave {
  const properties = n === undefined ? {} : { n };
  const rest = { touchpoint: minute % 2 === 0 ? 'web' : 'ios', pageUrl: null, source: 'test', attributes: {}, provenAt: null };
  return { id, type, occurredAt: new Date(minute * MINUTE), identifiers: [{ type: 'crmId', value: who }], properties, ...rest };
}

/** People with a number of their own, and devices that several of them use. */
const SHARED_DEVICES: IdentityRules = {
  ...RULES,
  types: [
    { ...RULES.types[0], name: 'crmId', unique: true, limit: 1 },
    { ...RULES.types[0], name: 'v', limit: 3 },
  ],
};

/** What happens to a few people: interactions in any order, sent again, and merges between. */
const steps = fc.array(
  fc.oneof(
    fc.record({
      who: fc.integer({ min: 0, max: 4 }),
      id: fc.integer({ min: 0, max: 30 }).map(String),
      minute: fc.integer({ min: 0, max: 120 }),
      type: fc.constantFrom('a', 'b'),
      n: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(undefined, '2.5', 'x', 0.1)),
    }),
    fc.record({ merge: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })) }),
  ),
  { maxLength: 60 },
);

describe.each(STORES)('journeys in $name', (kind) => {
  const open = (more: Partial<TestStoreOptions> = {}) => openTestStore({ kind, rules: RULES, ...more });

  /** Runs the steps for people of their own. @returns each who is somebody, once. */
  async function live(store: Store, prefix: string, history: typeof steps extends fc.Arbitrary<infer Steps> ? Steps : never) {
    const owner = async (who: number) => (await store.findOwners([{ type: 'crmId', value: prefix + who }]))[0] ?? null;
    for (const step of history) {
      if ('merge' in step) {
        const ids = (await Promise.all(step.merge.map(owner))).filter((id) => id !== null);
        if (ids.length === 2) await store.correct({ kind: 'merge', customerIds: ids, ...BY_HAND });
      } else await store.saveInteractions([interaction(prefix + step.who, step.id, step.minute, step.type, step.n)]);
    }
    const owners = await Promise.all([0, 1, 2, 3, 4].map(owner));
    return [...new Set(owners)].filter((id) => id !== null);
  }
  const whole = (store: Store, id: CustomerId) => store.findInteractions(id, newest(1_000));

  it('reads who sent an interaction where that is asked for, on every page', async () => {
    const store = await open();
    const [saved] = await store.saveInteractions([{ ...interaction('sent-by', '1', 1), actor: 'summer' }, interaction('sent-by', '2', 2)]);
    const actors = async (more: Partial<JourneyRange>) =>
      (await store.findInteractions(saved?.customerId as CustomerId, { ...newest(9), ...more })).map(({ id, actor }) => [id, actor]);
    const unsent = [
      ['2', null],
      ['1', null],
    ];
    expect(await actors({})).toEqual(unsent);
    expect(await actors({ withActors: true })).toEqual([
      ['2', null],
      ['1', 'summer'],
    ]);
    expect(await actors({ withActors: false })).toEqual(unsent);
    expect(await actors({ withActors: true, types: ['a'], touchpoints: ['ios'] })).toEqual([['1', 'summer']]);
  });

  it('are read by the page as they are as a whole, in both directions, whatever the page and the filter', async () => {
    const store = await open();
    let run = 0;
    const sizes = fc.integer({ min: 1, max: 7 });
    const wanted = fc.record({ types: fc.option(fc.subarray(['a', 'b'])), touchpoints: fc.option(fc.subarray(['web', 'ios'])) });
    await fc.assert(
      fc.asyncProperty(steps, sizes, wanted, async (history, limit, { types, touchpoints }) => {
        for (const id of await live(store, `p${run++}-`, history)) {
          const all = await whole(store, id);
          const times = all.map(({ occurredAt }) => occurredAt.getTime());
          expect(times).toEqual([...times].sort((a, b) => b - a));
          const expected = all.filter(
            (each) => (types?.includes(each.type) ?? true) && (touchpoints?.includes(each.touchpoint as string) ?? true),
          );
          for (const order of ['newest-first', 'oldest-first'] as const) {
            const read: StoredInteraction[] = [];
            for (let cursor: JourneyCursor | null = null; ; ) {
              const bound = order === 'newest-first' ? { olderThan: cursor, newerThan: null } : { olderThan: null, newerThan: cursor };
              const page: StoredInteraction[] = await store.findInteractions(id, { limit, order, ...bound, types, touchpoints });
              read.push(...page);
              cursor = page.at(-1) ?? null;
              if (page.length < limit) break;
            }
            expect(read).toEqual(order === 'newest-first' ? expected : expected.toReversed());
          }
        }
      }),
      { numRuns: kind.runs(60) },
    );
  });

  it('are read with a filter that lets little through, in both directions, over more than one stretch', async () => {
    const store = await open();
    const all = Array.from({ length: 12_000 }, (_, n) => interaction('long', String(n), n, n % 4_000 === 17 ? 'b' : 'a'));
    await store.saveInteractions(all);
    const [id] = (await store.findOwners([{ type: 'crmId', value: 'long' }])) as [CustomerId];
    const read = async (order: 'newest-first' | 'oldest-first', limit: number, more: object = {}) => {
      const range = { limit, order, olderThan: null, newerThan: null, types: ['b'], touchpoints: null, ...more };
      return (await store.findInteractions(id, range)).map((each) => each.id);
    };
    expect(await read('newest-first', 10)).toEqual(['8017', '4017', '17']);
    expect(await read('oldest-first', 10)).toEqual(['17', '4017', '8017']);
    expect(await read('oldest-first', 2)).toEqual(['17', '4017']);
    const cursor = { occurredAt: new Date(8_017 * MINUTE), id: '8017', customerId: id };
    expect(await read('newest-first', 10, { olderThan: cursor })).toEqual(['4017', '17']);
    expect(await read('oldest-first', 10, { newerThan: cursor })).toEqual([]);
    expect(await read('newest-first', 10, { types: null, touchpoints: ['nowhere'] })).toEqual([]);
  });

  it('give every trait the value that all interactions together have, in any order, through merges and repetitions', async () => {
    const store = await open({ traits: TRAITS });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 0, max: 240 }), async (history, minute) => {
        const at = new Date(minute * MINUTE + 1);
        const ids = await live(store, `t${run++}-`, history);
        const found = await store.findTraits(ids, TRAITS, at);
        for (const [index, id] of ids.entries()) expect(found[index]).toEqual(traitsByHand(await whole(store, id), at));
      }),
      { numRuns: kind.runs(100) },
    );
  });

  it('count for a trait how many values differ, however long they are', async () => {
    const directory = temporaryDirectory();
    const long = (seed: number) => Array.from({ length: 400 }, (_, index) => Math.sin(seed + index)).join();
    const withValues = (...values: string[]) =>
      values.map((value, index) => ({ ...interaction('tom', `${index}`, index), properties: { n: value } }));
    const kinds = TRAITS.filter(({ name }) => name === 'kinds');
    const others = await open({ traits: [], directory });
    await others.saveInteractions(withValues(long(1), long(2), long(1), 'x'));
    const store = await open({ traits: kinds, directory });
    const tom = (await store.findOwners([{ type: 'crmId', value: 'tom' }])) as CustomerId[];
    const found = async () => (await store.findTraits(tom, kinds, new Date(100 * MINUTE)))[0];
    expect(await found()).toEqual({ kinds: 3 });
    await store.saveInteractions([{ ...interaction('tom', '8', 8), properties: { n: long(2) } }]);
    await store.saveInteractions([{ ...interaction('tom', '9', 9), properties: { n: long(3) } }]);
    expect(await found()).toEqual({ kinds: 4 });
  });

  it('count for a new trait what was stored before it', async () => {
    const directory = temporaryDirectory();
    const before = await open({ traits: [], directory });
    await before.saveInteractions([interaction('tom', '1', 1), interaction('tom', '2', 70), interaction('tom', '3', 90, 'b')]);
    const [tom] = await before.findOwners([{ type: 'crmId', value: 'tom' }]);
    const after = await open({ traits: TRAITS, directory });
    const at = new Date(100 * MINUTE);
    const traits = async (store: Store, wanted: readonly Trait[]) => (await store.findTraits([tom as CustomerId], wanted, at))[0];
    expect(await traits(after, TRAITS)).toEqual(traitsByHand(await whole(after, tom as CustomerId), at));
    // A process that was started before continues to record, and counts for the new one.
    await before.saveInteractions([interaction('tom', '4', 95)]);
    expect(await traits(after, TRAITS)).toMatchObject({ purchases: 3 });
    const fewer = await open({ traits: TRAITS.slice(0, 1), directory });
    expect(await traits(fewer, TRAITS.slice(0, 1))).toEqual({ purchases: 3 });
  });

  it('mean the same however they are cut into batches, and newer evidence counts whenever it comes', async () => {
    const seen = (id: string, minute: number, crmId: string, v: string) => ({
      ...interaction('', id, minute),
      identifiers: [
        { type: 'crmId', value: crmId },
        { type: 'v', value: v },
      ],
    });
    const history = [
      seen('1', 5, 'tom', 'x'),
      seen('2', 3, 'ada', 'x'),
      seen('3', 7, 'ada', 'x'),
      seen('4', 1, 'ben', 'y'),
      seen('5', 9, 'ben', 'y'),
      seen('6', 5, 'eve', 'y'),
    ];
    const ownersAfter = async (batches: readonly (readonly InteractionToSave[])[]) => {
      const store = await open({ rules: SHARED_DEVICES });
      for (const batch of batches) await store.saveInteractions(batch);
      const keys = ['tom', 'ada', 'ben', 'eve'].map((value) => ({ type: 'crmId', value }));
      const owners = await store.findOwners([...keys, { type: 'v', value: 'x' }, { type: 'v', value: 'y' }]);
      return owners.slice(4).map((owner) => keys[owners.indexOf(owner)]?.value);
    };
    expect(await ownersAfter(history.map((each) => [each]))).toEqual(['ada', 'ben']);
    expect(await ownersAfter([history])).toEqual(['ada', 'ben']);
  });

  it("take another's interaction of the same id for a repetition only when it is alike", async () => {
    const store = await open({ rules: SHARED_DEVICES });
    const v = { type: 'v', value: 'laptop' };
    const toms = { ...interaction('tom', '1', 1), identifiers: [{ type: 'crmId', value: 'tom' }, v] };
    await store.saveInteractions([toms, { ...interaction('', '2', 5), identifiers: [{ type: 'crmId', value: 'ada' }, v] }]);
    const outcomes = await store.saveInteractions([
      { ...interaction('', '1', 9), identifiers: [v] },
      { ...toms, identifiers: [v] },
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['stored', 'duplicate']);
  });

  it('are recorded again under another login without a change: neither an interaction nor an identifier moves', async () => {
    const store = await open({ rules: SHARED_DEVICES });
    const laptop = { type: 'v', value: 'laptop' };
    const person = (value: string) => ({ type: 'crmId', value });
    const toms = { ...interaction('', '1', 5), identifiers: [person('tom'), laptop], attributes: { size: 'L' } };
    const [{ customerId: tom } = {}] = await store.saveInteractions([toms]);
    // Somebody whom nobody knows yet, and somebody with a journey of their own.
    await store.saveInteractions([interaction('ada', '9', 1)]);
    for (const value of ['summer', 'ada']) {
      for (const identifiers of [
        [person(value), laptop],
        [laptop, person(value)],
      ]) {
        const [receipt] = await store.saveInteractions([{ ...toms, identifiers, attributes: { size: 'S' } }]);
        expect(receipt).toMatchObject({ outcome: 'duplicate', customerId: tom, changed: [] });
      }
    }
    const [laptops, summer, ada] = await store.findOwners([laptop, person('summer'), person('ada')]);
    expect([laptops, summer]).toEqual([tom, null]);
    expect((await whole(store, ada as CustomerId)).map(({ id }) => id)).toEqual(['9']);
    expect(await store.findAttributes([tom as CustomerId])).toMatchObject([[{ name: 'size', value: 'L' }]]);
    // What Summer does herself is hers, and takes the laptop along.
    const summers = { ...interaction('', '1', 7), identifiers: [person('summer'), laptop] };
    expect((await store.saveInteractions([summers]))[0]).toMatchObject({ outcome: 'stored', changed: [tom] });
    expect((await store.saveInteractions([{ ...toms, identifiers: [person('summer'), laptop] }]))[0]).toMatchObject({
      outcome: 'duplicate',
      changed: [],
    });
    const journeys = await Promise.all(
      (await store.findOwners([person('tom'), person('summer')])).map((id) => whole(store, id as CustomerId)),
    );
    expect(journeys.map((journey) => journey.map(({ id, occurredAt }) => [id, occurredAt.getTime() / MINUTE]))).toEqual([
      [['1', 5]],
      [['1', 7]],
    ]);
  });

  it('give a trait the value that comes first or last in the journey, where two customers had an interaction of one id and time', async () => {
    for (const [n, first] of [0, 1, 2, 3].entries()) {
      const store = await open({ traits: TRAITS });
      const [x, y] = [`x${n}`, `y${n}`];
      await store.saveInteractions([interaction(x, '1', 5, 'a', first), interaction(y, '1', 5, 'a', first + 1)]);
      const ids = await store.findOwners([x, y].map((value) => ({ type: 'crmId', value })));
      await store.correct({ kind: 'merge', customerIds: ids.filter((id) => id !== null), ...BY_HAND });
      const journey = await whole(store, ids[0] as CustomerId);
      const [values] = await store.findTraits([ids[0] as CustomerId], TRAITS, new Date(6 * MINUTE));
      const picked = TRAITS.filter(({ compute, path }) => ['first', 'last'].includes(compute) && path.join() === 'n');
      expect(picked.length).toBeGreaterThan(0);
      for (const { name: trait, compute } of picked) expect(values?.[trait]).toBe(journey.at(compute === 'first' ? -1 : 0)?.properties.n);
    }
  });

  it('say who became whom by an interaction', async () => {
    const store = await open();
    await store.saveInteractions([interaction('x', '1', 1), interaction('y', '1', 2)]);
    const [x, y] = await store.findOwners([
      { type: 'crmId', value: 'x' },
      { type: 'crmId', value: 'y' },
    ]);
    const both = {
      ...interaction('x', '2', 3),
      identifiers: [
        { type: 'crmId', value: 'x' },
        { type: 'crmId', value: 'y' },
      ],
    };
    const [receipt] = await store.saveInteractions([both]);
    expect(receipt).toMatchObject({ outcome: 'stored', identifier: { type: 'crmId', value: 'x' } });
    // Both are as old, so either survives.
    expect([receipt?.customerId, ...(receipt?.changed ?? [])].sort()).toEqual([x, y].sort());
  });
});

/** Looks at everything. */
function traitsByHand(interactions: readonly StoredInteraction[], at: Date): Record<string, unknown> {
  return Object.fromEntries(
    TRAITS.map((trait) => {
      const { of, path, window } = trait;
      // Oldest first.
      const inWindow = interactions
        .toReversed()
        .filter(({ type, occurredAt }) => type === of && (window === null || occurredAt.getTime() >= at.getTime() - window));
      if (trait.compute === 'uniques')
        return [trait.name, new Set(inWindow.flatMap(({ properties: { n } }) => (n == null ? [] : JSON.stringify(n)))).size];
      const totals = inWindow.flatMap((each) => totalsOf(each, path) ?? []);
      return [trait.name, valueOfTotals(trait, totals.reduce(addTotals, EMPTY_TOTALS))];
    }),
  );
}
