import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import { CONFLICT_POLICIES, type IdentityChanges, type IdentityCorrection } from '../../src/model/identity.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith, type Step, steps } from '../identity/histories.ts';
import { PlainGraph } from '../identity/plain-graph.ts';
import { newest } from '../support/journey.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';

describe.each(STORES.flatMap((kind) => CONFLICT_POLICIES.map((conflict) => ({ kind, name: kind.name, conflict }))))(
  'the store in $name with $conflict',
  ({ kind, conflict }) => {
    const rules = rulesWith(conflict);
    const open = (more: object = {}) => openTestStore({ kind, rules: { ...rules, ...more } });
    /** Every run has identifiers of its own, so that all share one store. */
    const own = (prefix: string, { type, value }: Identifier) => ({ type, value: prefix + value });

    const pairOf = (value: string) => ({ type: 'visitorId', value: `${value}-${conflict}` });

    it('does what a plain model does, step by step', async () => {
      const store = await open();
      let run = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (history) => {
          const prefix = `r${run++}-`;
          const model = new PlainGraph(rules);
          const named = new Map<string, Identifier>();
          for (const [index, step] of history.entries()) {
            for (const each of namedIn(step)) named.set(identifierKey(each), own(prefix, each));
            expect(await outcomeOn(store, prefix, index, step)).toEqual(outcomeOnModel(model, prefix, index, step));
            const identifiers = [...named.values()];
            const owners = await store.findOwners(identifiers);
            expect(partition(identifiers, owners)).toEqual(
              partition(
                identifiers,
                identifiers.map((each) => model.owner(each)),
              ),
            );
          }
          for (const each of named.values()) {
            const [owner] = await store.findOwners([each]);
            const expected = model.owner(each);
            if (owner == null || expected === null) continue;
            expect((await store.findInteractions(owner, newest(100))).map(({ id }) => id).sort()).toEqual(model.interactionsOf(expected));
          }
        }),
        { numRuns: kind.runs(100) },
      );
    });

    it('ends in one customer when merges cross each other', async () => {
      const values = Array.from({ length: 41 }, (_, n) => ({ type: 'visitorId', value: `cross-${n}` }));
      const store = await open({ capacity: 50 });
      const pairs = values.slice(1).map((value, index) => [values[index] as Identifier, value]);
      const crossing = [...pairs.filter((_, n) => n % 2 === 0), ...pairs.filter((_, n) => n % 2 === 1).reverse()];
      const decisions = await Promise.all(
        crossing.map((identifiers) => store.commit({ identifiers, occurredAt: new Date(1), source: 'test', eventId: null })),
      );
      expect(new Set(await store.findOwners(values)).size).toBe(1);
      const ids = decisions.map((decision) => (decision.kind === 'changes' ? decision.customerId : null)) as CustomerId[];
      const found = await store.findCustomers(ids);
      expect(new Set(found.map((customer) => customer?.id)).size).toBe(1);
      expect(found[0]?.identifiers.length).toBe(values.length);
    });

    it('gives the same provisional id until it is taken, and never one that was given away', async () => {
      const store = await open();
      const identifier = { type: 'visitorId', value: `provisional-${conflict}` };
      const [first] = (await store.provisionalIds([identifier])) as [CustomerId];
      expect(await store.provisionalIds([identifier])).toEqual([first]);
      const decision = (await store.commit({
        identifiers: [identifier],
        occurredAt: new Date(1),
        source: 'test',
        eventId: null,
      })) as IdentityChanges;
      expect(decision).toMatchObject({ created: true, customerId: first });
      await store.correct({ kind: 'unlink', customerId: null, identifiers: [identifier], ...BY_HAND });
      const [next] = await store.provisionalIds([identifier]);
      expect(next).not.toBe(first);
      expect((await store.findCustomers([first]))[0]).toMatchObject({ id: first, identifiers: [] });
    });

    it('pages through what changed a customer, the last first, without a gap or a repeat', async () => {
      const store = await open();
      const crmId = { type: 'crmId', value: `paged-${conflict}` };
      for (let n = 0; n < 5; n++) {
        const identifiers = [crmId, { type: 'visitorId', value: `paged-${conflict}-${n}` }];
        await store.commit({ identifiers, occurredAt: new Date(n), source: `event ${n}`, eventId: null });
      }
      const [id] = (await store.findOwners([crmId])) as [CustomerId];
      const whole = await store.findIdentityEvents(id, { limit: 100, after: null });
      expect(whole.map(({ source }) => source).sort()).toEqual(['event 0', 'event 1', 'event 2', 'event 3', 'event 4']);
      const paged = [];
      for (let after: (typeof whole)[number] | null = null; ; after = paged.at(-1) ?? null) {
        const page = await store.findIdentityEvents(id, { limit: 2, after });
        paged.push(...page);
        if (page.length < 2) break;
      }
      expect(paged).toEqual(whole);
    });

    it('applies several corrections on what those before them leave, or none of them', async () => {
      const store = await open();
      const [giver, follower] = [pairOf('giver'), pairOf('follower')];
      const seen = { occurredAt: new Date(1), source: 'test', eventId: null };
      await store.commit({ identifiers: [giver], ...seen });
      await store.commit({ identifiers: [follower], ...seen });
      const [from, to] = (await store.findOwners([giver, follower])) as [CustomerId, CustomerId];
      const unlink: IdentityCorrection = { kind: 'unlink', customerId: from, identifiers: [giver], ...BY_HAND };
      const merge: IdentityCorrection = { kind: 'merge', customerIds: [from, to], emptied: from, ...BY_HAND };
      expect(await store.correctAll([merge])).toEqual({ kind: 'refused', why: 'not-empty', index: 0 });
      expect(await store.correctAll([unlink, unlink])).toEqual({ kind: 'refused', why: 'unknown-identifier', index: 0 });
      expect(await store.findOwners([giver, follower])).toEqual([from, to]);
      expect(await store.correctAll([unlink, merge])).toMatchObject([{ rule: 'UNLINK' }, { rule: 'MERGE' }]);
      const [owner, ...rest] = await store.findOwners([follower, giver]);
      expect(rest).toEqual([null]);
      expect((await store.findCustomers([from, to])).map((customer) => customer?.id)).toEqual([owner, owner]);
    });

    it('stores who was only shown together with the correction that names them, and only where it needs them', async () => {
      const store = await open();
      const [stored, shown] = [pairOf('stored'), pairOf('shown')];
      await store.commit({ identifiers: [stored], occurredAt: new Date(1), source: 'test', eventId: null });
      const [known] = (await store.findOwners([stored])) as [CustomerId];
      const [id] = (await store.provisionalIds([shown])) as [CustomerId];
      const nobody = '00000000-0000-4000-8000-000000000000' as CustomerId;
      const names = { kind: 'merge', shown: [{ id, identifier: shown }], ...BY_HAND } as const;
      expect(await store.correct({ ...names, customerIds: [id, nobody] })).toMatchObject({ why: 'unknown-customer', index: 1 });
      expect(await store.findCustomers([id])).toEqual([null]);
      expect(await store.correct({ ...names, customerIds: [known, id] })).toMatchObject({ rule: 'MERGE', customerId: known });
      expect(await store.findOwners([shown])).toEqual([known]);
      expect(await store.correct({ ...names, customerIds: [known, id] })).toMatchObject({ rule: 'MERGE', merged: [] });
    });

    it('erases nobody who has an identifier that the order does not expect', async () => {
      const store = await open();
      const [expected, other] = [pairOf('expected'), pairOf('unexpected')];
      await store.commit({ identifiers: [expected, other], occurredAt: new Date(1), source: 'test', eventId: null });
      const [customerId] = (await store.findOwners([expected])) as [CustomerId];
      const order = { customerId, at: new Date(), source: 'test', actor: null };
      expect(await store.erase({ ...order, expected: [expected] })).toBe(false);
      expect(await store.findOwners([expected, other])).toEqual([customerId, customerId]);
      expect(await store.erase({ ...order, expected: [expected, other] })).toBe(true);
      expect(await store.findCustomers([customerId])).toMatchObject([{ id: customerId, identifiers: [], isErased: true }]);
    });

    it('keeps attributes with the event, for the customer who had its identifier then, and none of a repetition', async () => {
      const store = await open();
      const [one, cookie, two] = [
        { type: 'crmId', value: `one-${conflict}` },
        pairOf('moves'),
        { type: 'crmId', value: `two-${conflict}` },
      ];
      const event = (at: number, identifiers: Identifier[], values: Record<string, unknown>) =>
        store.commit({
          identifiers,
          occurredAt: new Date(at),
          source: 'test',
          eventId: `at ${at}`,
          attributes: { values, touchpoint: 'web', isVouchedFor: true },
        });
      const first = (await event(10, [one, cookie], { a: 1 })) as IdentityChanges;
      expect(first.attributed).toBe(first.customerId);
      expect(await event(10, [one, cookie], { a: 2 })).toMatchObject({ rule: 'REPLAY', attributed: null });
      await store.correct({ kind: 'unlink', customerId: null, identifiers: [cookie], ...BY_HAND });
      const second = (await event(50, [two, cookie], {})) as IdentityChanges;
      expect(second.attributed).toBeNull();
      expect(await event(20, [cookie], { late: true })).toMatchObject({ customerId: first.customerId, attributed: first.customerId });
      const found = await store.findAttributes([first.customerId, second.customerId]);
      expect(found.map((each) => each.map(({ name, value, touchpoint }) => ({ name, value, touchpoint })))).toEqual([
        [
          { name: 'a', value: 1, touchpoint: 'web' },
          { name: 'late', value: true, touchpoint: 'web' },
        ],
        [],
      ]);
    });

    it('claims a single use once, and keeps the first value of a setting', async () => {
      const store = await open();
      const claims = await Promise.all([1, 2, 3].map(() => store.claim(`token-${conflict}`, new Date(Date.now() + 60_000))));
      expect(claims.filter((isFirst) => isFirst)).toHaveLength(1);
      expect(await store.keepSetting(`setting-${conflict}`, 'one')).toBe('one');
      expect(await store.keepSetting(`setting-${conflict}`, 'two')).toBe('one');
    });
  },
);

