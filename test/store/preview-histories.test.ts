import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import { type ChangeToPreview, CONFLICT_POLICIES, type IdentityCorrection } from '../../src/model/identity.ts';
import type { Store } from '../../src/model/ports.ts';
import { identifier, rulesWith, type Step, steps } from '../identity/histories.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES, type StoreKind } from '../support/stores.ts';

const TABLES = ['customer', 'identifier', 'interaction', 'former_owner', 'identity_event', 'identity_mention', 'heard_event', 'separation'];
const BY_HAND = { at: new Date(50), source: 'test', actor: null, reason: null };
const ALL: readonly Identifier[] = ['crmId', 'email', 'phone', 'visitorId'].flatMap((type) =>
  ['a', 'b', 'c', 'd'].map((value) => ({ type, value })),
);

/** A last step whose preview is compared with what it does. */
const changes: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('merge' as const), of: fc.tuple(identifier, identifier) }),
  fc.record({ kind: fc.constantFrom('split' as const, 'unlink' as const), of: identifier }),
  fc.record({
    kind: fc.constant('evidence' as const),
    identifiers: fc.uniqueArray(identifier, { minLength: 1, maxLength: 4, selector: identifierKey }),
    at: fc.integer({ min: 1, max: 60 }),
  }),
);

async function correctionOf(store: Store, step: Step): Promise<IdentityCorrection | null> {
  if (step.kind === 'split' || step.kind === 'unlink') return { kind: step.kind, customerId: null, identifiers: [step.of], ...BY_HAND };
  if (step.kind !== 'merge') return null;
  const owners = (await store.findOwners(step.of)).filter((id) => id !== null);
  return { kind: 'merge', customerIds: owners as CustomerId[], ...BY_HAND };
}

async function take(store: Store, step: Step): Promise<void> {
  if (step.kind === 'interaction') {
    const { identifiers, at, id } = step;
    const about = { type: 'seen', touchpoint: null, pageUrl: null, properties: {}, attributes: {}, provenAt: null, source: 'test' };
    await store.saveInteractions([{ id, identifiers, occurredAt: new Date(at), ...about }]);
  } else if (step.kind === 'evidence') {
    await store.commit({ identifiers: step.identifiers, occurredAt: new Date(step.at), source: 'test', eventId: null });
  } else {
    const correction = await correctionOf(store, step);
    if (correction !== null && (correction.kind !== 'merge' || correction.customerIds.length === 2)) await store.correct(correction);
  }
}

async function changeOf(store: Store, step: Step): Promise<ChangeToPreview | null> {
  if (step.kind === 'evidence') {
    const event = { identifiers: step.identifiers, occurredAt: new Date(step.at), source: 'test', eventId: null };
    return { kind: 'event', event };
  }
  const correction = await correctionOf(store, step);
  return correction === null || (correction.kind === 'merge' && correction.customerIds.length < 2)
    ? null
    : { kind: 'correction', correction };
}

/** By the interaction's key: the customer whose journey it is in. */
async function customersOfInteractions(store: Store, kind: StoreKind, directory: string): Promise<Map<string, CustomerId>> {
  const ids = (await kind.rows(directory, 'graph', 'select id from customer where id = root_id')) as { id: CustomerId }[];
  const whose = new Map<string, CustomerId>();
  for (const { id } of ids) {
    for (const { customerId, id: own } of await store.findInteractions(id, newest(100))) whose.set(`${customerId} ${own}`, id);
  }
  return whose;
}

describe.each(STORES)('previews in $name', (kind) => {
  it.each(CONFLICT_POLICIES)('say what the change does then, and change nothing (%s)', async (conflict) => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(steps, changes, async (history, last) => {
        const directory = temporaryDirectory();
        const store = await openTestStore({ kind, directory, rules: rulesWith(conflict) });
        for (const step of history) await take(store, step);
        const change = await changeOf(store, last);
        if (change === null) return store.close();
        const dump = () => Promise.all(TABLES.map((table) => kind.rows(directory, 'graph', `select * from ${table}`)));
        const before = await dump();
        const preview = await store.preview(change);
        expect(await dump()).toEqual(before);

        const owners = await store.findOwners(ALL);
        const interactions = await customersOfInteractions(store, kind, directory);
        const done = change.kind === 'event' ? await store.commit(change.event) : await store.correct(change.correction);
        const { decision } = preview;
        compared++;
        if (decision.kind === 'refused' || done.kind === 'refused') {
          expect(decision).toEqual(done);
          return store.close();
        }
        // A new customer has another id each time.
        const isRandom = decision.created && decision.rule === 'SPLIT';
        const known = (id: CustomerId) => (isRandom && (id === decision.customerId || id === done.customerId) ? 'new' : id);
        const comparable = (changes: typeof done) =>
          JSON.parse(JSON.stringify(changes), (_, value) => (typeof value === 'string' ? known(value as CustomerId) : value));
        expect(comparable(decision)).toEqual(comparable(done));

        const after = await customersOfInteractions(store, kind, directory);
        const moved = [...after].filter(([key, id]) => interactions.get(key) !== id).length;
        expect(after.size).toBe(interactions.size);
        expect(preview.interactions).toBe(moved);
        const gained = new Set([...decision.linked, ...decision.moved].map(identifierKey));
        const joined = new Set(decision.merged.map(({ id }) => id));
        const nowOwners = await store.findOwners(ALL);
        for (const [index, each] of ALL.entries()) {
          const isCut = decision.cut.some((lost) => identifierKey(lost) === identifierKey(each));
          const expected = isCut
            ? null
            : gained.has(identifierKey(each)) || joined.has(owners[index] as CustomerId)
              ? done.customerId
              : (owners[index] ?? null);
          expect(nowOwners[index]).toBe(expected);
        }
        await store.close();
      }),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(5);
  });
});
