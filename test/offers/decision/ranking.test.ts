import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../src/model/offer.ts';
import { decide } from '../../../src/offers/decision/decide.ts';
import type { DecisionState } from '../../../src/offers/decision/decision-state.ts';
import type { DecisionSettings } from '../../../src/offers/definition/compiled-offers.ts';
import { anOffer, aPlacement, aSeed, aState, BY_PROPENSITY, find, settingsOf } from './builders.ts';
import { betaDistribution } from './special-functions.ts';

function chosenOf(offers: readonly Offer[], slots: number, state: Partial<DecisionState> = {}, settings: Partial<DecisionSettings> = {}) {
  return decide(aPlacement(offers, { slots }), aState(state), settingsOf(settings)).chosen.map(({ name }) => name);
}

describe('ranking', () => {
  it('puts mandatory offers first, by priority, then score, and the others by score, ties by name', () => {
    const offers = [
      anOffer('z-tie', { value: 7 }),
      anOffer('a-tie', { value: 7 }),
      anOffer('best', { value: 9, priority: 99 }),
      anOffer('must-low', { mandatory: true, priority: 1, value: 100 }),
      anOffer('must-high', { mandatory: true, priority: 2, value: 0 }),
      anOffer('must-high-worth', { mandatory: true, priority: 2, value: 1 }),
    ];
    expect(chosenOf(offers, 6)).toEqual(['must-high-worth', 'must-high', 'must-low', 'best', 'a-tie', 'z-tie']);
    expect(chosenOf(offers, 2)).toEqual(['must-high-worth', 'must-high']);
  });

  it('ranks by the formula of the owner, from propensity, value and priority', () => {
    const offers = [anOffer('a', { value: 2, priority: 3 }), anOffer('b', { value: 4, priority: 1 })];
    const { chosen } = decide(aPlacement(offers, { slots: 2 }), aState(), {
      ...settingsOf(),
      rank: ({ value, priority }) => value * priority,
    });
    expect(chosen.map(({ name, score }) => [name, score])).toEqual([
      ['a', 6],
      ['b', 4],
    ]);
  });

  it('puts offers last for which the formula gives no finite number', () => {
    const offers = [anOffer('a', { value: 0 }), anOffer('b', { value: -5 }), anOffer('c', { value: 0 })];
    const rank = ({ value }: { value: number }) => 1 / value;
    expect(decide(aPlacement(offers, { slots: 3 }), aState(), settingsOf({ rank })).chosen).toMatchObject([
      { name: 'b', score: -0.2 },
      { name: 'a', score: null },
      { name: 'c', score: null },
    ]);
  });

  it('prefers what customers responded to', () => {
    const offers = [anOffer('liked'), anOffer('not-liked')];
    const evidenceOf = (name: string) => ({ presented: 10_000, responded: name === 'liked' ? 1_000 : 500 });
    for (let customer = 0; customer < 100; customer++) {
      expect(chosenOf(offers, 1, { evidenceOf, seed: aSeed(`customer ${customer}`) }, BY_PROPENSITY)).toEqual(['liked']);
    }
  });

  it.each([
    [0, 0],
    [40, 30],
    [0.5, 0.25],
  ])(
    'draws the propensity from Beta(1 + responded, 1 + presented - responded), for %d presented and %d responded',
    (presented, responded) => {
      const propensities = Array.from({ length: 4_000 }, (_, index) => {
        const state = aState({ seed: aSeed(`customer ${index}`), evidenceOf: () => ({ presented, responded }) });
        return Number(decide(aPlacement([anOffer('a')]), state, settingsOf(BY_PROPENSITY)).chosen[0]?.propensity);
      }).sort((a, b) => a - b);
      const distances = propensities.map((propensity, index) => {
        const expected = betaDistribution(propensity, 1 + responded, 1 + presented - responded);
        return Math.max(Math.abs(expected - index / 4_000), Math.abs(expected - (index + 1) / 4_000));
      });
      // Kolmogorov and Smirnov: exceeded once in a thousand; the seeds are fixed.
      expect(Math.max(...distances)).toBeLessThan(1.95 / Math.sqrt(4_000));
    },
  );

  it('gives the propensity only where the formula reads it', () => {
    const [byValue] = decide(aPlacement([anOffer('a')]), aState(), settingsOf()).chosen;
    const [byPropensity] = decide(aPlacement([anOffer('a')]), aState(), settingsOf(BY_PROPENSITY)).chosen;
    expect(byValue?.propensity).toBeNull();
    expect(byPropensity?.propensity).toBeGreaterThan(0);
    expect(byPropensity?.score).toBe(byPropensity?.propensity);
  });
});