const BY_HAND = { at: new Date(41), source: 'test', actor: null, reason: null };

function namedIn(step: Step): readonly Identifier[] {
  if ('identifiers' in step) return step.identifiers;
  return step.kind === 'merge' ? step.of : [step.of];
}

function partition(identifiers: readonly Identifier[], owners: readonly (CustomerId | null)[]): string[] {
  const groups = Map.groupBy(identifiers.map(identifierKey), (_, index) => owners[index] ?? null);
  return [...groups].map(([owner, keys]) => `${owner === null ? 'nobody' : 'somebody'}: ${keys.sort().join(' ')}`).sort();
}

/** What a step came to, without ids: they differ. */
async function outcomeOn(store: Store, prefix: string, index: number, step: Step) {
  // Of two customers the older survives, and the store's clock counts milliseconds: let it tick.
  for (const begun = Date.now(); Date.now() === begun; );
  const { correction, event, interaction } = asPorts(
    prefix,
    index,
    step,
    async (identifier) => (await store.findOwners([identifier]))[0] ?? null,
  );
  const corrected = await correction;
  if (corrected) return summary(await store.correct(corrected));
  if (event) return summary(await store.commit(event));
  return interaction ? (await store.saveInteractions([interaction]))[0]?.outcome : null;
}

function outcomeOnModel(model: PlainGraph, prefix: string, index: number, step: Step) {
  const owner = (each: Identifier) => model.owner({ type: each.type, value: prefix + each.value });
  if (step.kind === 'merge') {
    const customerIds = step.of.map(owner).filter((id) => id !== null);
    return customerIds.length === 2 ? summary(model.correct({ kind: 'merge', customerIds, ...BY_HAND })) : null;
  }
  const { correctionOf, event, interaction } = asPorts(prefix, index, step, async () => null);
  if (correctionOf) return summary(model.correct(correctionOf));
  if (event) return summary(model.commit(event));
  return interaction ? model.saveInteraction(interaction).outcome : null;
}

