import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoadReading, OverloadRule } from '../../src/http/overload-rule.ts';

/** A saturated event loop; a request costs a millisecond. */
const reading = (given: Partial<LoadReading> = {}): LoadReading => ({
  ...{ busy: 20, idle: 0, elapsed: 20, answered: 20, refused: 0, underWay: 300 },
  ...given,
});
const NOW = { idle: 0, elapsed: 0 };
const readings = (given: fc.Arbitrary<LoadReading>) => fc.array(given, { maxLength: 50 });
const ANY = fc.record({
  busy: fc.integer({ min: 0, max: 2_000 }),
  idle: fc.integer({ min: 0, max: 2_000 }),
  elapsed: fc.integer({ min: 1, max: 5_000 }),
  answered: fc.integer({ min: 0, max: 5_000 }),
  refused: fc.integer({ min: 0, max: 5_000 }),
  underWay: fc.integer({ min: 0, max: 5_000 }),
});

function ruleAfter(history: readonly LoadReading[]): OverloadRule {
  const rule = new OverloadRule();
  for (const each of history) rule.take(each);
  return rule;
}

/** A rule that has refused a request. */
function overloaded(history: readonly LoadReading[] = [reading(), reading()]): OverloadRule {
  const rule = ruleAfter(history);
  expect(rule.refuses(NOW)).toBe(true);
  return rule;
}

describe('overload', () => {
  it('begins with a refusal, when the event loop had no idle moment for 40 ms', () => {
    expect(ruleAfter([reading()]).refuses(NOW)).toBe(false);
    expect(ruleAfter([reading()]).refuses({ idle: 0, elapsed: 20 })).toBe(true);
    expect(ruleAfter([reading(), reading()]).refuses(NOW)).toBe(true);
  });

  it.each([
    ['256 dear requests', 10, 256],
    ['256 requests of a millisecond', 1, 256],
    ['150 ms of work in cheap requests', 0.05, 3_000],
  ] as const)('leaves %s under way', (_, cost, limit) => {
    expect(ruleAfter([reading({ busy: 1_000 * cost, answered: 1_000 })]).limit).toBe(limit);
  });

  it('never begins with fewer than 256 requests under way, whatever was before', () => {
    fc.assert(fc.property(readings(ANY), (history) => ruleAfter(history).limit >= 256));
  });

  it('does not begin while the event loop has idle moments, however many requests wait for back ends', () => {
    const idle = ANY.map((any) => ({ ...any, idle: Math.ceil(any.elapsed * 0.03), underWay: 5_000 }));
    fc.assert(
      fc.property(readings(idle), (history) => {
        const rule = ruleAfter(history);
        expect(rule.refuses({ idle: 0, elapsed: 39 })).toBe(false);
        // Asked once between two readings.
        expect(rule.limit).toBe(Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('does not begin before anything was answered', () => {
    expect(ruleAfter([reading({ answered: 0 }), reading({ answered: 0 })]).limit).toBe(Number.POSITIVE_INFINITY);
  });

  it('leaves 8 ms of work under way while requests are refused', () => {
    const rule = overloaded();
    expect(rule.limit).toBe(8);
    for (let read = 0; read < 50; read++) rule.take(reading({ refused: 100, underWay: 8 }));
    expect(rule.limit).toBe(8);
  });

  it('leaves more while the event loop has idle moments, because that many wait for back ends, and then less again', () => {
    const rule = overloaded();
    rule.take(reading({ idle: 10, refused: 5, underWay: 1_000 }));
    expect(rule.limit).toBe(1_008);
    rule.take(reading({ refused: 5, underWay: 1_008 }));
    expect(rule.limit).toBe(1_000);
  });

  it('always leaves some', () => {
    fc.assert(
      fc.property(readings(ANY), (history) => {
        const rule = overloaded();
        for (const each of history) rule.take({ ...each, refused: each.refused + 1 });
        expect(rule.isOverloaded).toBe(true);
        expect(rule.limit).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('ends after half a second without a refusal, whatever was before', () => {
    fc.assert(
      fc.property(readings(ANY), (history) => {
        const rule = overloaded();
        for (const each of history) rule.take({ ...each, refused: 1 });
        const ends = Array.from({ length: 30 }, () => rule.take(reading({ idle: 15, underWay: 3 })));
        expect(ends.filter(Boolean)).toHaveLength(1);
        expect(ends.indexOf(true)).toBe(24);
        expect(rule.isOverloaded).toBe(false);
        expect(rule.limit).toBeGreaterThanOrEqual(256);
      }),
    );
  });
});
