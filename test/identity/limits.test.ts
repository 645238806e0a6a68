import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullest } from '../../src/identity/identity-rules.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import { CONFLICT_POLICIES, type ConflictPolicy, type IdentityCorrection } from '../../src/model/identity.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';
import { type EvidenceStep, evidenceSteps, rulesWith, type Step, steps } from './histories.ts';
import { PlainGraph } from './plain-graph.ts';

/** Histories for each property under each policy. */
const RUNS = 300;

/** `'phone b'` is the value b of the type phone. */
const named = (text: string): Identifier => {
  const [type, value] = text.split(' ') as [string, string];
  return { type, value };
};
const see = (at: number, ...identifiers: string[]): EvidenceStep => ({ kind: 'evidence', identifiers: identifiers.map(named), at });
type Interaction = Extract<Step, { kind: 'interaction' }>;
const interact = (at: number, ...identifiers: string[]): Interaction => ({ ...see(at, ...identifiers), kind: 'interaction', id: 'i' });
const merge = (one: string, other: string): Step => ({ kind: 'merge', of: [named(one), named(other)] });
const asEvent = ({ identifiers, at }: EvidenceStep) => ({ identifiers, occurredAt: new Date(at), source: 'test', eventId: null });
const interactionOf = (id: string, { identifiers, at }: Interaction) => ({
  ...{ id, type: 'view', touchpoint: null, pageUrl: null, properties: {}, source: 'test', attributes: {}, provenAt: null },
  ...{ identifiers, occurredAt: new Date(at) },
});
/** People decide in the middle of the events' times, so that evidence before and after it comes. */
const BY_HAND = { at: new Date(20), source: 'test', actor: null, reason: null };

const HISTORIES: Record<string, Step[]> = {
  'an event of a customer who lost its picking identifier': [
    see(1, 'email b', 'phone d'),
    see(11, 'phone b', 'phone c'),
    see(1, 'phone d', 'crmId a', 'phone b'),
    see(3, 'email b', 'crmId d'),
    see(2, 'email b', 'phone d'),
  ],
  'the same after a split, which happens under every policy': [
    see(11, 'crmId a', 'phone b'),
    see(1, 'crmId a', 'phone d', 'email b'),
    { kind: 'split', of: named('email b') },
    see(5, 'email b', 'phone d'),
  ],
  'a late interaction': [see(11, 'crmId b', 'phone b'), see(1, 'crmId b', 'phone a'), interact(2, 'phone a')],
  'late interactions of one customer': [
    see(1, 'crmId a', 'phone d'),
    see(11, 'crmId a', 'phone b'),
    interact(2, 'crmId a', 'phone d'),
    interact(5, 'phone d', 'crmId a'),
  ],
  'a move from a customer whom a person gave too many': [
    see(1, 'crmId b', 'email a', 'email b'),
    see(2, 'email c'),
    merge('crmId b', 'email c'),
    see(30, 'crmId a', 'email a', 'email b', 'email c'),
  ],
  'a new unique identifier beside what a person brought together': [
    see(1, 'email a', 'visitorId a', 'visitorId b', 'visitorId c'),
    see(1, 'email b', 'visitorId d', 'phone a'),
    merge('email a', 'email b'),
    see(2, 'crmId a', 'email a'),
  ],
  'a picking customer beside what a person brought together': [
    see(1, 'visitorId a', 'visitorId b', 'visitorId c', 'visitorId d'),
    see(1, 'email b', 'phone a', 'crmId a'),
    merge('visitorId a', 'email b'),
    see(1, 'email c'),
    see(2, 'email c', 'visitorId a'),
  ],
};

