import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LoadReading, OverloadRule } from '../../../src/http/limits/overload-rule.ts';

const reading = (given: Partial<LoadReading>): LoadReading => ({ turns: 1, busy: 100, elapsed: 100, arrived: 500, refused: 0, ...given });
const readings = (given: fc.Arbitrary<LoadReading>) => fc.array(given, { maxLength: 50 });
const ANY = fc.record({
  turns: fc.integer({ min: 0, max: 1_000 }),
  busy: fc.integer({ min: 0, max: 2_000 }),
  elapsed: fc.integer({ min: 0, max: 5_000 }),
  arrived: fc.integer({ min: 0, max: 5_000 }),
  refused: fc.integer({ min: 0, max: 5_000 }),
});

function overloadedBy(history: readonly LoadReading[]): OverloadRule {
  const rule = new OverloadRule();
  for (const each of history) rule.take(each);
  return rule;
}

describe('overload', () => {
  it('begins when every turn of 200 ms was long', () => {
    expect(overloadedBy([reading({})]).isOverloaded).toBe(false);
    expect(overloadedBy([reading({}), reading({})]).isOverloaded).toBe(true);
  });

  it('does not begin with one burst, however long it is', () => {
    expect(overloadedBy([reading({ busy: 5_000, elapsed: 5_000, arrived: 5_000 })]).isOverloaded).toBe(false);
  });

  it.each([
    ['while turns are short', ANY.map((any) => ({ ...any, busy: any.turns * 49 }))],
    ['while few requests arrive in a turn', ANY.map((any) => ({ ...any, arrived: any.turns * 99 }))],
    ['because other programs take the processor', ANY.map((any) => ({ ...any, elapsed: 60_000, busy: any.turns * 5 }))],
    ['without a turn', ANY.map((any) => ({ ...any, turns: 0 }))],
  ] as const)('never begins %s', (_, given) => {
    fc.assert(fc.property(readings(given), (history) => !overloadedBy(history).isOverloaded));
  });

  it('begins anew with a short turn in between', () => {
    const short = reading({ turns: 100 });
    fc.assert(
      fc.property(readings(fc.constant(short)), (history) => !overloadedBy(history.flatMap((each) => [reading({}), each])).isOverloaded),
    );
  });

  it('ends after half a second without a refusal, whatever was before', () => {
    fc.assert(
      fc.property(readings(ANY), (history) => {
        const rule = overloadedBy(history);
        for (let read = 0; read < 5; read++) rule.take(reading({ turns: 100, arrived: 10 }));
        expect(rule.isOverloaded).toBe(false);
      }),
    );
  });

  it('goes on while requests are refused', () => {
    const rule = overloadedBy([reading({}), reading({})]);
    for (let read = 0; read < 100; read++) rule.take(reading({ turns: 10, refused: 1 }));
    expect(rule.isOverloaded).toBe(true);
  });

  it('leaves less room while turns are longer than they should be, more while they are shorter, and always some', () => {
    fc.assert(
      fc.property(readings(ANY), (history) => {
        const rule = overloadedBy([reading({}), reading({}), ...history]);
        expect(rule.room).toBeGreaterThan(0);
        const before = rule.room;
        if (!rule.isOverloaded) return;
        rule.take(reading({ turns: 1, busy: 30, refused: 1 }));
        expect(rule.room).toBeLessThanOrEqual(before);
        rule.take(reading({ turns: 100, busy: 100, refused: 1 }));
        expect(rule.room).toBeGreaterThanOrEqual(before * 0.7);
      }),
    );
  });

  it('reports its begin and its end once each', () => {
    const rule = new OverloadRule();
    const changes = [reading({}), reading({}), reading({ refused: 5 }), ...Array(7).fill(reading({ turns: 100 }))].map((each) =>
      rule.take(each),
    );
    expect(changes.filter(Boolean)).toHaveLength(2);
  });
});
