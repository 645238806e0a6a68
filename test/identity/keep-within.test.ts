import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedValues, type Candidate, fullest, type IdentityRules, type TypeRules } from '../../src/identity/identity-rules.ts';
import { withinCapacity, withinLimits } from '../../src/identity/keep-within.ts';
import type { CustomerId } from '../../src/model/customer.ts';

const phone = (limit: number, window: number | null): TypeRules => ({ name: 'phone', class: 'person', unique: false, limit, window });
const rulesOf = (type: TypeRules): IdentityRules => ({ types: [type], conflict: 'reassign-latest', capacity: 50 });

/** The definition: the most values in any window that ends with one of them. */
function fullestByDefinition({ window }: TypeRules, values: readonly { readonly seenAt: number }[]): number {
  if (window === null) return values.length;
  const seenWithin = (end: number) => values.filter(({ seenAt }) => seenAt > end - window && seenAt <= end).length;
  return values.reduce((most, { seenAt }) => Math.max(most, seenWithin(seenAt)), 0);
}

/** The definition: one value after the other, the newest first, each unless that makes too many. */
function withinLimitsByDefinition(type: TypeRules, candidates: readonly Candidate[]): Candidate[] {
  const allowed = allowedValues(type, candidates);
  const kept: Candidate[] = [];
  const newestFirst = (a: Candidate, b: Candidate) =>
    b.seenAt - a.seenAt || Number(b.isOnEvent) - Number(a.isOnEvent) || (a.identifier.value < b.identifier.value ? -1 : 1);
  for (const value of candidates.toSorted(newestFirst)) if (fullestByDefinition(type, [...kept, value]) <= allowed) kept.push(value);
  return kept;
}

const time = fc.integer({ min: 1, max: 60 });
const type = fc.record({ limit: fc.integer({ min: 1, max: 4 }), window: fc.option(fc.integer({ min: 1, max: 30 })) });
const candidates = fc
  .array(fc.record({ owner: fc.option(fc.constantFrom('A', 'B')), seenBefore: time, onEvent: fc.boolean() }), { maxLength: 25 })
  .chain((values) => fc.tuple(fc.constant(values), time, fc.option(fc.nat(Math.max(0, values.length - 1)))))
  .map(([values, at, picker]) =>
    values.map(
      ({ owner, seenBefore, onEvent }, index): Candidate => ({
        identifier: { type: 'phone', value: String(index) },
        owner: owner as CustomerId | null,
        seenBefore: owner === null ? 0 : seenBefore,
        seenAt: onEvent || index === picker || owner === null ? Math.max(at, owner === null ? 0 : seenBefore) : seenBefore,
        isPicker: index === picker,
        isOnEvent: onEvent || index === picker || owner === null,
      }),
    ),
  );

describe('limits', () => {
  it('count in a window what the definition counts', () => {
    fc.assert(
      fc.property(type, fc.array(time, { maxLength: 30 }), ({ limit, window }, times) => {
        const values = times.map((seenAt) => ({ seenAt }));
        expect(fullest(phone(limit, window), values)).toBe(fullestByDefinition(phone(limit, window), values));
      }),
      { numRuns: 2_000 },
    );
  });

  it('keep what the definition keeps', () => {
    fc.assert(
      fc.property(type, candidates, ({ limit, window }, given) => {
        const rules = phone(limit, window);
        expect(withinLimits(rulesOf(rules), given)).toEqual(withinLimitsByDefinition(rules, given));
      }),
      { numRuns: 5_000 },
    );
  });

  it('are kept within for more values than a call takes arguments', () => {
    const given = Array.from({ length: 200_000 }, (_, n) => ({
      ...{ identifier: { type: 'phone', value: String(n) }, owner: 'A' as CustomerId, seenBefore: n, seenAt: n },
      ...{ isPicker: false, isOnEvent: false },
    }));
    const rules = phone(2, 1_000);
    expect(fullest(rules, given)).toBe(1_000);
    expect(withinLimits(rulesOf(rules), given)).toHaveLength(200_000);
  });
});

describe('the capacity', () => {
  const held = (owner: string, count: number, seenAt: number): Candidate[] =>
    Array.from({ length: count }, (_, n) => ({
      ...{ identifier: { type: 'phone', value: `${owner}${n}` }, owner: owner as CustomerId, seenBefore: seenAt, seenAt },
      ...{ isPicker: false, isOnEvent: false },
    }));
  const arriving: Candidate = {
    ...{ identifier: { type: 'phone', value: 'new' }, owner: null, seenBefore: 0, seenAt: 9 },
    ...{ isPicker: false, isOnEvent: true },
  };

  it('is what one of the customers had before, where a person brought together more', () => {
    const rules = rulesOf(phone(1_000, null));
    expect(withinCapacity(rules, held('A', 60, 5), true)).toHaveLength(60);
    const evidence = withinCapacity(rules, [...held('A', 60, 5), arriving], true);
    expect(evidence).toHaveLength(60);
    expect(evidence).toContain(arriving);
  });

  it('makes no room for evidence that is not newer than what a person decided', () => {
    const kept = withinCapacity(rulesOf(phone(1_000, null)), [...held('A', 60, 5), arriving], false);
    expect(kept.map(({ owner }) => owner)).toEqual(Array(60).fill('A'));
  });

  it('evicts within the capacity as ever', () => {
    const kept = withinCapacity(rulesOf(phone(1_000, null)), [...held('A', 50, 5), arriving], false);
    expect(kept).toHaveLength(50);
    expect(kept).toContain(arriving);
  });
});