describe('exploration', () => {
  const offers = Array.from({ length: 5 }, (_, index) => anOffer(`offer-${index}`, { value: index }));
  const evidenceOf = (name: string) => ({ presented: name === 'offer-1' || name === 'offer-3' ? 19 : 20, responded: 5 });
  const customers = Array.from({ length: 4_000 }, (_, index) => aSeed(`customer ${index}`));

  it('happens in its share of decisions', () => {
    const exploring = customers.filter((seed) => {
      const decided = decide(aPlacement(offers), aState({ seed }), settingsOf({ exploration: 0.1 }));
      // Without exploration, the most valuable comes first.
      if (!decided.isExploring) expect(decided.chosen[0]?.name).toBe('offer-4');
      return decided.isExploring;
    });
    // Five standard deviations of a binomial number.
    expect(Math.abs(exploring.length - 400)).toBeLessThan(5 * Math.sqrt(4_000 * 0.1 * 0.9));
  });

  it('shows what has little evidence first, each of them as often as the other', () => {
    const firsts = customers.map((seed) => chosenOf(offers, 5, { seed, evidenceOf }, { exploration: 1, minimumEvidence: 20 }));
    const count = (position: number, name: string) => firsts.filter((names) => names[position] === name).length;
    for (const name of ['offer-1', 'offer-3']) expect(Math.abs(count(0, name) - 2_000)).toBeLessThan(5 * Math.sqrt(1_000));
    for (const name of ['offer-0', 'offer-2', 'offer-4']) {
      expect(Math.abs(count(2, name) - 4_000 / 3)).toBeLessThan(5 * Math.sqrt((4_000 * 2) / 9));
    }
  });

  it('leaves mandatory offers first', () => {
    const withMandatory = [...offers, anOffer('must', { mandatory: true, value: -1 })];
    for (const seed of customers.slice(0, 50)) {
      expect(chosenOf(withMandatory, 1, { seed, evidenceOf }, { exploration: 1 })).toEqual(['must']);
    }
  });

  it('changes no propensity', () => {
    for (const seed of customers.slice(0, 50)) {
      const propensities = [0, 1].map((exploration) =>
        decide(aPlacement(offers), aState({ seed }), settingsOf({ ...BY_PROPENSITY, exploration }))
          .explain()
          .map(({ name, propensity }) => [name, propensity])
          .sort(),
      );
      expect(propensities[1]).toEqual(propensities[0]);
    }
  });
});

describe('offers that exclude each other', () => {
  it('are not shown together, whichever of the two says so: the one that ranks higher stays', () => {
    const first = [anOffer('a', { value: 2, excludes: ['b'] }), anOffer('b', { value: 1 }), anOffer('c', { value: 0 })];
    const second = [anOffer('a', { value: 2 }), anOffer('b', { value: 1, excludes: ['a'] }), anOffer('c', { value: 0 })];
    for (const offers of [first, second]) {
      const decided = decide(aPlacement(offers, { slots: 3 }), aState(), settingsOf());
      expect(decided.chosen.map(({ name }) => name)).toEqual(['a', 'c']);
      expect(find(decided.explain(), 'b')).toEqual({
        name: 'b',
        step: 'FILTERED',
        reason: 'it is not shown together with a, which ranks higher',
        score: 1,
        propensity: null,
      });
    }
  });

  it('do nothing to others when they are excluded themselves, or not in the ranking', () => {
    const offers = [anOffer('a', { value: 3, excludes: ['b'] }), anOffer('b', { value: 2, excludes: ['c'] }), anOffer('c', { value: 1 })];
    expect(chosenOf(offers, 3)).toEqual(['a', 'c']);
    const refused = new Set(['a']);
    expect(chosenOf(offers, 3, { refused })).toEqual(['b']);
  });

  it('excludes pairs only, as a plain search over the order finds them', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const arbitrary = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.subarray(names, { maxLength: 3 })), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 1, max: 6 }), (parts, slots) => {
        const offers = names.map((name, index) => anOffer(name, { value: parts[index]?.[0] ?? 0, excludes: parts[index]?.[1] ?? [] }));
        const expected: Offer[] = [];
        for (const offer of [...offers].sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))) {
          const clashes = expected.some((kept) => kept.excludes.includes(offer.name) || offer.excludes.includes(kept.name));
          if (!clashes) expected.push(offer);
        }
        expect(chosenOf(offers, slots)).toEqual(expected.slice(0, slots).map(({ name }) => name));
      }),
    );
  });
});

