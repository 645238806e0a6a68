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

describe.each(CONFLICT_POLICIES)('the graph at an earlier moment, with %s', (conflict) => {
  it('is what the store had then, for the customer of now and all who were merged into them', async () => {
    const store = await openTestStore({ rules: rulesWith(conflict) });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const { identifiers, snapshots, stepOf } = await live(store, `r${run++}-`, history);
        for (const id of new Set((await store.findOwners(identifiers)).filter((owner) => owner !== null))) {
          const [customer] = await store.findCustomers([id]);
          const present = customer?.identifiers ?? [];
          const events = inOrder(present, (await store.findIdentityEvents(id, { limit: 200, after: null })).map(asAnswered));
          const moments = replay({ id, identifiers: present }, events);
          for (const [step, snapshot] of snapshots.entries()) {
            // The moment after the newest event of this step or an earlier one.
            const index = events.findIndex((event) => (stepOf.get(event.id) as number) <= step);
            const moment = moments[index < 0 ? events.length : index] as ReadonlyMap<string, string>;
            const ids = new Set([id, ...aliasesAfter(events, step, stepOf)]);
            expect(held(moment, (owner) => ids.has(owner))).toEqual(held(snapshot, (owner) => ids.has(owner)));
          }
        }
      }),
      { numRuns: 60 },
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

/** Ids that are the customer's now, and that were not merged yet after a step. */
function aliasesAfter(events: readonly ReturnType<typeof asAnswered>[], step: number, stepOf: ReadonlyMap<string, number>): string[] {
  return events.flatMap(({ id, merged }) => ((stepOf.get(id) as number) > step ? merged : []));
}

function held(owners: ReadonlyMap<string, string>, isTheirs: (owner: string) => boolean): string[] {
  return [...owners].flatMap(([key, owner]) => (isTheirs(owner) ? [`${key} ${owner}`] : [])).sort();
}

/** Does the steps. @returns the graph after each, and in which step each identity event was recorded. */
async function live(store: Store, prefix: string, history: readonly Step[]) {
  const own = ({ type, value }: Identifier): Identifier => ({ type, value: prefix + value });
  const identifiers = [...new Map(history.flatMap(namedIn).map((each) => [keyOf(own(each)), own(each)])).values()];
  const snapshots: Snapshot[] = [];
  const stepOf = new Map<string, number>();
  for (const [index, step] of history.entries()) {
    // Events of two steps differ by the store's clock, which counts milliseconds: let it tick.
    for (const begun = Date.now(); Date.now() === begun; );
    await apply(store, own, `${prefix}${index}`, step);
    const owners = await store.findOwners(identifiers);
    snapshots.push(new Map(identifiers.flatMap((each, n) => (owners[n] ? [[keyOf(each), owners[n]] as const] : []))));
    for (const owner of new Set([...owners, ...snapshots.flatMap((each) => [...each.values()])])) {
      if (owner === null) continue;
      for (const { id } of await store.findIdentityEvents(owner, { limit: 200, after: null })) {
        if (!stepOf.has(id)) stepOf.set(id, index);
      }
    }
  }
  return { identifiers, snapshots, stepOf };
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