describe.each(CONFLICT_POLICIES)('limits with %s', (conflict) => {
  const rules = rulesWith(conflict);

  /** The most that counts together of each type, and how many identifiers there are in all. */
  function countsOf(graph: PlainGraph, id: CustomerId): { name: string; count: number; limit: number }[] {
    const { identifiers } = graph.customer(id);
    const seen = identifiers.map(({ type, lastSeenAt }) => ({ type, seenAt: lastSeenAt.getTime() }));
    const ofTypes = rules.types.map((each) => {
      const values = seen.filter(({ type }) => type === each.name);
      return { name: each.name, count: fullest(each, values), limit: each.limit };
    });
    return [...ofTypes, { name: 'room', count: seen.length, limit: rules.capacity }];
  }

  it('are exceeded by no evidence, whatever a person brought together before, and cost nobody a value of the strongest unique type', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const graph = new PlainGraph(rules);
        const roots = () => [...new Set(graph.ids().map((id) => graph.root(id)))];
        for (const [index, step] of history.entries()) {
          const before = roots().map((id) => ({ id, counts: countsOf(graph, id) }));
          const uniques = () => roots().reduce((sum, id) => sum + (countsOf(graph, id)[0]?.count ?? 0), 0);
          const owned = uniques();
          take(graph, step, index);
          // A person may exceed them.
          if (step.kind !== 'evidence' && step.kind !== 'interaction') continue;
          expect(uniques()).toBeGreaterThanOrEqual(owned);
          for (const id of roots()) {
            const joined = before.filter((each) => graph.root(each.id) === id);
            for (const [type, { name, count, limit }] of countsOf(graph, id).entries()) {
              const had = joined.map(({ counts }) => counts[type]?.count ?? 0);
              expect(count, `${name} of ${id} after step ${index}`).toBeLessThanOrEqual(Math.max(limit, ...had));
            }
          }
        }
      }),
      { numRuns: RUNS, examples: Object.values(HISTORIES).map((history): [Step[]] => [history]) },
    );
  });

  it.each(['email c', 'crmId b'])('let older evidence by %s bring nobody to whom a person merged beyond the room', (picker) => {
    const graph = new PlainGraph(rules);
    const full = ['email a', 'phone a', 'visitorId a', 'visitorId b', 'visitorId c', 'visitorId d', 'visitorId e'];
    for (const step of [see(1, ...full.slice(0, 4)), see(1, ...full.slice(4)), merge('email a', 'visitorId c'), see(1, picker)]) {
      take(graph, step, 0);
    }
    const owner = graph.owner(named(picker));
    const decision = graph.commit(asEvent(see(2, picker, 'visitorId a')));
    expect(decision).toMatchObject({ customerId: owner, merged: [], moved: [], cut: [] });
    expect(decision).toMatchObject({ leftOut: [{ ...named('visitorId a'), reason: 'CONFLICTING_IDENTIFIERS' }] });
    expect(new Set(full.map((each) => graph.owner(named(each)))).size).toBe(1);
    // What is newer finds room: the oldest of the weakest class goes.
    expect(graph.commit(asEvent(see(30, picker, 'visitorId a')))).toMatchObject({ merged: [{}], cut: [{ type: 'visitorId' }] });
  });
});

describe('what is owned', () => {
  it.each(['keep-first', 'refuse'] as const)('stays where it is with %s, unless there is no room', (conflict) => {
    fc.assert(
      fc.property(evidenceSteps, (history) => {
        const graph = new PlainGraph({ ...rulesWith(conflict), capacity: 50 });
        for (const event of history) expect(graph.commit(asEvent(event))).not.toMatchObject({ kind: 'changes', cut: [expect.anything()] });
      }),
      { numRuns: RUNS, examples: [[[see(1, 'crmId a', 'phone d'), see(11, 'crmId a', 'phone b'), see(5, 'crmId a', 'phone d')]]] },
    );
  });
});

describe.each(STORES)('late evidence for a phone number beside a newer one, in $name', (kind) => {
  const owned = async (conflict: ConflictPolicy, late: EvidenceStep | Interaction) => {
    const store = await openTestStore({ kind, rules: rulesWith(conflict) });
    await store.commit(asEvent(see(1, 'crmId a', 'phone d')));
    await store.commit(asEvent(see(11, 'crmId a', 'phone b')));
    if (late.kind === 'evidence') await store.commit(asEvent(late));
    const interaction = late.kind === 'interaction' ? late : interact(late.at, 'phone d');
    const [receipt] = await store.saveInteractions([interactionOf('late', interaction)]);
    const [owner] = await store.findOwners([named('crmId a')]);
    expect(receipt).toMatchObject({ outcome: 'stored', customerId: owner });
    const [customer] = await store.findCustomers([owner as CustomerId]);
    return customer?.identifiers.map((each) => `${identifierKey(each).replace(/\W/, ' ')} ${each.lastSeenAt.getTime()}`).sort();
  };

  const LATE: [string, EvidenceStep | Interaction][] = [
    ['an event', see(5, 'crmId a', 'phone d')],
    ['an event of the number alone', see(5, 'phone d')],
    ['an interaction', interact(5, 'crmId a', 'phone d')],
    ['an interaction of the number alone', interact(5, 'phone d')],
  ];

  describe.each(LATE)('by %s', (_, late) => {
    it('leaves the newest with reassign-latest, as it would have in time; what was done with the other stays the customer’s', async () => {
      expect((await owned('reassign-latest', late))?.filter((each) => each.startsWith('phone'))).toEqual(['phone b 11']);
    });

    it.each(['keep-first', 'refuse'] as const)('does not count with %s', async (conflict) => {
      expect((await owned(conflict, late))?.filter((each) => each.startsWith('phone'))).toEqual(['phone b 11', 'phone d 1']);
    });
  });
});

function take(graph: PlainGraph, step: Step, index: number): void {
  switch (step.kind) {
    case 'evidence':
      graph.commit(asEvent(step));
      return;
    case 'interaction':
      graph.saveInteraction(interactionOf(`${step.id}-${index}`, step));
      return;
    case 'merge': {
      const customerIds = step.of.map((each) => graph.owner(each)).filter((id) => id !== null);
      if (customerIds.length === 2) graph.correct({ kind: 'merge', customerIds, ...BY_HAND });
      return;
    }
    default:
      graph.correct({ kind: step.kind, customerId: null, identifiers: [step.of], ...BY_HAND } as IdentityCorrection);
  }
}
