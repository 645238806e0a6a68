import type { Socket } from 'node:net';
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { HeldBytes } from '../../../src/http/connections/held-bytes.ts';
import { LEAST_RATE, SlowReaders } from '../../../src/http/connections/slow-readers.ts';

it('keeps the bound, and cuts off nobody while it is kept', () => {
  const holders = fc.array(fc.record({ bytes: fc.nat(100), age: fc.nat(1_000) }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.nat(200), holders, (max, list) => {
      const held = new HeldBytes(max);
      const cutOff = new Set<number>();
      const now = performance.now();
      for (const [index, { bytes, age }] of list.entries()) held.add({ bytes, since: now - age, cutOff: () => void cutOff.add(index) });
      held.check();
      const kept = list.filter((_, index) => !cutOff.has(index)).reduce((sum, { bytes }) => sum + bytes, 0);
      const all = list.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(kept).toBeLessThanOrEqual(max);
      if (all <= max) expect(cutOff.size).toBe(0);
    }),
  );
});

it('cuts off the client that has held the most for the longest time, not the one that has just asked', () => {
  const held = new HeldBytes(100);
  const cutOff: string[] = [];
  const now = performance.now();
  held.add({ bytes: 60, since: now - 100, cutOff: () => void cutOff.push('does not read') });
  held.add({ bytes: 10, since: now - 1_000_000, cutOff: () => void cutOff.push('is small') });
  held.hold(90, () => void cutOff.push('has just asked'));
  expect(cutOff).not.toContain('has just asked');
});

it('ends a client that takes less than the least rate, and no other', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const destroyed: string[] = [];
  const socketOf = (name: string) => ({ writableLength: 1_000, bytesWritten: 1_000, destroy: () => void destroyed.push(name) });
  const [slow, fast] = [socketOf('slow'), socketOf('fast')];
  const readers = new SlowReaders(10_000);
  for (let second = 0; second <= 10; second++) {
    readers.endIn([slow, fast] as unknown as Socket[]);
    expect(destroyed).toEqual([]);
    vi.advanceTimersByTime(1_000);
    slow.bytesWritten += LEAST_RATE - 1;
    fast.bytesWritten += LEAST_RATE + 1;
    if (second === 9) break;
  }
  readers.endIn([slow, fast] as unknown as Socket[]);
  expect(destroyed).toEqual(['slow']);
});
