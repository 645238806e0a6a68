import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import { CONFLICT_POLICIES, type IdentityCorrection } from '../../src/model/identity.ts';
import { identifier, rulesWith, type Sighting, type Step, sightings, steps, unlimited } from './histories.ts';
import { PlainGraph } from './plain-graph.ts';

/** Histories for each property under each policy. */
const RUNS = 500;

const told = ({ identifiers, at }: Sighting) => ({ identifiers, occurredAt: new Date(at), source: 'test', eventId: `at ${at}` });
const all = (events: readonly { identifiers: readonly Identifier[] }[]) => [
  ...new Map(events.flatMap(({ identifiers }) => identifiers).map((each) => [identifierKey(each), each])).values(),
];
/** Which identifiers are one customer, however the customers are called. */
function partition(graph: PlainGraph, identifiers: readonly Identifier[]): string[] {
  const owned = identifiers.filter((each) => graph.owner(each) !== null);
  return [...Map.groupBy(owned, (each) => graph.owner(each)).values()].map((group) => group.map(identifierKey).sort().join(' ')).sort();
}
const EVERY = ['crmId', 'email', 'phone', 'visitorId'].flatMap((type) => ['a', 'b', 'c', 'd'].map((value) => ({ type, value })));

describe.each(CONFLICT_POLICIES)('the identity rules with %s', (conflict) => {
  const rules = rulesWith(conflict);

  it('never give a customer more of a type than its limit, nor more than there is room for, after any prefix', () => {
    fc.assert(
      fc.property(sightings, (history) => {
        const graph = new PlainGraph(rules);
        for (const event of history) {
          graph.commit(told(event));
          for (const owner of new Set(EVERY.map((each) => graph.owner(each)).filter((id) => id !== null))) {
            const { identifiers } = graph.customer(owner);
            for (const { name, limit, window } of rules.types.filter(({ window }) => window === null)) {
              expect(window).toBeNull();
              expect(identifiers.filter(({ type }) => type === name).length).toBeLessThanOrEqual(limit);
            }
            expect(identifiers.length).toBeLessThanOrEqual(rules.capacity);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('count for a limit with a window what was seen within it', () => {
    fc.assert(
      fc.property(sightings, (history) => {
        const graph = new PlainGraph(rules);
        for (const event of history) {
          const decision = graph.commit(told(event));
          if (decision.kind === 'refused' || decision.rule === 'REPLAY') continue;
          const phones = graph.customer(decision.customerId).identifiers.filter(({ type }) => type === 'phone');
          for (const { lastSeenAt: end } of phones) {
            const within = phones.filter(({ lastSeenAt }) => lastSeenAt <= end && lastSeenAt.getTime() > end.getTime() - 10);
            expect(within.length).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('leave an identifier of an event with the customer of the event, unless they say why not', () => {
    fc.assert(
      fc.property(sightings, (history) => {
        const graph = new PlainGraph(rules);
        for (const event of history) {
          const decision = graph.commit(told(event));
          if (decision.kind === 'refused' || decision.rule === 'REPLAY') continue;
          const left = new Set([...decision.leftOut, ...decision.cut].map(identifierKey));
          for (const each of event.identifiers.filter((one) => !left.has(identifierKey(one)))) {
            expect(graph.owner(each)).toBe(decision.customerId);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('take nothing from anybody without saying so', () => {
    fc.assert(
      fc.property(sightings, (history) => {
        const graph = new PlainGraph(rules);
        for (const event of history) {
          const before = new Map(EVERY.map((each) => [identifierKey(each), graph.owner(each)]));
          const decision = graph.commit(told(event));
          const changes = decision.kind === 'changes' ? decision : { merged: [], moved: [], cut: [], linked: [] };
          const merged = new Set(changes.merged.map(({ id }) => id));
          const said = new Set([...changes.moved, ...changes.cut, ...changes.linked].map(identifierKey));
          for (const each of EVERY) {
            const owner = before.get(identifierKey(each)) ?? null;
            if (owner !== null && merged.has(owner)) continue;
            if (!said.has(identifierKey(each))) expect(graph.owner(each)).toBe(owner);
          }
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('change nothing when an event, or a whole history, is told again', () => {
    fc.assert(
      fc.property(sightings, fc.nat(), (history, chosen) => {
        const graph = new PlainGraph(rules);
        for (const [index, event] of history.entries()) {
          const first = graph.commit(told(event));
          const before = partition(graph, EVERY);
          const again = graph.commit(told(history[chosen % (index + 1)] as Sighting));
          expect(partition(graph, EVERY)).toEqual(before);
          if (chosen % (index + 1) === index) expect(again.kind).toBe(first.kind);
        }
        const before = partition(graph, EVERY);
        for (const event of history) graph.commit(told(event));
        expect(partition(graph, EVERY)).toEqual(before);
      }),
      { numRuns: RUNS },
    );
  });

  it('give the connected components in any order, where no limit is broken', () => {
    const roomy = { ...rules, capacity: 50 };
    const event = fc.record({
      identifiers: fc.array(unlimited, { minLength: 1, maxLength: 3 }),
      at: fc.nat(40),
      kind: fc.constant('sighting' as const),
    });
    const shuffled = fc
      .array(event, { minLength: 1, maxLength: 10 })
      .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })));
    fc.assert(
      fc.property(shuffled, ([straight, other]) => {
        for (const order of [straight, other]) {
          const graph = new PlainGraph(roomy);
          for (const each of order) graph.commit(told(each));
          expect(partition(graph, all(straight))).toEqual(components(straight));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('do not mind the order of identifiers within an event', () => {
    fc.assert(
      fc.property(sightings, (history) => {
        const straight = new PlainGraph(rules);
        const reversed = new PlainGraph(rules);
        for (const event of history) {
          const one = straight.commit(told(event));
          const other = reversed.commit(told({ ...event, identifiers: event.identifiers.toReversed() }));
          expect(other).toEqual(one);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('lose and double no interaction, whatever happens to its customers', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const graph = new PlainGraph(rules);
        let stored = 0;
        for (const [index, step] of history.entries()) {
          const receipt = take(graph, step, index);
          if (receipt?.outcome === 'stored') stored++;
          if (step.kind === 'interaction') expect(take(graph, step, index)?.outcome).toBe('duplicate');
        }
        const everyone = new Set(graph.ids().map((id) => graph.root(id)));
        expect([...everyone].flatMap((id) => graph.interactionsOf(id)).length).toBe(stored);
      }),
      { numRuns: RUNS },
    );
  });

  it('make every id that was ever shown resolve, in one hop, to a customer of today', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const graph = new PlainGraph(rules);
        const shown = new Set<CustomerId>();
        for (const [index, step] of history.entries()) {
          const named = 'identifiers' in step ? step.identifiers : [];
          for (const each of named) shown.add(graph.owner(each) ?? graph.provisionalId(each));
          take(graph, step, index);
          for (const id of shown) if (graph.isKnown(id)) expect(graph.root(graph.root(id))).toBe(graph.root(id));
        }
        for (const each of EVERY) {
          const owner = graph.owner(each);
          if (owner !== null) expect(graph.root(owner)).toBe(owner);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('never bring together by older evidence what a person took apart', () => {
    fc.assert(
      fc.property(sightings, identifier, fc.constantFrom('split', 'unlink'), sightings, (before, of, kind, after) => {
        const graph = new PlainGraph(rules);
        for (const event of before) graph.commit(told(event));
        const from = graph.owner(of);
        const other = EVERY.find((each) => identifierKey(each) !== identifierKey(of) && from !== null && graph.owner(each) === from);
        if (from === null || other === undefined) return;
        // Everything was seen by 40 at the latest, so all that follows is older than this.
        graph.correct({ kind, customerId: null, identifiers: [of], ...BY_HAND } as IdentityCorrection);
        // Either part may keep the id.
        const rest = graph.owner(other) as CustomerId;
        for (const event of [...before, ...after]) {
          graph.commit({ ...told(event), eventId: `another id of ${event.at}` });
          const owner = graph.owner(of);
          if (owner !== null) expect(graph.root(rest)).not.toBe(owner);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

const BY_HAND = { at: new Date(41), source: 'test', actor: null, reason: null };

function take(graph: PlainGraph, step: Step, index: number) {
  switch (step.kind) {
    case 'sighting':
      graph.commit(told(step));
      return null;
    case 'interaction':
      return graph.saveInteraction({
        ...{
          id: `${step.id}-${index}`,
          type: 'view',
          touchpoint: null,
          pageUrl: null,
          properties: {},
          source: 'test',
          attributes: {},
          provenAt: null,
        },
        ...{ identifiers: step.identifiers, occurredAt: new Date(step.at) },
      });
    case 'merge': {
      const customerIds = step.of.map((each) => graph.owner(each)).filter((id) => id !== null);
      if (customerIds.length === 2) graph.correct({ kind: 'merge', customerIds, ...BY_HAND });
      return null;
    }
    default:
      graph.correct({ kind: step.kind, customerId: null, identifiers: [step.of], ...BY_HAND } as IdentityCorrection);
      return null;
  }
}

/** By a plain union of sets: the definition, not the implementation. */
function components(events: readonly { identifiers: readonly Identifier[] }[]): string[] {
  let groups: Set<string>[] = [];
  for (const { identifiers } of events) {
    const keys = identifiers.map(identifierKey);
    const touched = groups.filter((group) => keys.some((key) => group.has(key)));
    groups = [...groups.filter((group) => !touched.includes(group)), new Set([...keys, ...touched.flatMap((group) => [...group])])];
  }
  return groups.map((group) => [...group].sort().join(' ')).sort();
}
