import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { customerIdOf } from '../../../src/model/customer.ts';
import { type DecisionIdentity, decisionIdOf, inControlGroup, seedOf } from '../../../src/offers/decision/keyed-choices.ts';
import { aSeed, NOON } from './builders.ts';

const KEY = aSeed('a key');
const idOf = (index: number) => customerIdOf(Buffer.from(aSeed(`customer ${index}`)));
const IDS = Array.from({ length: 20_000 }, (_, index) => idOf(index));

describe('the control group', () => {
  it('has its share of customers', () => {
    for (const share of [0.05, 0.5]) {
      const members = IDS.filter((id) => inControlGroup(KEY, id, share)).length;
      expect(Math.abs(members - IDS.length * share)).toBeLessThan(5 * Math.sqrt(IDS.length * share * (1 - share)));
    }
  });

  it('is empty without a share, and everybody with all of it', () => {
    expect(IDS.some((id) => inControlGroup(KEY, id, 0))).toBe(false);
    expect(IDS.every((id) => inControlGroup(KEY, id, 1))).toBe(true);
  });

  it('keeps its members when the share grows, and has others under another key', () => {
    const members = (key: Uint8Array, share: number) => new Set(IDS.filter((id) => inControlGroup(key, id, share)));
    const few = members(KEY, 0.1);
    expect(few.isSubsetOf(members(KEY, 0.2))).toBe(true);
    // Two independent groups of a tenth share a hundredth of all customers.
    expect(few.intersection(members(aSeed('another key'), 0.1)).size).toBeLessThan(0.02 * IDS.length);
  });
});

describe('the seed', () => {
  const HOUR = 3_600_000;

  it('is the same during an hour, and another one in the next, for another customer, placement or key', () => {
    const seed = Buffer.from(seedOf(KEY, idOf(1), 'home', NOON));
    expect(seed).toHaveLength(32);
    expect(seed.equals(seedOf(KEY, idOf(1), 'home', NOON + HOUR - 1))).toBe(true);
    for (const other of [
      seedOf(KEY, idOf(1), 'home', NOON + HOUR),
      seedOf(KEY, idOf(1), 'home', NOON - 1),
      seedOf(KEY, idOf(2), 'home', NOON),
      seedOf(KEY, idOf(1), 'hero', NOON),
      seedOf(aSeed('another key'), idOf(1), 'home', NOON),
    ]) {
      expect(seed.equals(other)).toBe(false);
    }
  });
});

describe('the id of a decision', () => {
  const identity: DecisionIdentity = {
    customerId: idOf(1),
    placement: 'home',
    touchpoint: 'web',
    decidedAt: NOON,
    keptFor: null,
    isFallback: false,
    isControl: false,
    offers: [
      { name: 'a', version: '1' },
      { name: 'b', version: '2' },
    ],
  };
  const idWith = (parts: Partial<DecisionIdentity>) => decisionIdOf(KEY, { ...identity, ...parts });

  it('is 16 bytes of base64url, the same for the same choice in the same hour', () => {
    expect(idWith({})).toMatch(/^[\w-]{22}$/);
    expect(idWith({ decidedAt: NOON + 3_599_999 })).toBe(idWith({}));
  });

  it('is another one for the choice that follows one that is kept, and the same for those that are made meanwhile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400_000 }), fc.nat({ max: 86_400_000 }), (keptFor, later) => {
        const [first, next] = [idWith({ keptFor }), idWith({ keptFor, decidedAt: NOON + keptFor + later })];
        expect(next).not.toBe(first);
      }),
    );
    expect(idWith({ keptFor: 3_600_000, decidedAt: NOON + 3_599_999 })).toBe(idWith({ keptFor: 3_600_000 }));
  });

  it('is another one for everything else', () => {
    const ids = [
      idWith({}),
      idWith({ decidedAt: NOON + 3_600_000 }),
      idWith({ keptFor: 600_000 }),
      idWith({ keptFor: 600_000, decidedAt: NOON + 600_000 }),
      idWith({ keptFor: 3_600_000 }),
      idWith({ customerId: idOf(2) }),
      idWith({ placement: 'hero' }),
      idWith({ touchpoint: 'ios' }),
      idWith({ touchpoint: null }),
      idWith({ isFallback: true }),
      idWith({ isControl: true }),
      idWith({ offers: [] }),
      idWith({ offers: [{ name: 'a', version: '1' }] }),
      idWith({ offers: identity.offers.toReversed() }),
      idWith({
        offers: [
          { name: 'a', version: '2' },
          { name: 'b', version: '2' },
        ],
      }),
      decisionIdOf(aSeed('another key'), identity),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('never mixes up names that run together', () => {
    const names = fc.array(fc.record({ name: fc.string(), version: fc.string() }), { maxLength: 3 });
    fc.assert(
      fc.property(names, names, fc.string(), fc.string(), (offers, others, placement, other) => {
        const isSame =
          JSON.stringify([offers.map((o) => [o.name, o.version]), placement]) ===
          JSON.stringify([others.map((o) => [o.name, o.version]), other]);
        expect(idWith({ offers, placement }) === idWith({ offers: others, placement: other })).toBe(isSame);
      }),
    );
  });
});