describe('a decision', () => {
  const NAMES = Array.from({ length: 12 }, (_, index) => `offer-${index}`);
  const evidenceOf = (name: string) => ({ presented: 10 * Number(name.slice(6)), responded: Number(name.slice(6)) });
  const arbitraryOffers = fc.subarray(NAMES, { minLength: 1 });
  const arbitrarySeed = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const settings = settingsOf({ ...BY_PROPENSITY, exploration: 0.3 });

  it('is the same for the same state, and does not depend on the order of offers', () => {
    fc.assert(
      fc.property(
        arbitraryOffers.chain((names) => fc.tuple(fc.constant(names), fc.shuffledSubarray(names, { minLength: names.length }))),
        arbitrarySeed,
        ([names, shuffled], seed) => {
          const placement = aPlacement(
            names.map((name) => anOffer(name)),
            { slots: 3 },
          );
          const once = decide(placement, aState({ seed, evidenceOf }), settings);
          const again = decide(placement, aState({ seed, evidenceOf }), settings);
          const otherOrder = decide(
            { ...placement, offers: shuffled.map((name) => anOffer(name)) },
            aState({ seed, evidenceOf }),
            settings,
          );
          expect([again.chosen, again.inputs, again.explain()]).toEqual([once.chosen, once.inputs, once.explain()]);
          expect([otherOrder.chosen, otherOrder.explain()]).toEqual([once.chosen, once.explain()]);
        },
      ),
    );
  });

  it('keeps the draws and the order of all other offers when one is added or removed', () => {
    fc.assert(
      fc.property(arbitraryOffers, fc.constantFrom(...NAMES), arbitrarySeed, (names, added, seed) => {
        const explain = (those: readonly string[]) =>
          decide(aPlacement(those.map((name) => anOffer(name))), aState({ seed, evidenceOf }), settings)
            .explain()
            .filter(({ name }) => name !== added);
        expect(explain([...new Set([...names, added])])).toEqual(explain(names.filter((name) => name !== added)));
      }),
    );
  });

  it('asks for each rule and for the evidence of each offer at most once, and only where it is needed', () => {
    const asked: string[] = [];
    const state = aState({
      verdictOf: ({ name }) => {
        asked.push(`rule of ${name}`);
        return name === 'a' ? { kind: 'FALSE', term: 'x' } : { kind: 'TRUE' };
      },
      evidenceOf: (name) => {
        asked.push(`evidence of ${name}`);
        return { presented: 0, responded: 0 };
      },
    });
    const offers = [anOffer('a'), anOffer('b'), anOffer('c', { channels: ['STORE'] })];
    decide(aPlacement(offers), state, settingsOf(BY_PROPENSITY)).explain();
    expect(asked).toEqual(['rule of a', 'rule of b', 'evidence of b']);
    asked.length = 0;
    decide(aPlacement(offers), state, settingsOf());
    expect(asked).toEqual(['rule of a', 'rule of b']);
  });

  it('explains offers of the ranking first, in its order, then the others by name', () => {
    const offers = [anOffer('d', { value: 1 }), anOffer('c', { value: 2 }), anOffer('b', { channels: [] }), anOffer('a', { channels: [] })];
    const names = decide(aPlacement(offers), aState(), settingsOf())
      .explain()
      .map(({ name }) => name);
    expect(names).toEqual(['c', 'd', 'a', 'b']);
  });
});
