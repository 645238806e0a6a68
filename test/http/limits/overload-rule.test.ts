import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoadReading, OverloadRule } from '../../../src/http/limits/overload-rule.ts';

/** A saturated event loop; a request costs a millisecond. */
const reading = (given: Partial<LoadReading> = {}): LoadReading => ({
  ...{ busy: 20, idle: 0, elapsed: 20, answered: 20, refused: 0, underWay: 300 },
  ...given,
});
/** A request arrives at once after a reading, beside so many. */
const beside = (count: number) => ({ idle: 0, elapsed: 0, count });
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
  expect(rule.arrival(beside(256))).toBe('refuse');
  return rule;
}

describe('overload', () => {
  it('begins with a refusal, when the event loop had no idle moment for 40 ms', () => {
    expect(ruleAfter([reading()]).arrival(beside(256))).toBe('wait');
    expect(ruleAfter([reading()]).arrival({ idle: 0, elapsed: 20, count: 256 })).toBe('refuse');
    expect(ruleAfter([reading(), reading()]).arrival(beside(256))).toBe('refuse');
  });

  it.each([
    ['256 dear requests', 10, { limit: 256, hold: 16 }],
    ['256 requests of a millisecond', 1, { limit: 256, hold: 40 }],
    ['150 ms of work in cheap requests', 0.05, { limit: 3_000, hold: 800 }],
  ] as const)('leaves %s unanswered, and 40 ms of work begun', (_, cost, { limit, hold }) => {
    const rule = ruleAfter(Array(2).fill(reading({ busy: 1_000 * cost, answered: 1_000 })));
    expect(rule.hold).toBe(hold);
    expect(rule.arrival(beside(limit - 1))).toBe('wait');
    expect(rule.arrival(beside(limit))).toBe('refuse');
  });

  it('never begins with fewer than 256 requests, whatever was before', () => {
    fc.assert(fc.property(readings(ANY), (history) => ruleAfter(history).arrival(beside(255)) !== 'refuse'));
  });

  it('does not begin while the event loop has idle moments, however many requests wait for back ends', () => {
    const idle = ANY.map((any) => ({ ...any, idle: Math.ceil(any.elapsed * 0.03), underWay: 5_000 }));
    fc.assert(
      fc.property(readings(idle), (history) => {
        const rule = ruleAfter(history);
        expect(rule.hold).toBeGreaterThanOrEqual(history.length === 0 ? 0 : 5_016);
        expect(rule.arrival({ idle: 0, elapsed: 39, count: 9_000 })).not.toBe('refuse');
        expect(rule.arrival({ idle: 5, elapsed: 39, count: 9_000 })).toBe('begin');
        expect(rule.hold).toBeGreaterThanOrEqual(9_016);
      }),
    );
  });

  it('does not begin before anything was answered', () => {
    const rule = ruleAfter(Array(3).fill(reading({ answered: 0 })));
    expect(rule.hold).toBe(Number.POSITIVE_INFINITY);
    expect(rule.arrival(beside(9_000))).toBe('wait');
  });

  it('leaves 8 ms of work under way while requests are refused', () => {
    const rule = overloaded();
    expect(rule.hold).toBe(8);
    for (let read = 0; read < 50; read++) rule.take(reading({ refused: 100, underWay: 8 }));
    expect(rule.hold).toBe(8);
  });

  it('leaves more while the event loop has idle moments, because that many wait for back ends, and then less again', () => {
    const rule = overloaded();
    rule.take(reading({ idle: 10, refused: 5, underWay: 1_000 }));
    expect(rule.hold).toBe(1_008);
    rule.take(reading({ refused: 5, underWay: 1_008 }));
    expect(rule.hold).toBe(1_000);
  });

  it('always leaves some', () => {
    fc.assert(
      fc.property(readings(ANY), (history) => {
        const rule = overloaded();
        for (const each of history) rule.take({ ...each, refused: each.refused + 1 });
        expect(rule.isOverloaded).toBe(true);
        expect(rule.hold).toBeGreaterThanOrEqual(2);
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
        expect(rule.arrival(beside(255))).not.toBe('refuse');
      }),
    );
  });
});
