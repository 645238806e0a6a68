import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdentityLookups } from '../../src/identity/identity-lookups.ts';
import type { CustomerId } from '../../src/model/customer.ts';
import { type Identifier, identifierKey } from '../../src/model/identifier.ts';
import type { ChangedIdentities, StoredCustomer } from '../../src/model/identity.ts';
import type { Store } from '../../src/model/ports.ts';
import { rulesWith } from '../identity/histories.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { openTestStore } from '../support/open-store.ts';
import { STORES } from '../support/stores.ts';

const BY_HAND = { source: 'test', actor: null, reason: null };
const VALUES = ['a', 'b', 'c'];
const TYPES = ['crmId', 'email', 'visitorId'];
const ALL: readonly Identifier[] = TYPES.flatMap((type) => VALUES.map((value) => ({ type, value })));
const [A, B] = [
  { type: 'visitorId', value: 'a' },
  { type: 'visitorId', value: 'b' },
] as const;

const operation = fc.record({
  kind: fc.constantFrom('see', 'see', 'view', 'view', 'merge', 'split', 'unlink', 'rotate', 'erase'),
  of: fc.uniqueArray(fc.constantFrom(...ALL), { minLength: 1, maxLength: 3 }),
  n: fc.integer({ min: 0, max: 2 }),
  /** Which of the two processes does it. */
  by: fc.constantFrom(0, 1),
});
type Operation = typeof operation extends fc.Arbitrary<infer One> ? One : never;

async function take(store: Store, { kind, of, n }: Operation, at: Date): Promise<unknown> {
  const owners = (await store.findOwners(of)).filter((id) => id !== null);
  switch (kind) {
    case 'see':
      return store.commit({ identifiers: of, occurredAt: at, source: 'test', eventId: null });
    case 'view':
      return store.saveInteractions([
        {
          ...{ id: `i${n}`, type: 'view', occurredAt: at, identifiers: of, touchpoint: null, pageUrl: null, properties: {} },
          ...{ source: 'test', attributes: {}, provenAt: null },
        },
      ]);
    case 'merge':
      return owners.length > 1 && store.correct({ kind, customerIds: owners, at, ...BY_HAND });
    case 'split':
    case 'unlink':
      return store.correct({ kind, customerId: null, identifiers: of.slice(0, 1) as [Identifier], at, ...BY_HAND });
    case 'rotate':
      return store.rotate({
        ...{ cookie: { type: 'visitorId', value: VALUES[n] as string }, successor: `${VALUES[n]}-${at.getTime()}`, proof: 'proof' },
        ...{ kind: 'person', proven: [{ type: 'crmId', value: VALUES[(n + 1) % 3] as string }], at, source: 'test' },
      });
    case 'erase':
      return owners[0] !== undefined && store.erase({ customerId: owners[0], at, source: 'test', actor: null });
  }
}

/** What the store answers, without what is remembered. */
async function fresh(store: Store, identifier: Identifier): Promise<StoredCustomer | null> {
  const [owner] = await store.findOwners([identifier]);
  return owner == null ? null : ((await store.findCustomers([owner]))[0] ?? null);
}

/** @returns how many answers were remembered. */
async function expectTrue(store: Store, lookups: IdentityLookups): Promise<number> {
  let count = 0;
  for (const identifier of ALL) {
    const before = await fresh(store, identifier);
    const remembered = lookups.remembered([identifier]);
    if (remembered === undefined) continue;
    count++;
    const after = await fresh(store, identifier);
    // A write may be committed between two looks; then either is right.
    const expected = JSON.stringify(remembered) === JSON.stringify(before) ? before : after;
    expect({ [identifierKey(identifier)]: remembered }).toEqual({ [identifierKey(identifier)]: expected });
  }
  return count;
}

