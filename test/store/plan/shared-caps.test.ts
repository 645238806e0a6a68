import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RESERVED_FOR } from '../../../src/model/offer.ts';
import { type CapLease, capSpanOf, firstCapSpan, grantLease, reserveFrom, unspentOf } from '../../../src/store/plan/shared-caps.ts';

const DAY = 24 * 60 * 60_000;
const HOLDERS = ['a', 'b', 'c'] as const;

/** What happens to one cap, several times at once. */
const step = fc.record({
  kind: fc.constantFrom('reserve', 'reserve', 'present', 'die'),
  times: fc.constantFrom(1, 2, 10, 600),
  holder: fc.constantFrom(...HOLDERS),
  /** The time that passes before it: a part of the window, or of a day where there is none. */
  passes: fc.constantFrom(0, 0, 0.001, 1 / 64, 0.5, 1 - 1 / 64, 0.995, 1),
  /** Milliseconds that the holder's clock, or its request, is behind. */
  behind: fc.constantFrom(0, 0, 1_000, 60_000),
  which: fc.nat(),
});
const cap = fc.record({
  per: fc.constantFrom(0, 60_000, DAY, 30 * DAY, 64 * RESERVED_FOR),
  count: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 32, max: 500 })),
});

/** A cap as a store keeps it, with what really happened beside it. */
class Shared {
  readonly #cap;
  leases: CapLease[] = [];
  readonly #spans = new Map<number, number>();
  /** Open reservations. */
  reservations: { readonly holder: string; readonly until: number }[] = [];
  /** Times of presentations. */
  readonly presented: number[] = [];
  readonly #dead = new Set<string>();

  constructor(options: { readonly per: number; readonly count: number }) {
    this.#cap = { offer: 'one', ...options };
  }

  /** @returns false where no presentation was left. */
  reserve(holder: string, at: number): boolean {
    const { per } = this.#cap;
    const name = this.#dead.has(holder) ? `${holder} again` : holder;
    const own = this.leases.find((lease) => lease.holder === name);
    let lease = reserveFrom(own, this.#cap, at);
    if (lease === null) {
      const first = firstCapSpan(per, at);
      const shown = [...this.#spans].reduce((sum, [span, count]) => (span >= first ? sum + count : sum), 0);
      lease = grantLease(this.#cap, shown, this.leases, name, at);
      if (lease === null) return false;
      // Their holders must learn of it.
      this.leases = this.leases.map((each) => (unspentOf(each, at) === 0 ? { ...each, unspent: 0 } : each));
    }
    this.leases = [...this.leases.filter((each) => each.holder !== name), lease];
    this.reservations.push({ holder: name, until: at + RESERVED_FOR });
    return true;
  }

  present(which: number, now: number): void {
    const [reservation] = this.reservations.splice(which % Math.max(this.reservations.length, 1), 1);
    if (reservation === undefined) return;
    this.#release(reservation.holder);
    const span = capSpanOf(this.#cap.per, now);
    this.#spans.set(span, (this.#spans.get(span) ?? 0) + 1);
    this.presented.push(now);
  }

  expire(now: number): void {
    for (const { holder, until } of this.reservations) if (until <= now) this.#release(holder);
    this.reservations = this.reservations.filter(({ until }) => until > now);
  }

  /** The process ends; what follows is another one's. */
  die(holder: string): void {
    this.#dead.add(holder);
  }

  #release(holder: string): void {
    this.leases = this.leases.map((lease) => (lease.holder === holder ? { ...lease, reserved: lease.reserved - 1 } : lease));
  }
}

/** The most presentations in any window, by looking at the window that ends with each. */
function mostInWindow(presented: readonly number[], per: number): number {
  const inWindow = (end: number) => presented.filter((at) => at <= end && (per === 0 || at > end - per)).length;
  return Math.max(0, ...[...new Set(presented)].map(inWindow));
}

describe('a cap of everybody', () => {
  it('is never exceeded in any window, whatever process reserves, presents, lets expire or dies', () => {
    fc.assert(
      fc.property(cap, fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), (options, steps) => {
        const shared = new Shared(options);
        let now = 100 * DAY;
        for (const { kind, times, holder, passes, behind, which } of steps) {
          now += Math.floor(passes * (options.per || DAY));
          shared.expire(now);
          for (let n = 0; n < times; n++) {
            if (kind === 'present') shared.present(which, now);
            else if (kind === 'die') shared.die(holder);
            else if (!shared.reserve(holder, now - behind)) break;
          }
          const { per, count } = options;
          const inWindow = shared.presented.filter((at) => per === 0 || at > now - per).length;
          expect(inWindow + shared.reservations.length).toBeLessThanOrEqual(count);
        }
        expect(mostInWindow(shared.presented, options.per)).toBeLessThanOrEqual(options.count);
      }),
      { numRuns: 500 },
    );
  });

  it('can be given out to the last presentation once leases and reservations have ended', () => {
    fc.assert(
      fc.property(cap, fc.array(step, { maxLength: 60 }), (options, steps) => {
        const shared = new Shared({ ...options, per: 0 });
        let now = 100 * DAY;
        for (const { kind, times, holder, which } of steps) {
          now += 1;
          for (let n = 0; n < times; n++) {
            if (kind === 'present') shared.present(which, now);
            else if (kind === 'die') shared.die(holder);
            else if (!shared.reserve(holder, now)) break;
          }
        }
        now += RESERVED_FOR + 1_000;
        shared.expire(now);
        let given = 0;
        while (given <= options.count && shared.reserve('another', now)) given++;
        expect(given).toBe(options.count - shared.presented.length);
      }),
      { numRuns: 300 },
    );
  });

  it('is shared: what one process holds unspent is a sixteenth of what is left, at most 100, and no block in a short window', () => {
    const unspent = (count: number, per = 0) => grantLease({ offer: 'one', per, count }, 0, [], 'a', 0)?.unspent;
    expect([1, 15, 31, 32, 320, 1_600, 100_000].map((count) => unspent(count))).toEqual([0, 0, 0, 1, 19, 99, 99]);
    expect(unspent(100_000, 64 * RESERVED_FOR - 64)).toBe(0);
    expect(unspent(100_000, 64 * RESERVED_FOR)).toBe(99);
  });

  it('is asked for anew once its count has changed', () => {
    const lease = grantLease({ offer: 'one', per: 0, count: 1_600 }, 0, [], 'a', 0) as CapLease;
    const less = { offer: 'one', per: 0, count: 1 };
    expect(reserveFrom(lease, less, 1)).toBeNull();
    expect(grantLease(less, 0, [lease], 'a', 1)).toBeNull();
  });
});
