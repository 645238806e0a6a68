import { describe, expect, it } from 'vitest';
import { inLaterTurn, isTurnLong, yieldWhenLong } from '../../src/batching/event-loop.ts';

/** Longer than a slice. */
function work() {
  const time = () => process.threadCpuUsage().user;
  const began = time();
  while (time() - began < 20_000);
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A turn that nobody has looked at. */
async function freshTurn() {
  await nextTurn();
  await nextTurn();
}

describe('a turn of the event loop', () => {
  it('is long once the work of all that run in it has lasted longer than a slice', async () => {
    await freshTurn();
    expect(isTurnLong()).toBe(false);
    work();
    expect(isTurnLong()).toBe(true);
    await freshTurn();
    expect(isTurnLong()).toBe(false);
  });

  it('lets others in between those who wait, who go on in their order', async () => {
    await freshTurn();
    const order: string[] = [];
    const goOn = (name: string, rest: number) => () => {
      order.push(name);
      work();
      if (rest > 0) inLaterTurn(goOn(name, rest - 1));
    };
    for (const name of ['a', 'b', 'c']) inLaterTurn(goOn(name, 1));
    while (order.filter((name) => name !== 'other').length < 6) {
      await nextTurn();
      order.push('other');
    }
    const ours = order.filter((name) => name !== 'other');
    expect(ours).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
    // No two of them follow each other without a turn of somebody else.
    expect(order.some((name, index) => name !== 'other' && index > 0 && order[index - 1] !== 'other')).toBe(false);
  });

  it('goes on with those who wait when one of them throws', async () => {
    await freshTurn();
    const failures: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => failures.push(error));
    const called = new Promise<void>((resolve) => {
      inLaterTurn(() => {
        throw new Error('no');
      });
      inLaterTurn(resolve);
    });
    await called;
    for (const other of others) process.on('uncaughtException', other);
    expect(failures).toHaveLength(1);
  });

  it('is waited for only where it is long', async () => {
    await freshTurn();
    expect(yieldWhenLong()).toBeUndefined();
    work();
    await expect(yieldWhenLong()).resolves.toBeUndefined();
  });

  it('has time for one of several that wait for it with long steps', async () => {
    await freshTurn();
    let turns = 0;
    const steps: number[] = [];
    const goOn = async () => {
      for (let step = 0; step < 2; step++) {
        await yieldWhenLong();
        work();
        steps.push(turns);
      }
    };
    isTurnLong();
    work();
    const all = [goOn(), goOn(), goOn()];
    while (steps.length < 6) {
      await nextTurn();
      turns++;
    }
    await Promise.all(all);
    expect(new Set(steps).size).toBe(6);
  });
});
