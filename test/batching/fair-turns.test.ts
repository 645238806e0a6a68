import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairTurns } from '../../src/batching/fair-turns.ts';
import { Fifo } from '../../src/batching/fifo.ts';

const aTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when the test says so. */
class Work {
  readonly begun: string[] = [];
  readonly #ends: (() => void)[] = [];

  of(name: string): () => Promise<string> {
    return () => {
      this.begun.push(name);
      const { promise, resolve } = Promise.withResolvers<string>();
      this.#ends.push(() => resolve(name));
      return promise;
    };
  }

  endFirst(): void {
    this.#ends.shift()?.();
  }
}

describe('fair turns', () => {
  it('go round the owners, so that one with much work delays nobody', async () => {
    const turns = new FairTurns({ perOwner: 1, inAll: 1 });
    const begun: string[] = [];
    const piece = (owner: string) =>
      turns.run(owner, async () => {
        begun.push(owner);
      });
    await Promise.all([piece('much'), piece('much'), piece('much'), piece('little'), piece('other')]);
    expect(begun).toEqual(['much', 'little', 'other', 'much', 'much']);
  });

  it('let the event loop serve others between any two pieces of work, also of different owners', async () => {
    const turns = new FairTurns({ perOwner: 4, inAll: 100 });
    const seen: string[] = [];
    const all = Promise.all(['a', 'b', 'c'].map((owner) => turns.run(owner, async () => void seen.push(owner))));
    for (let turn = 0; turn < 3; turn++) {
      await aTurn();
      seen.push('served');
    }
    await all;
    expect(seen.join(' ')).toMatch(/^a served b served c/);
  });

  it('run at most so much of one owner, and of all, at the same time', async () => {
    const turns = new FairTurns({ perOwner: 2, inAll: 3 });
    const work = new Work();
    const all = ['a', 'a', 'a', 'b', 'b', 'c'].map((owner) => turns.run(owner, work.of(owner)));
    for (let turn = 0; turn < 20; turn++) await aTurn();
    expect([work.begun, turns.waiting]).toEqual([['a', 'b', 'c'], 3]);
    work.endFirst();
    for (let turn = 0; turn < 20; turn++) await aTurn();
    expect(work.begun).toEqual(['a', 'b', 'c', 'a']);
    for (let ends = 0; ends < 6; ends++) {
      work.endFirst();
      for (let turn = 0; turn < 5; turn++) await aTurn();
    }
    expect(await Promise.all(all)).toEqual(['a', 'a', 'a', 'b', 'b', 'c']);
  });

  it('go on after work that fails, and its caller gets the failure', async () => {
    const turns = new FairTurns({ perOwner: 1, inAll: 1 });
    const rejected = turns.run('a', () => Promise.reject(new Error('rejected')));
    const thrown = turns.run('a', () => {
      throw new Error('thrown');
    });
    const after = turns.run('a', async () => 'after');
    await expect(rejected).rejects.toThrow('rejected');
    await expect(thrown).rejects.toThrow('thrown');
    expect(await after).toBe('after');
  });

  it('run all work, within the limits, each owner in its order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ owner: fc.constantFrom('a', 'b', 'c'), turns: fc.nat(3) }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 4 }),
        async (pieces, perOwner, inAll) => {
          const turns = new FairTurns({ perOwner, inAll });
          const running = new Map<string, number>();
          const begun: number[] = [];
          await Promise.all(
            pieces.map((piece, index) =>
              turns.run(piece.owner, async () => {
                begun.push(index);
                running.set(piece.owner, (running.get(piece.owner) ?? 0) + 1);
                expect(running.get(piece.owner)).toBeLessThanOrEqual(perOwner);
                expect([...running.values()].reduce((sum, count) => sum + count)).toBeLessThanOrEqual(inAll);
                for (let turn = 0; turn < piece.turns; turn++) await aTurn();
                running.set(piece.owner, (running.get(piece.owner) as number) - 1);
              }),
            ),
          );
          for (const owner of ['a', 'b', 'c']) {
            const own = begun.filter((index) => pieces[index]?.owner === owner);
            expect(own).toEqual([...own].sort((a, b) => a - b));
          }
          expect([begun.length, turns.waiting]).toEqual([pieces.length, 0]);
        },
      ),
    );
  });
});

it('a fifo gives its items in their order, as an array would', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.integer(), fc.constant('shift'), fc.constant('clear'))), (steps) => {
      const fifo = new Fifo<number>();
      let model: number[] = [];
      for (const step of steps) {
        if (step === 'shift') expect(fifo.shift()).toBe(model.shift());
        else if (step === 'clear') {
          fifo.clear();
          model = [];
        } else {
          fifo.push(step as number);
          model.push(step as number);
        }
        expect(fifo.size).toBe(model.length);
      }
    }),
  );
});
