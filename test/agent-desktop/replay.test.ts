import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../agent-desktop/src/identity/history/in-order.ts';
import { keyOf } from '../../agent-desktop/src/identity/history/key.ts';
import { replay } from '../../agent-desktop/src/identity/history/replay.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import { CONFLICT_POLICIES, type IdentityCorrection, type IdentityRecord } from '../../src/model/identity.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith, type Step, steps } from '../identity/histories.ts';
import { openTestStore } from '../support/open-store.ts';

/** What a store said of the graph after a step: by identifier key, the owner. */
type Snapshot = ReadonlyMap<string, CustomerId>;

/** A split gives a customer back who had been merged: what it had before is then in no event of the one who goes on. */
const GIVEN_BACK = historyOf([
  ['visitorId:b'],
  ['email:a'],
  ['visitorId:b', 'email:a'],
  { kind: 'split', of: { type: 'email', value: 'a' } },
]);

/** An identifier of one customer goes to another, and by the same event a third one is merged into that other. */
const ANOTHER_MERGED = historyOf([
  ['visitorId:a', 'crmId:d'],
  ['crmId:c', 'phone:a'],
  ['phone:a', 'crmId:a'],
  { kind: 'split', of: { type: 'crmId', value: 'a' } },
  ['crmId:c', 'visitorId:a', 'phone:a'],
]);

describe.each(CONFLICT_POLICIES)('the graph at an earlier moment, with %s', (conflict) => {
  it('is what the store had then, for the customer of now and all who were merged into them', async () => {
    const store = await openTestStore({ rules: rulesWith(conflict) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const { identifiers, snapshots, stepOf, isGivenBack } = await live(store, `r${run++}-`, history);
        for (const id of new Set((await store.findOwners(identifiers)).filter((owner) => owner !== null))) {
          const [customer] = await store.findCustomers([id]);
          const present = customer?.identifiers ?? [];
          const events = inOrder(present, (await store.findIdentityEvents(id, { limit: 200, after: null })).map(asAnswered));
          // An event that no step is known of would be compared with no snapshot, or with a wrong one.
          expect(events.filter((event) => !stepOf.has(event.id))).toEqual([]);
          const moments = replay({ id, identifiers: present }, events);
          expect([...(moments[0] as ReadonlyMap<string, string>).keys()].sort()).toEqual(present.map(keyOf).sort());
          for (const [index, { linked, customerId }] of events.entries()) {
            for (const key of linked.map(keyOf)) expect([customerId, undefined]).toContain(moments[index]?.get(key));
          }
          // What was one customer for a time is in the events of only one of the two: the other's earlier moments lack it.
          if (isGivenBack) continue;
          for (const [step, snapshot] of snapshots.entries()) {
            // The moment after the newest event of this step or an earlier one.
            const index = events.findIndex((event) => (stepOf.get(event.id) as number) <= step);
            const moment = moments[index < 0 ? events.length : index] as ReadonlyMap<string, string>;
            const ids = idsAt(step, id, events, stepOf);
            expect(held(moment, (owner) => ids.has(owner))).toEqual(held(snapshot, (owner) => ids.has(owner)));
          }
        }
      }),
      { numRuns: 60, examples: [[ANOTHER_MERGED], [GIVEN_BACK]] },
    );
  });
});

it('keeps what joined with a merge apart from the survivor where the events from before the merge are missing', () => {
  const [own, joined] = [
    { type: 'crmId', value: '1' },
    { type: 'visitorId', value: 'v' },
  ];
  const merge = { id: 'e', rule: 'MERGE' as const, customerId: 'a', merged: ['b'], evidence: [joined], linked: [], cut: [] };
  const [, before] = replay({ id: 'a', identifiers: [own, joined] }, [merge as never]);
  expect(before).toEqual(
    new Map([
      ['crmId:1', 'a'],
      ['visitorId:v', 'b'],
    ]),
  );
});

it('draws nothing of an identifier that was erased', () => {
  const erased = { type: 'email', value: '(erased)', from: null };
  const event = { id: 'e', rule: 'TOGETHER' as const, customerId: 'a', merged: [], evidence: [erased], linked: [erased], cut: [erased] };
  expect(replay({ id: 'a', identifiers: [] }, [event as never])).toEqual([new Map(), new Map()]);
});

describe('events that the gateway recorded with one time', () => {
  const key = { type: 'email', value: 'k', from: null };
  const event = (id: string, change: object) => ({
    ...{ id, rule: 'TOGETHER' as const, customerId: 'a', merged: [], evidence: [], linked: [], cut: [] },
    ...{ recordedAt: '2010-12-03T14:32:00.000Z', ...change },
  });

  it.each([
    ['a link that was cut at once', [], [event('linked', { linked: [key] }), event('cut', { cut: [key] })], ['cut', 'linked']],
    ['what was linked again', [key], [event('cut', { cut: [key] }), event('again', { linked: [key] })], ['again', 'cut']],
    [
      'what a customer got who was merged at once',
      [key],
      [event('got', { linked: [key], customerId: 'b' }), event('merge', { rule: 'MERGE', merged: ['b'] })],
      ['merge', 'got'],
    ],
  ])('are put into the order in which they happened: %s', (_, present, events, expected) => {
    const ids = (given: readonly { id: string }[]) => given.map(({ id }) => id);
    expect(ids(inOrder(present, events as never))).toEqual(expected);
    expect(ids(inOrder(present, events.toReversed() as never))).toEqual(expected);
  });
});

