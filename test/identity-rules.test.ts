import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IdentityRules } from '../src/identity/identity-rules.ts';
import { CONFLICT_POLICIES } from '../src/model/conflict-policy.ts';
import type { CustomerId } from '../src/model/customer.ts';
import { type Identifier, identifierKey } from '../src/model/identifier.ts';
import { SqliteStore } from '../src/store/sqlite/sqlite-store.ts';

const RULES: IdentityRules = {
  types: [
    { name: 'crmId', class: 'person', unique: true, limit: 1, window: null },
    { name: 'email', class: 'person', unique: false, limit: 3, window: null },
    { name: 'visitorId', class: 'cookie', unique: false, limit: Number.MAX_SAFE_INTEGER, window: null },
  ],
  conflict: 'refuse',
  capacity: 50,
};
const identifier = fc.record({ type: fc.constantFrom('crmId', 'email', 'visitorId'), value: fc.constantFrom('a', 'b', 'c', 'd') });
const unlimited = fc.record({ type: fc.constant('visitorId'), value: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g') });
const history = (of: fc.Arbitrary<Identifier>) => fc.array(fc.array(of, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 10 });

let directory: string;
let store: SqliteStore;
let run = 0;
let clock = 1_000;
describe.each(CONFLICT_POLICIES)('with %s,', (conflict) => {
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'identity-'));
    store = new SqliteStore(join(directory, 'graph.db'), { ...RULES, conflict });
  });
  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Every run has identifiers of its own, so that all share one store. */
  function own(history: readonly (readonly Identifier[])[]): Identifier[][] {
    const prefix = `r${run++}-`;
    return history.map((event) => event.map(({ type, value }) => ({ type, value: prefix + value })));
  }
  const say = (identifiers: readonly Identifier[], at = clock++) =>
    store.commit({ identifiers, occurredAt: new Date(at), source: 'test', eventId: String(at) });
  const all = (events: readonly (readonly Identifier[])[]) => [
    ...new Map(events.flat().map((each) => [identifierKey(each), each])).values(),
  ];
  /** Which identifiers are one customer, however the customers are called. */
  async function partition(identifiers: readonly Identifier[]): Promise<string[]> {
    const owners = await store.findOwners(identifiers);
    const groups = Map.groupBy(identifiers.map(identifierKey), (_, index) => owners[index] ?? 'nobody');
    return [...groups.values()].map((keys) => keys.sort().join(' ')).sort();
  }

  describe('the identity rules, on the store', () => {
    it('change nothing when a whole history is told again', async () => {
      await fc.assert(
        fc.asyncProperty(history(identifier), async (generated) => {
          const events = own(generated).map((identifiers) => ({ identifiers, at: clock++ }));
          for (const { identifiers, at } of events) await say(identifiers, at);
          const before = await partition(all(events.map(({ identifiers }) => identifiers)));
          for (const { identifiers, at } of events) await say(identifiers, at);
          expect(await partition(all(events.map(({ identifiers }) => identifiers)))).toEqual(before);
        }),
        { numRuns: 300 },
      );
    });

    it('leave an identifier without a customer only where a limit cut it', async () => {
      await fc.assert(
        fc.asyncProperty(history(identifier), async (generated) => {
          const events = own(generated);
          const loose = new Set<string>();
          for (const event of events) {
            const decision = await say(event);
            if (decision.kind === 'refused') continue;
            for (const cut of decision.cut) loose.add(identifierKey(cut));
            for (const gained of [...decision.linked, ...decision.moved]) loose.delete(identifierKey(gained));
            const left = new Set(decision.leftOut.map(identifierKey));
            const expected = event.filter((each) => !left.has(identifierKey(each)));
            for (const owner of await store.findOwners(expected)) expect(owner).toBe(decision.customerId);
          }
          const cut = all(events).filter((each) => loose.has(identifierKey(each)));
          expect((await store.findOwners(cut)).filter((owner) => owner !== null)).toEqual([]);
        }),
        { numRuns: 150 },
      );
    });

    it('never give a customer more of a type than its limit, after any prefix of any history', async () => {
      await fc.assert(
        fc.asyncProperty(history(identifier), async (generated) => {
          const events = own(generated);
          for (const event of events) {
            await say(event);
            const owners = (await store.findOwners(all(events))).filter((id) => id !== null);
            for (const customer of await store.findCustomers([...new Set(owners)])) {
              for (const { name, limit } of RULES.types) {
                expect(customer?.identifiers.filter(({ type }) => type === name).length).toBeLessThanOrEqual(limit);
              }
            }
          }
        }),
        { numRuns: 150 },
      );
    });

    it('change nothing when an event is told again', async () => {
      await fc.assert(
        fc.asyncProperty(history(identifier), async (generated) => {
          const events = own(generated);
          for (const event of events) {
            const first = await say(event, clock);
            const again = await say(event, clock++);
            expect(again.kind).toBe(first.kind);
            if (first.kind === 'refused' || again.kind === 'refused') continue;
            expect(again).toMatchObject({ customerId: first.customerId, created: false, merged: [], linked: [], moved: [], cut: [] });
          }
        }),
        { numRuns: 100 },
      );
    });

    it('give the connected components in any order, where no limit is broken', async () => {
      await fc.assert(
        fc.asyncProperty(
          history(unlimited).chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length }))),
          async ([generated, shuffled]) => {
            const events = own(generated);
            const others = own(shuffled);
            for (const event of events) await say(event);
            for (const event of others) await say(event);
            const unnamed = (groups: readonly string[]) => groups.map((group) => group.replace(/r\d+-/g, ''));
            const expected = components(events);
            expect(unnamed(await partition(all(events)))).toEqual(unnamed(expected));
            expect(unnamed(await partition(all(others)))).toEqual(unnamed(expected));
          },
        ),
        { numRuns: 100 },
      );
    });

    it('do not mind the order of identifiers within an event', async () => {
      await fc.assert(
        fc.asyncProperty(history(identifier), async (generated) => {
          const straight = own(generated);
          const reversed = own(generated.map((event) => event.toReversed()));
          for (const [index, event] of straight.entries()) {
            const one = await say(event);
            const other = await say(reversed[index] as Identifier[]);
            expect(other.kind).toBe(one.kind);
          }
          const unnamed = (groups: readonly string[]) => groups.map((group) => group.replace(/r\d+-/g, ''));
          expect(unnamed(await partition(all(reversed)))).toEqual(unnamed(await partition(all(straight))));
        }),
        { numRuns: 100 },
      );
    });

    it('make every id that was ever answered resolve, in one hop, to a customer of today', async () => {
      await fc.assert(
        fc.asyncProperty(history(identifier), async (generated) => {
          const events = own(generated);
          const shown: CustomerId[] = [];
          for (const event of events) {
            shown.push(...(await store.provisionalIds(event.filter((_, index) => index === 0))));
            const decision = await say(event);
            if (decision.kind === 'changes') shown.push(decision.customerId);
          }
          const owners = new Set(await store.findOwners(all(events)));
          const answered = await store.findCustomers(shown);
          for (const [index, customer] of answered.entries()) {
            // One that was shown for an identifier of refused events only is not stored, and still free.
            if (customer !== null) expect(owners.has(customer.id) || customer.identifiers.length === 0).toBe(true);
            else expect(shown[index]).toMatch(/^[0-9a-f-]{36}$/);
          }
        }),
        { numRuns: 100 },
      );
    });

    it('end in one customer when merges cross each other', async () => {
      const values = Array.from({ length: 41 }, (_, n) => ({ type: 'visitorId', value: `cross-${n}` }));
      const pairs = values.slice(1).map((value, index) => [values[index] as Identifier, value]);
      const decisions = await Promise.all(
        [...pairs.filter((_, n) => n % 2 === 0), ...pairs.filter((_, n) => n % 2 === 1).reverse()].map((pair) => say(pair)),
      );
      expect(new Set(await store.findOwners(values)).size).toBe(1);
      const ids = decisions.map((decision) => (decision.kind === 'changes' ? decision.customerId : null)) as CustomerId[];
      expect(new Set((await store.findCustomers(ids)).map((customer) => customer?.id)).size).toBe(1);
      expect((await store.findCustomers(ids.slice(0, 1)))[0]?.identifiers.length).toBe(values.length);
    });
  });
});

/** By a plain union of sets: the definition, not the implementation. */
function components(events: readonly (readonly Identifier[])[]): string[] {
  let groups: Set<string>[] = [];
  for (const event of events) {
    const keys = event.map(identifierKey);
    const touched = groups.filter((group) => keys.some((key) => group.has(key)));
    groups = [...groups.filter((group) => !touched.includes(group)), new Set([...keys, ...touched.flatMap((group) => [...group])])];
  }
  return groups.map((group) => [...group].sort().join(' ')).sort();
}
