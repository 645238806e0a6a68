import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import { CONFLICT_POLICIES, type IdentityCorrection } from '../../src/model/identity.ts';
import { type EvidenceStep, evidenceSteps, identifier, rulesWith, type Step, steps, unlimited } from './histories.ts';
import { PlainGraph } from './plain-graph.ts';

/** Histories for each property under each policy. */
const RUNS = 500;

const eventOf = ({ identifiers, at }: EvidenceStep) => ({ identifiers, occurredAt: new Date(at), source: 'test', eventId: `at ${at}` });
const all = (events: readonly { identifiers: readonly Identifier[] }[]) => [
  ...new Map(events.flatMap(({ identifiers }) => identifiers).map((each) => [identifierKey(each), each])).values(),
];
/** The identifiers of each customer, without the ids of customers. */
function partition(graph: PlainGraph, identifiers: readonly Identifier[]): string[] {
  const owned = identifiers.filter((each) => graph.owner(each) !== null);
  return [...Map.groupBy(owned, (each) => graph.owner(each)).values()].map((group) => group.map(identifierKey).sort().join(' ')).sort();
}
const EVERY = ['crmId', 'email', 'phone', 'visitorId'].flatMap((type) => ['a', 'b', 'c', 'd'].map((value) => ({ type, value })));

describe.each(CONFLICT_POLICIES)('the identity rules with %s', (conflict) => {
  const rules = rulesWith(conflict);

  it('never give a customer more values of a type than its limit, nor more identifiers than the capacity, after any event', () => {
    fc.assert(
      fc.property(evidenceSteps, (history) => {
        const graph = new PlainGraph(rules);
        for (const event of history) {
          graph.commit(eventOf(event));
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

  it('count, for a limit with a window, the values that were seen within it', () => {
    fc.assert(
      fc.property(evidenceSteps, (history) => {
        const graph = new PlainGraph(rules);
        for (const event of history) {
          const decision = graph.commit(eventOf(event));
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

  it('give each identifier of an event to the customer of the event, unless the decision leaves it out or cuts it', () => {
    fc.assert(
      fc.property(evidenceSteps, (history) => {
        const graph = new PlainGraph(rules);
        for (const event of history) {
          const decision = graph.commit(eventOf(event));
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

  it('take no identifier that the decision does not list', () => {
    fc.assert(
      fc.property(evidenceSteps, (history) => {
        const graph = new PlainGraph(rules);
        for (const event of history) {
          const before = new Map(EVERY.map((each) => [identifierKey(each), graph.owner(each)]));
          const decision = graph.commit(eventOf(event));
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

  it('change nothing when an event, or a whole history, is recorded again', () => {
    fc.assert(
      fc.property(evidenceSteps, fc.nat(), (history, chosen) => {
        const graph = new PlainGraph(rules);
        for (const [index, event] of history.entries()) {
          const first = graph.commit(eventOf(event));
          const before = partition(graph, EVERY);
          const again = graph.commit(eventOf(history[chosen % (index + 1)] as EvidenceStep));
          expect(partition(graph, EVERY)).toEqual(before);
          if (chosen % (index + 1) === index) expect(again.kind).toBe(first.kind);
        }
        const before = partition(graph, EVERY);
        for (const event of history) graph.commit(eventOf(event));
        expect(partition(graph, EVERY)).toEqual(before);
      }),
      { numRuns: RUNS },
    );
  });

  it('make the connected components the customers, in any order of events, when no limit is broken', () => {
    const roomy = { ...rules, capacity: 50 };
    const event = fc.record({
      identifiers: fc.array(unlimited, { minLength: 1, maxLength: 3 }),
      at: fc.nat(40),
      kind: fc.constant('evidence' as const),
    });
    const shuffled = fc
      .array(event, { minLength: 1, maxLength: 10 })
      .chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })));
    fc.assert(
      fc.property(shuffled, ([straight, other]) => {
        for (const order of [straight, other]) {
          const graph = new PlainGraph(roomy);
          for (const each of order) graph.commit(eventOf(each));
          expect(partition(graph, all(straight))).toEqual(components(straight));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('do not depend on the order of identifiers within an event', () => {
    fc.assert(
      fc.property(evidenceSteps, (history) => {
        const straight = new PlainGraph(rules);
        const reversed = new PlainGraph(rules);
        for (const event of history) {
          const one = straight.commit(eventOf(event));
          const other = reversed.commit(eventOf({ ...event, identifiers: event.identifiers.toReversed() }));
          expect(other).toEqual(one);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('lose and double no interaction, whatever merges, splits and moves follow', () => {
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

  it('resolve every id that was ever shown to a present customer, in one step', () => {
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

  it('never join by older evidence what a person took apart', () => {
    fc.assert(
      fc.property(evidenceSteps, identifier, fc.constantFrom('split', 'unlink'), evidenceSteps, (before, of, kind, after) => {
        const graph = new PlainGraph(rules);
        for (const event of before) graph.commit(eventOf(event));
        const from = graph.owner(of);
        const other = EVERY.find((each) => identifierKey(each) !== identifierKey(of) && from !== null && graph.owner(each) === from);
        if (from === null || other === undefined) return;
        // All events happen at 40 or before, so all that follow are older than the correction.
        graph.correct({ kind, customerId: null, identifiers: [of], ...BY_HAND } as IdentityCorrection);
        // Either part may keep the id.
        const rest = graph.owner(other) as CustomerId;
        for (const event of [...before, ...after]) {
          graph.commit({ ...eventOf(event), eventId: `another id of ${event.at}` });
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
    case 'evidence':
      graph.commit(eventOf(step));
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

/** The connected components, by their definition: unions of sets. */
function components(events: readonly { identifiers: readonly Identifier[] }[]): string[] {
  let groups: Set<string>[] = [];
  for (const { identifiers } of events) {
    const keys = identifiers.map(identifierKey);
    const touched = groups.filter((group) => keys.some((key) => group.has(key)));
    groups = [...groups.filter((group) => !touched.includes(group)), new Set([...keys, ...touched.flatMap((group) => [...group])])];
  }
  return groups.map((group) => [...group].sort().join(' ')).sort();
}
