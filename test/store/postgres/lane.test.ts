import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Lane, Lanes, type Waiting } from '../../../src/store/postgres/lane.ts';

class Write implements Waiting {
  readonly name: number;
  readonly keys: readonly string[];
  readonly size: number;
  readonly settled: Promise<void>;
  settle: () => void = () => {};

  constructor(name: number, keys: readonly string[], size = 1) {
    this.name = name;
    this.keys = keys;
    this.size = size;
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  isApartFrom(): boolean {
    return false;
  }
}

/** Lanes whose transactions end when the test ends them, in any order. */
function lanesOf(count: number) {
  const open: (() => void)[] = [];
  const batches: number[][] = [];
  const written: Write[] = [];
  const settle = async (writes: readonly Write[]) => {
    batches.push(writes.map(({ name }) => name));
    await new Promise<void>((resolve) => open.push(resolve));
    for (const write of writes) {
      written.push(write);
      write.settle();
    }
  };
  const lanes = Array.from({ length: count }, () => new Lane<Write>(settle)) as [Lane<Write>, ...Lane<Write>[]];
  return { lanes, all: new Lanes<Write>(lanes), open, batches, written, settle };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('what has a key in common is written in its order, whatever ends when', async () => {
  const write = fc.record({ keys: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 }), ends: fc.nat(3) });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 30 }), async (given) => {
      const { all, open, written } = lanesOf(2);
      const writes = given.map(({ keys }, name) => new Write(name, keys));
      for (const [index, one] of writes.entries()) {
        all.push(one);
        if (index % 3 === 0) await turn();
        for (let n = 0; n < (given[index]?.ends ?? 0); n++) open.splice(n % Math.max(1, open.length), 1)[0]?.();
      }
      while (written.length < writes.length) {
        await turn();
        open.pop()?.();
      }
      for (const key of ['a', 'b', 'c', 'd']) {
        const order = written.filter(({ keys }) => keys.includes(key)).map(({ name }) => name);
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }
    }),
    { numRuns: 200 },
  );
});

it('what arrives while a transaction runs shares the next one', async () => {
  const { lanes, open, batches } = lanesOf(1);
  const [lane] = lanes;
  lane.push(new Write(1, []));
  lane.push(new Write(2, []));
  await turn();
  for (const name of [3, 4, 5]) lane.push(new Write(name, []));
  open.pop()?.();
  await turn();
  expect(batches).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

it('as much shares a transaction as its size allows, and what is larger has one alone', async () => {
  const { lanes, open, batches } = lanesOf(1);
  for (const [name, size] of [300, 200, 1, 900, 1].entries()) lanes[0].push(new Write(name, [], size));
  for (let n = 0; n < 10; n++) {
    await turn();
    open.pop()?.();
  }
  expect(batches).toEqual([[0, 1], [2], [3], [4]]);
});

it('a lane that waits for others begins when nothing waits there, and keeps its order', async () => {
  const { lanes, open, batches, settle } = lanesOf(1);
  const [urgent] = lanes;
  const patient = new Lane<Write>(settle, () => urgent.isEmpty);
  urgent.onEmpty = () => patient.start();
  urgent.push(new Write(1, []));
  await turn();
  urgent.push(new Write(2, []));
  patient.push(new Write(10, []));
  patient.push(new Write(11, []));
  await turn();
  expect(batches).toEqual([[1]]);
  open.pop()?.();
  for (let n = 0; n < 3; n++) await turn();
  expect(batches).toEqual([[1], [2], [10, 11]]);
});
