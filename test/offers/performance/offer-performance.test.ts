import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decay } from '../../../src/model/decay.ts';
import type { OfferTotals } from '../../../src/model/offer.ts';
import { performanceOf } from '../../../src/offers/performance/offer-performance.ts';
import { wilsonInterval } from '../../../src/offers/performance/wilson-interval.ts';
import { binomial } from '../decision/special-functions.ts';

function totals(offer: string, presented: number, accepted: number, parts: Partial<OfferTotals> = {}): OfferTotals {
  return { placement: 'home', offer, isControl: false, presented, clicked: 0, accepted, declined: 0, ...parts };
}

describe('the 95 % interval of a rate', () => {
  it('is the one of published examples', () => {
    // Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3.
    const examples = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [successes, trials, low, high] of examples) {
      const interval = wilsonInterval(successes, trials);
      expect([interval?.low.toFixed(4), interval?.high.toFixed(4)]).toEqual([low.toFixed(4), high.toFixed(4)]);
    }
  });

  it('contains the rate and lies within 0 and 1, also for parts of a success', () => {
    const counts = fc.tuple(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(counts, ([trials, share]) => {
        const successes = Math.min(trials, trials * share);
        const interval = wilsonInterval(successes, trials) ?? { low: Number.NaN, high: Number.NaN };
        expect(interval.low).toBeGreaterThanOrEqual(0);
        expect(interval.high).toBeLessThanOrEqual(1);
        expect(interval.low).toBeLessThanOrEqual(successes / trials);
        expect(interval.high).toBeGreaterThanOrEqual(successes / trials);
      }),
    );
  });

  it('mirrors when successes and failures change sides', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (successes, failures) => {
        fc.pre(successes + failures > 0);
        const one = wilsonInterval(successes, successes + failures);
        const other = wilsonInterval(failures, successes + failures);
        expect(one?.low).toBeCloseTo(1 - Number(other?.high), 12);
        expect(one?.high).toBeCloseTo(1 - Number(other?.low), 12);
      }),
    );
  });

  it('covers the true rate in about 95 % of samples: exactly, by all samples and their probabilities', () => {
    for (const trials of [10, 50, 400]) {
      const rates = Array.from({ length: 199 }, (_, index) => (index + 1) / 200);
      const coverages = rates.map((rate) => {
        let coverage = 0;
        for (let successes = 0; successes <= trials; successes++) {
          const interval = wilsonInterval(successes, trials);
          if (interval !== null && interval.low <= rate && rate <= interval.high) coverage += binomial(successes, trials, rate);
        }
        return coverage;
      });
      const mean = coverages.reduce((sum, each) => sum + each, 0) / coverages.length;
      expect(Math.abs(mean - 0.95)).toBeLessThan(0.01);
      // Known of this interval: a few small rates in small samples are covered less often, down to 83 %.
      expect(Math.min(...coverages)).toBeGreaterThan(0.83);
    }
  });
});

describe('the performance of offers', () => {
  it('adds up responses by placement and offer, sorted by both, with the control group beside them', () => {
    const given = [
      totals('b', 100, 20, { clicked: 30, declined: 5 }),
      totals('b', 100, 30, { clicked: 1, declined: 2 }),
      totals('welcome', 150, 12, { isControl: true }),
      totals('welcome', 50, 8, { isControl: true }),
      totals('a', 10, 1),
      totals('a', 4, 4, { placement: 'agent' }),
    ];
    expect(performanceOf(given)).toEqual([
      expect.objectContaining({ placement: 'agent', offer: 'a', acceptRate: 1, high: 1, control: null, lift: null }),
      expect.objectContaining({ placement: 'home', offer: 'a', acceptRate: 0.1, control: 0.1, lift: 0 }),
      {
        placement: 'home',
        offer: 'b',
        presented: 200,
        clicked: 31,
        accepted: 50,
        declined: 7,
        acceptRate: 0.25,
        low: expect.closeTo(0.1951, 4),
        high: expect.closeTo(0.3143, 4),
        control: 0.1,
        lift: 1.5,
      },
      {
        placement: 'home',
        offer: 'welcome',
        presented: 0,
        clicked: 0,
        accepted: 0,
        declined: 0,
        acceptRate: null,
        low: null,
        high: null,
        control: 0.1,
        lift: null,
      },
    ]);
  });

  it('says nothing of a lift over a control group that accepted nothing', () => {
    const given = [totals('a', 10, 1), totals('welcome', 10, 0, { isControl: true })];
    expect(performanceOf(given)[0]).toMatchObject({ control: 0, lift: null });
  });

  it('counts at most as many accepted as presented, where presentations lie before the range', () => {
    expect(performanceOf([totals('a', 2, 3)])[0]).toMatchObject({ presented: 2, accepted: 3, acceptRate: 1, high: 1 });
    expect(performanceOf([totals('a', 0, 1)])[0]).toMatchObject({ acceptRate: null, low: null });
  });

  it('is the same whatever the order and the parts of the totals', () => {
    const parts = fc.array(
      fc.record({
        placement: fc.constantFrom('home', 'agent'),
        offer: fc.constantFrom('a', 'b', 'c'),
        isControl: fc.boolean(),
        presented: fc.nat(50),
        clicked: fc.nat(50),
        accepted: fc.nat(50),
        declined: fc.nat(50),
      }),
    );
    fc.assert(
      fc.property(parts, (given) => {
        expect(performanceOf(given.toReversed())).toEqual(performanceOf(given));
        for (const row of performanceOf(given)) {
          const own = given.filter((each) => each.placement === row.placement && each.offer === row.offer && !each.isControl);
          expect(row.presented).toBe(own.reduce((sum, each) => sum + each.presented, 0));
          expect(row.declined).toBe(own.reduce((sum, each) => sum + each.declined, 0));
        }
      }),
    );
  });
});

describe('evidence', () => {
  const evidence = { presented: 80, responded: 8 };

  it('loses half of its weight in each half-life', () => {
    expect(decay(evidence, 1_000, 1_000, 500)).toEqual(evidence);
    expect(decay(evidence, 1_000, 1_500, 500)).toEqual({ presented: 40, responded: 4 });
    expect(decay(evidence, 1_000, 2_500, 500)).toEqual({ presented: 10, responded: 1 });
    expect(decay(evidence, 1_000, 1e15, Number.POSITIVE_INFINITY)).toEqual(evidence);
  });

  it('gains nothing from a clock that was set back', () => {
    expect(decay(evidence, 1_000, 500, 500)).toEqual(evidence);
  });

  it('decays by parts as at once, and keeps its rate', () => {
    const times = fc.tuple(fc.nat(1e9), fc.nat(1e9), fc.nat(1e9), fc.integer({ min: 1e6, max: 1e9 }));
    fc.assert(
      fc.property(times, ([at, first, second, halfLife]) => {
        const inParts = decay(decay(evidence, at, at + first, halfLife), at + first, at + first + second, halfLife);
        const once = decay(evidence, at, at + first + second, halfLife);
        expect(inParts.presented).toBeCloseTo(once.presented, 9);
        if (once.presented > 0) expect(once.responded / once.presented).toBeCloseTo(0.1, 9);
      }),
    );
  });

  it('refuses a half-life of nothing', () => {
    expect(() => decay(evidence, 0, 1, 0)).toThrow('decay: expected a half-life of more than 0 ms, received 0');
    expect(() => decay(evidence, 0, 1, Number.NaN)).toThrow('received NaN');
  });
});