function asPorts(prefix: string, index: number, step: Step, ownerOf: (identifier: Identifier) => Promise<CustomerId | null>) {
  const named = namedIn(step).map(({ type, value }) => ({ type, value: prefix + value }));
  const occurredAt = new Date('at' in step ? step.at : 0);
  switch (step.kind) {
    case 'evidence':
      return { event: { identifiers: named, occurredAt, source: 'test', eventId: `at ${step.at}` } };
    case 'interaction': {
      const rest = { type: 'view', touchpoint: null, pageUrl: null, properties: { index }, source: 'test', attributes: {}, provenAt: null };
      return { interaction: { id: step.id, occurredAt, identifiers: named, ...rest } };
    }
    case 'merge': {
      const correction = Promise.all(named.map(ownerOf)).then((owners): IdentityCorrection | null => {
        const customerIds = owners.filter((id) => id !== null);
        return customerIds.length === 2 ? { kind: 'merge', customerIds, ...BY_HAND } : null;
      });
      return { correction };
    }
    default: {
      const correctionOf = { kind: step.kind, customerId: null, identifiers: named, ...BY_HAND } as IdentityCorrection;
      return { correctionOf, correction: Promise.resolve(correctionOf) };
    }
  }
}

function summary(decision: Awaited<ReturnType<Store['commit'] | Store['correct']>>) {
  if (decision.kind === 'refused') return decision;
  const { rule, created, merged, aliases, restored, linked, moved, cut, leftOut } = decision;
  const keys = (identifiers: readonly Identifier[]) => identifiers.map(identifierKey).sort();
  return {
    ...{ rule, created, merged: merged.length, aliases: aliases.length, restored: restored.length },
    ...{
      linked: keys(linked),
      moved: keys(moved),
      cut: keys(cut),
      leftOut: leftOut.map(({ reason, ...each }) => `${identifierKey(each)} ${reason}`).sort(),
    },
  };
}