/**
 * The customer's id, and ids that were merged into it only after a step. A change of another customer, to whom an identifier of
 * this one went, is among the events as well: whom that change merged was never this one.
 */
function idsAt(
  step: number,
  id: string,
  events: readonly ReturnType<typeof asAnswered>[],
  stepOf: ReadonlyMap<string, number>,
): Set<string> {
  const ids = new Set([id]);
  for (const event of events) {
    if ((stepOf.get(event.id) as number) <= step) break;
    if (ids.has(event.customerId)) for (const merged of event.merged) ids.add(merged);
  }
  return ids;
}

function held(owners: ReadonlyMap<string, string>, isTheirs: (owner: string) => boolean): string[] {
  return [...owners].flatMap(([key, owner]) => (isTheirs(owner) ? [`${key} ${owner}`] : [])).sort();
}

/**
 * Does the steps. @returns the graph after each, in which step each identity event was recorded, and whether a split gave back a
 * customer who had been merged.
 */
async function live(store: Store, prefix: string, history: readonly Step[]) {
  const own = ({ type, value }: Identifier): Identifier => ({ type, value: prefix + value });
  const identifiers = [...new Map(history.flatMap(namedIn).map((each) => [keyOf(own(each)), own(each)])).values()];
  const snapshots: Snapshot[] = [];
  const stepOf = new Map<string, number>();
  const aliases = new Set<string>();
  let isGivenBack = false;
  for (const [index, step] of history.entries()) {
    // Events of two steps differ by the store's clock, which counts milliseconds: let it tick.
    for (const begun = Date.now(); Date.now() === begun; );
    await apply(store, own, `${prefix}${index}`, step);
    const owners = await store.findOwners(identifiers);
    snapshots.push(new Map(identifiers.flatMap((each, n) => (owners[n] ? [[keyOf(each), owners[n]] as const] : []))));
    for (const owner of new Set([...owners, ...snapshots.flatMap((each) => [...each.values()])])) {
      if (owner === null) continue;
      for (const { id, rule, customerId, merged } of await store.findIdentityEvents(owner, { limit: 200, after: null })) {
        if (stepOf.has(id)) continue;
        stepOf.set(id, index);
        for (const alias of merged) aliases.add(alias);
        if (rule === 'SPLIT' && aliases.has(customerId)) isGivenBack = true;
      }
    }
  }
  return { identifiers, snapshots, stepOf, isGivenBack };
}

/** Steps; a list of identifiers is evidence. */
function historyOf(short: readonly (readonly string[] | Step)[]): Step[] {
  return short.map((step): Step => {
    if ('kind' in step) return step;
    const identifiers = step.map((text) => ({ type: text.split(':')[0] as string, value: text.split(':')[1] as string }));
    return { kind: 'evidence', identifiers, at: 1 } as Step;
  });
}

const BY_HAND = { at: new Date(41), source: 'test', actor: null, reason: null };

async function apply(store: Store, own: (identifier: Identifier) => Identifier, eventId: string, step: Step): Promise<void> {
  const of = namedIn(step).map(own);
  if (step.kind === 'evidence') {
    await store.commit({ identifiers: of, occurredAt: new Date(step.at), source: 'test', eventId });
  } else if (step.kind === 'interaction') {
    await store.saveInteractions([
      {
        ...{ id: eventId, type: 'view', occurredAt: new Date(step.at), identifiers: of, touchpoint: 'web', pageUrl: null, properties: {} },
        ...{ source: 'test', attributes: {}, provenAt: null },
      } as never,
    ]);
  } else {
    const owners = await store.findOwners(of);
    if (owners.includes(null)) return;
    const correction: IdentityCorrection =
      step.kind === 'merge'
        ? { kind: 'merge', customerIds: owners as CustomerId[], ...BY_HAND }
        : { kind: step.kind, customerId: null, identifiers: of as [Identifier], ...BY_HAND };
    await store.correct(correction);
  }
}

function namedIn(step: Step): readonly Identifier[] {
  if ('identifiers' in step) return step.identifiers;
  return step.kind === 'merge' ? step.of : [step.of];
}

/** An identity event as GraphQL answers it, as far as replaying reads it. */
function asAnswered({ id, rule, customerId, recordedAt, linked, cut, merged, evidence }: IdentityRecord) {
  const named = (identifiers: readonly Identifier[]) =>
    identifiers.map(({ type, value }) => ({ __typename: 'EventIdentifier' as const, type, value }));
  return {
    ...{ id, rule, customerId, merged: [...merged], recordedAt: recordedAt.toISOString() },
    linked: linked.map(({ type, value, from }) => ({ __typename: 'EventIdentifier' as const, type, value, from })),
    cut: named(cut),
    evidence: named(evidence),
  };
}
