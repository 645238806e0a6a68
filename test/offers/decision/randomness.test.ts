import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleBeta } from '../../../src/offers/decision/sample-beta.ts';
import { seededRandom } from '../../../src/offers/decision/seeded-random.ts';
import { aSeed } from './builders.ts';
import { betaDistribution } from './special-functions.ts';

describe('random numbers of a seed and a name', () => {
  const WORD = 2n ** 32n;
  const rotate = (word: bigint, by: bigint) => ((word << by) | (word >> (32n - by))) % WORD;

  /** MurmurHash3 x86 32, as published, over one block for each code unit. */
  function murmur3(text: string, seed: bigint): bigint {
    let h = seed;
    for (const unit of text.split('').map((each) => BigInt(each.charCodeAt(0)))) {
      h ^= (rotate((unit * 0xcc9e2d51n) % WORD, 15n) * 0x1b873593n) % WORD;
      h = (rotate(h, 13n) * 5n + 0xe6546b64n) % WORD;
    }
    h ^= BigInt(text.length);
    h = ((h ^ (h >> 16n)) * 0x85ebca6bn) % WORD;
    h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) % WORD;
    return h ^ (h >> 16n);
  }

  /** sfc32, as published, over integers without a limit. */
  function* sfc32(a: bigint, b: bigint, c: bigint): Generator<bigint, never> {
    for (let counter = 1n; ; counter++) {
      const output = (a + b + counter) % WORD;
      a = b ^ (b >> 9n);
      b = (c + (c << 3n)) % WORD;
      c = (rotate(c, 21n) + output) % WORD;
      yield output;
    }
  }

  it('are those of the published algorithms', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.string({ unit: 'grapheme' }), (seed, name) => {
        const words = Array.from({ length: 6 }, (_, index) => BigInt(Buffer.from(seed).readUInt32LE(4 * index)));
        const state = (index: number) => (murmur3(name, words[index] ?? 0n) + (words[index + 3] ?? 0n)) % WORD;
        const expected = sfc32(state(0), state(1), state(2));
        for (let index = 0; index < 15; index++) expected.next();
        const random = seededRandom(seed, name);
        for (let index = 0; index < 50; index++) {
          const bits = (expected.next().value >> 5n) * 2n ** 26n + (expected.next().value >> 6n);
          expect(random()).toBe(Number(bits) / 2 ** 53);
        }
      }),
    );
  });

  /** Pearson's statistic over 64 equal parts of [0, 1). */
  function chiSquare(numbers: readonly number[]): number {
    const counts = new Array<number>(64).fill(0);
    for (const number of numbers) counts[Math.floor(number * 64)] = Number(counts[Math.floor(number * 64)]) + 1;
    const mean = numbers.length / 64;
    return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
  }
  /** The 99.99 % quantile of chi-square with 63 degrees of freedom; 0.01 % is 27. The seeds are fixed, so it never changes. */
  const HIGHEST = 112;

  it('are even within a sequence, over names, and over customers', () => {
    const random = seededRandom(aSeed('one'), 'offer');
    const sequences = [
      Array.from({ length: 64_000 }, () => random()),
      Array.from({ length: 64_000 }, (_, index) => seededRandom(aSeed('one'), `offer-${index}`)()),
      Array.from({ length: 64_000 }, (_, index) => seededRandom(aSeed(`customer ${index}`), 'offer')()),
    ];
    for (const numbers of sequences) {
      expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
      expect(chiSquare(numbers)).toBeGreaterThan(27);
      expect(chiSquare(numbers)).toBeLessThan(HIGHEST);
    }
  });

  it('of two names of one customer are independent', () => {
    const names = ['a', 'b', 'aa', 'offer-1', 'offer-2', ''];
    const N = 20_000;
    const columns = names.map((name) => Array.from({ length: N }, (_, index) => seededRandom(aSeed(`customer ${index}`), name)() - 0.5));
    for (const [index, one] of columns.entries()) {
      for (const other of columns.slice(index + 1)) {
        const covariance = one.reduce((sum, value, at) => sum + value * Number(other[at]), 0) / N;
        expect(Math.abs(covariance * 12)).toBeLessThan(5 / Math.sqrt(N));
      }
    }
  });

  it('needs a seed of 24 bytes', () => {
    expect(() => seededRandom(new Uint8Array(23), 'a')).toThrow('seededRandom: expected a seed of at least 24 bytes, received 23');
  });
});

describe('a sample of Beta(a, b)', () => {
  const SHAPES = [1e-3, 0.02, 0.3, 0.9, 1, 1.5, 7, 300, 1e4, 1e6];
  const PAIRS = SHAPES.flatMap((a) => SHAPES.map((b) => [a, b] as const));
  const N = 20_000;
  const samplesOf = (a: number, b: number) => {
    const random = seededRandom(aSeed(`moments ${a} ${b}`), 'beta');
    return Array.from({ length: N }, () => sampleBeta(a, b, random));
  };

  it.each(PAIRS)('has the mean and the variance of Beta(%d, %d)', (a, b) => {
    const samples = samplesOf(a, b);
    const mean = a / (a + b);
    const variance = (a * b) / ((a + b) ** 2 * (a + b + 1));
    const excess = (6 * ((a - b) ** 2 * (a + b + 1) - a * b * (a + b + 2))) / (a * b * (a + b + 2) * (a + b + 3));
    const measuredMean = samples.reduce((sum, value) => sum + value, 0) / N;
    const measuredVariance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / N;
    // Five standard errors of each; the second has the fourth central moment in it, which the excess kurtosis gives.
    expect(Math.abs(measuredMean - mean)).toBeLessThan(5 * Math.sqrt(variance / N));
    expect(Math.abs(measuredVariance - variance)).toBeLessThan(5 * variance * Math.sqrt((excess + 2) / N));
  });

  it.each([
    [0.3, 0.3],
    [0.3, 7],
    [1, 1],
    [1, 21],
    [1.5, 0.9],
    [7, 300],
    [1e4, 1e6],
  ])('has the whole distribution of Beta(%d, %d)', (a, b) => {
    const samples = samplesOf(a, b).sort((x, y) => x - y);
    const distance = samples.reduce((most, sample, index) => {
      const expected = betaDistribution(sample, a, b);
      return Math.max(most, Math.abs(expected - index / N), Math.abs(expected - (index + 1) / N));
    }, 0);
    // Kolmogorov and Smirnov: 1.95 / √N is exceeded once in a thousand; the seeds are fixed.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(N));
  });

  it('is more than 0 and less than 1, and never NaN, for all parameters and seeds', () => {
    const shape = fc.double({ min: -3, max: 15, noNaN: true }).map((power) => 10 ** power);
    const edges = fc.constantFrom(
      () => 0,
      () => 1 - 2 ** -53,
    );
    const random = fc.oneof(
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((seed) => seededRandom(seed, 'a')),
      // A generator that begins at the edge of its numbers, where logarithms are largest.
      fc.tuple(edges, fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(6)).map(([edge, seed, after]) => {
        const numbers = seededRandom(seed, 'a');
        let drawn = 0;
        return () => (drawn++ === after ? edge() : numbers());
      }),
    );
    fc.assert(
      fc.property(shape, shape, random, (a, b, numbers) => {
        const sample = sampleBeta(a, b, numbers);
        expect(sample).toBeGreaterThan(0);
        expect(sample).toBeLessThan(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [0, 1],
    [1, -1],
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
  ])('refuses the parameters %d and %d', (a, b) => {
    expect(() => sampleBeta(a, b, Math.random)).toThrow(`sampleBeta: expected finite parameters of more than 0, received ${a} and ${b}`);
  });
});