describe.each(STORES)('what is remembered of identities in $name', (kind) => {
  const open = async (directory = temporaryDirectory()) => {
    const store = await openTestStore({ kind, directory, rules: rulesWith('reassign-latest') });
    return { store, lookups: new IdentityLookups(store) };
  };

  it('is what the store answers, whatever two processes do', async () => {
    let remembered = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { minLength: 10, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        async (operations, together) => {
          const directory = temporaryDirectory();
          const both = [await open(directory), await open(directory)] as const;
          try {
            for (let index = 0; index < operations.length; index += together) {
              for (const { lookups } of both) await lookups.findOwnersWhole(ALL);
              let isOver = false;
              const now = Date.now() + index;
              const bunch = operations.slice(index, index + together);
              const writing = Promise.all(bunch.map((each, nth) => take(both[each.by as 0 | 1].store, each, new Date(now + nth))));
              const done = writing.finally(() => {
                isOver = true;
              });
              do for (const { store, lookups } of both) remembered += await expectTrue(store, lookups);
              while (!isOver && (await new Promise((resolve) => setImmediate(resolve, true))));
              await done;
              for (const { store, lookups } of both) remembered += await expectTrue(store, lookups);
            }
          } finally {
            await Promise.all(both.map(({ store }) => store.close()));
          }
        },
      ),
      { numRuns: 8, endOnFailure: true },
    );
    if ((await open()).store.version() !== null) expect(remembered).toBeGreaterThan(50);
  });

  it('loses who is written about by this process, and nobody else', async () => {
    const directory = temporaryDirectory();
    const { store, lookups } = await open(directory);
    const other = await open(directory);
    const see = (by: Store, identifier: Identifier) =>
      by.commit({ identifiers: [identifier], occurredAt: new Date(), source: 'test', eventId: null });
    await see(store, A);
    await see(store, B);
    if (store.version() === null) return;
    await lookups.findOwnersWhole([A, B]);
    await see(store, A);
    expect([A, B].map((each) => lookups.remembered([each])?.identifiers[0]?.value)).toEqual([undefined, 'b']);
    await lookups.findOwnersWhole([A, B]);
    await see(other.store, A);
    expect([A, B].map((each) => lookups.remembered([each]))).toEqual([undefined, undefined]);
  });
});

describe('what is remembered of identities for an age', () => {
  const at = new Date(0);
  const customer = (id: string, identifiers: readonly Identifier[]): StoredCustomer => ({
    ...{ id: id as CustomerId, createdAt: at, firstSeenAt: at, lastSeenAt: at, isErased: false, mergedByPersonAt: null },
    identifiers: identifiers.map((each) => ({ ...each, linkedAt: at, lastSeenAt: at, source: 'test' })),
  });

  function aged(identityAge: number | null) {
    let now = 1_000;
    let report: (changed: ChangedIdentities) => void = () => {};
    const stored = { customer: customer('1', [A, B]), reads: 0, onRead: () => {} };
    const lookups = new IdentityLookups(
      {
        identityAge,
        version: () => null,
        onIdentityChange: (listener) => {
          report = listener;
        },
        findOwners: async (identifiers) => {
          stored.reads++;
          return identifiers.map(() => stored.customer.id);
        },
        findCustomers: async (ids) => {
          const found = ids.map(() => stored.customer);
          stored.onRead();
          return found;
        },
      },
      () => now,
    );
    const wait = (milliseconds: number) => {
      now += milliseconds;
    };
    const change = (...customers: string[]) => report({ customers: customers as CustomerId[], cookies: [] });
    return { lookups, stored, wait, change };
  }

  it('is asked again when it is older, counted from before it was read', async () => {
    const { lookups, stored, wait } = aged(100);
    stored.onRead = () => wait(40);
    await lookups.findOwnersWhole([A]);
    wait(59);
    expect(lookups.remembered([A])).toBe(stored.customer);
    wait(1);
    expect(lookups.remembered([A])).toBeUndefined();
  });

  it('is taken out when this process changes it, also during a read', async () => {
    const { lookups, stored, change } = aged(100);
    await lookups.findOwnersWhole([A]);
    change('2');
    expect(lookups.remembered([A])).toBe(stored.customer);
    change('1');
    expect(lookups.remembered([A])).toBeUndefined();
    stored.onRead = () => change('1');
    await lookups.findOwnersWhole([A]);
    expect(lookups.remembered([A])).toBeUndefined();
  });

  it('is not older than what was answered last', async () => {
    const { lookups, stored } = aged(100);
    await lookups.findOwnersWhole([A]);
    stored.customer = customer('1', [A]);
    await lookups.findOwnersWhole([B]);
    expect([lookups.remembered([A]), lookups.remembered([B])]).toEqual([undefined, stored.customer]);
  });

  it('is nothing without an age', async () => {
    const { lookups } = aged(null);
    await lookups.findOwnersWhole([A]);
    expect(lookups.remembered([A])).toBeUndefined();
  });
});
