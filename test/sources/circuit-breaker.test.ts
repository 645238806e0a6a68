import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CircuitBreaker } from '../../src/sources/circuit-breaker.ts';
import { RetryBudget } from '../../src/sources/repeats.ts';

const POLICY = { errors: 3, within: 1_000, halfOpenAfter: 500 };
function breakerAt(start = 0) {
  const clock = { now: start };
  return { clock, breaker: new CircuitBreaker(POLICY, () => clock.now) };
}
const fail = (breaker: CircuitBreaker, times: number) => {
  for (let n = 0; n < times; n++) breaker.report(breaker.allows() ? 'failed' : 'unknown');
};

it('opens after so many errors within the time, also when successes are between them', () => {
  const { breaker } = breakerAt();
  fail(breaker, 2);
  breaker.allows();
  breaker.report('well');
  expect(breaker.allows()).toBe(true);
  breaker.report('failed');
  expect(breaker.isOpen).toBe(true);
  expect(breaker.allows()).toBe(false);
});

it('forgets errors that are longer ago', () => {
  const { breaker, clock } = breakerAt();
  fail(breaker, 2);
  clock.now += 1_001;
  fail(breaker, 1);
  expect(breaker.isOpen).toBe(false);
});

it('lets one call through after a while: the probe closes it, or opens it again', () => {
  const { breaker, clock } = breakerAt();
  fail(breaker, 3);
  clock.now += 500;
  expect([breaker.allows(), breaker.allows()]).toEqual([true, false]);
  breaker.report('failed');
  clock.now += 499;
  expect(breaker.allows()).toBe(false);
  clock.now += 1;
  expect(breaker.allows()).toBe(true);
  breaker.report('well');
  expect(breaker.isOpen).toBe(false);
  expect([breaker.allows(), breaker.allows()]).toEqual([true, true]);
});

it('says when the next call may go out', () => {
  const { breaker, clock } = breakerAt();
  expect(breaker.waitsFor).toBe(0);
  fail(breaker, 3);
  expect(breaker.waitsFor).toBe(500);
  clock.now += 499;
  expect(breaker.waitsFor).toBe(1);
  clock.now += 10;
  expect(breaker.waitsFor).toBe(1);
});

it('takes another probe where nobody waited for the end of the last', () => {
  const { breaker, clock } = breakerAt();
  fail(breaker, 3);
  clock.now += 500;
  breaker.allows();
  breaker.report('unknown');
  expect(breaker.allows()).toBe(true);
});

it('is never open without as many errors as it takes, and never closed by anything but a probe', () => {
  const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 700 }), well: fc.boolean() }), { maxLength: 100 });
  fc.assert(
    fc.property(steps, (plan) => {
      const { breaker, clock } = breakerAt();
      const failures: number[] = [];
      for (const { wait, well } of plan) {
        clock.now += wait;
        const wasOpen = breaker.isOpen;
        if (!breaker.allows()) {
          expect(wasOpen).toBe(true);
          continue;
        }
        breaker.report(well ? 'well' : 'failed');
        if (!well) failures.push(clock.now);
        if (!wasOpen) expect(breaker.isOpen).toBe(!well && breaker.isOpen && failures.filter((at) => clock.now - at <= 1_000).length >= 3);
        else expect(breaker.isOpen).toBe(!well);
        if (wasOpen && well) failures.length = 0;
      }
    }),
  );
});

it('repeats no more than a fifth of the calls, beyond a reserve of ten', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (plan) => {
      const budget = new RetryBudget();
      let calls = 0;
      let repeats = 0;
      for (const isCall of plan) {
        if (isCall) {
          calls++;
          budget.deposit();
        } else if (budget.tryTake()) repeats++;
        expect(repeats).toBeLessThanOrEqual(10 + 0.2 * calls + 1e-9);
      }
    }),
  );
});
