import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InsuredCounter, LocalCounter } from '../../../src/http/limits/rate-counter.ts';

/** Steps of a history: milliseconds that pass, then a request under a key. */
const HISTORY = fc.array(fc.record({ passes: fc.integer({ min: 0, max: 700 }), key: fc.constantFrom('a', 'b', 'c') }), { maxLength: 200 });
const RATE = fc.record({ count: fc.integer({ min: 1, max: 5 }), seconds: fc.integer({ min: 1, max: 3 }) });

describe('a counter of one process', () => {
  it('takes all of the first `count` requests of a window and none of the others, by an independent model', () => {
    fc.assert(
      fc.property(RATE, HISTORY, (rate, history) => {
        let now = 1_000;
        const counter = new LocalCounter(rate, () => now);
        const times: Record<string, number[]> = { a: [], b: [], c: [] };
        for (const { passes, key } of history) {
          now += passes;
          const sent = times[key] as number[];
          sent.push(now);
          // The windows of the model are found anew from all requests so far.
          let start = sent[0] as number;
          let inWindow = 0;
          for (const at of sent) {
            if (at >= start + rate.seconds * 1_000) {
              start = at;
              inWindow = 0;
            }
            inWindow++;
          }
          const wait = inWindow > rate.count ? start + rate.seconds * 1_000 - now : 0;
          expect(counter.count(key)).toBe(wait);
        }
      }),
    );
  });

  it('takes a request that comes when the wait is over', () => {
    fc.assert(
      fc.property(RATE, HISTORY, (rate, history) => {
        let now = 0;
        const counter = new LocalCounter(rate, () => now);
        for (const { passes, key } of history) {
          now += passes;
          const wait = counter.count(key);
          now += wait;
          if (wait > 0) expect(counter.count(key)).toBe(0);
        }
      }),
    );
  });

  it('keeps a bounded number of windows', () => {
    const counter = new LocalCounter({ count: 1, seconds: 10 }, () => 0, 3);
    for (const key of ['a', 'b', 'c']) counter.count(key);
    expect(counter.count('c')).toBeGreaterThan(0);
    counter.count('d');
    expect(counter.count('a')).toBe(0);
  });
});

describe('a counter in Redis', () => {
  it('counts in the process while Redis is lost, and asks nothing of Redis until it is back', async () => {
    let isDown = true;
    let asked = 0;
    const lost: unknown[] = [];
    let isUp = true;
    const shared = {
      isUp: () => isUp,
      count: async () => {
        asked++;
        isUp = !isDown;
        if (isDown) throw new Error('Redis is lost');
        return 0;
      },
    };
    const local = new LocalCounter({ count: 1, seconds: 60 }, () => 0);
    const counter = new InsuredCounter({ shared, local, onLost: (error) => lost.push(error) });
    expect(await counter.count('a')).toBe(0);
    expect(await counter.count('a')).toBe(60_000);
    expect([asked, lost.length]).toEqual([1, 1]);
    isDown = false;
    isUp = true;
    expect(await counter.count('a')).toBe(0);
    expect(asked).toBe(2);
  });
});
