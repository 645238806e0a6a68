import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { Batcher, type BatcherOptions, NO_NEEDS, NOBODY_WAITS } from '../../src/batching/batcher.ts';
import { Deadlines } from '../../src/batching/deadlines.ts';
import { Semaphore } from '../../src/batching/semaphore.ts';

interface Sent {
  readonly keys: readonly string[];
  readonly signal: AbortSignal;
  readonly answer: PromiseWithResolvers<readonly (string | Error)[]>;
}

/** A batcher whose calls the test answers. */
function batcherOf(options: Partial<BatcherOptions<string, undefined>> = {}) {
  const sent: Sent[] = [];
  const batcher = new Batcher<string, undefined>({
    maxBatch: 3,
    semaphore: new Semaphore(2),
    needs: NO_NEEDS,
    joinCalls: true,
    call: (keys, _, { signal }) => {
      const answer = Promise.withResolvers<readonly (string | Error)[]>();
      signal.addEventListener('abort', () => answer.reject(signal.reason));
      sent.push({ keys, signal, answer });
      return answer.promise;
    },
    ...options,
  });
  const ask = (key: string) => batcher.ask(key, undefined);
  const answer = (index: number) => sent[index]?.answer.resolve((sent[index] as Sent).keys.map((key) => `answer to ${key}`));
  return { batcher, ask, sent, answer };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
const keysOf = (sent: readonly Sent[]) => sent.map(({ keys }) => keys);

it('sends the keys of one turn as one call, in the same turn, each key once', async () => {
  const { ask, sent, answer } = batcherOf();
  const tickets = ['a', 'b', 'a'].map(ask);
  await turn();
  expect(keysOf(sent)).toEqual([['a', 'b']]);
  answer(0);
  expect(await Promise.all(tickets.map((ticket) => ticket.answer.promise()))).toEqual(['answer to a', 'answer to b', 'answer to a']);
});

it('joins a call for the key that is under way, and makes a new call after its answer', async () => {
  const { ask, sent, answer } = batcherOf();
  ask('a');
  await turn();
  const second = ask('a');
  answer(0);
  expect(await second.answer.promise()).toBe('answer to a');
  ask('a');
  await turn();
  expect(keysOf(sent)).toEqual([['a'], ['a']]);
});

it('never joins a call under way for a key whose answer must be read after the request', async () => {
  const { ask, sent, answer } = batcherOf({ joinCalls: false });
  ask('a');
  await turn();
  const second = ask('a');
  answer(0);
  await turn();
  expect(keysOf(sent)).toEqual([['a'], ['a']]);
  answer(1);
  expect(await second.answer.promise()).toBe('answer to a');
});

it('keeps a later key until the call under way is answered', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { ask, sent, answer } = batcherOf();
    ask('a');
    await turn();
    ask('b');
    await turn();
    expect(keysOf(sent)).toEqual([['a']]);
    answer(0);
    await turn();
    expect(keysOf(sent)).toEqual([['a'], ['b']]);
  } finally {
    vi.useRealTimers();
  }
});

it('keeps a later key for a millisecond at most', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { ask, sent } = batcherOf();
    ask('a');
    await turn();
    ask('b');
    vi.advanceTimersByTime(1);
    expect(keysOf(sent)).toEqual([['a'], ['b']]);
  } finally {
    vi.useRealTimers();
  }
});

it('waits for further keys only after keys were added during calls, and no longer after a wait that brought no key', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { ask, sent, answer } = batcherOf();
    ask('first');
    for (let call = 0; call < 12; call++) {
      await turn();
      ask(`beside ${call}`);
      answer(call);
    }
    await turn();
    answer(12);
    await turn();
    expect(sent).toHaveLength(13);

    ask('one');
    ask('other');
    await turn();
    expect(sent[13]?.keys).toEqual(['one', 'other']);
    answer(13);
    await turn();

    ask('lonely');
    await turn();
    expect(sent).toHaveLength(14);
    vi.advanceTimersByTime(1);
    expect(sent[14]?.keys).toEqual(['lonely']);
    answer(14);
    await turn();

    ask('at once');
    await turn();
    expect(sent[15]?.keys).toEqual(['at once']);
  } finally {
    vi.useRealTimers();
  }
});

it('sends a full batch at once, and fills the next one until a call may begin', async () => {
  const { ask, sent, answer } = batcherOf();
  for (const key of ['a', 'b', 'c']) ask(key);
  expect(keysOf(sent)).toEqual([['a', 'b', 'c']]);
  for (const key of ['d', 'e', 'f']) ask(key);
  for (const key of ['g', 'h']) ask(key);
  await turn();
  expect(sent).toHaveLength(2);
  ask('i');
  answer(0);
  await turn();
  expect(keysOf(sent)[2]).toEqual(['g', 'h', 'i']);
});

it('fails one key for the error of that key, and all keys of a call for the error of the call', async () => {
  const { ask, sent } = batcherOf();
  const [a, b] = ['a', 'b'].map(ask) as [ReturnType<typeof ask>, ReturnType<typeof ask>];
  await turn();
  sent[0]?.answer.resolve([new Error('no'), 'fine']);
  await expect(a.answer.promise()).rejects.toThrow('no');
  expect(await b.answer.promise()).toBe('fine');
  const [c, d] = ['c', 'd'].map(ask) as [ReturnType<typeof ask>, ReturnType<typeof ask>];
  await turn();
  sent[1]?.answer.reject(new Error('down'));
  await expect(c.answer.promise()).rejects.toThrow('down');
  await expect(d.answer.promise()).rejects.toThrow('down');
});

it('lets one request leave without an effect on the others, and aborts a call for which no request waits', async () => {
  const { ask, sent, answer } = batcherOf();
  const [a, b] = ['a', 'b'].map(ask) as [ReturnType<typeof ask>, ReturnType<typeof ask>];
  const alsoA = ask('a');
  await turn();
  a.leave();
  a.leave();
  b.leave();
  expect(sent[0]?.signal.aborted).toBe(false);
  await expect(b.answer.promise()).rejects.toThrow('nobody waits');
  answer(0);
  expect(await alsoA.answer.promise()).toBe('answer to a');

  const c = ask('c');
  await turn();
  c.leave();
  expect(sent[1]?.signal.reason).toBe(NOBODY_WAITS);
  const again = ask('c');
  await turn();
  answer(2);
  expect(await again.answer.promise()).toBe('answer to c');
});

it('does not send a key for which no request waits any more', async () => {
  const { ask, sent } = batcherOf();
  ask('a').leave();
  ask('b');
  await turn();
  expect(keysOf(sent)).toEqual([['b']]);
});

it('gives up a key at its deadline, before a call or in one, and lets other calls begin', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const giveUp = (key: string, why: string) => new Error(`${key}: ${why}`);
    const { ask, sent, answer } = batcherOf({ semaphore: new Semaphore(1), deadlines: new Deadlines(100), giveUp });
    const early = ask('a');
    await turn();
    vi.advanceTimersByTime(60);
    const late = ask('b');
    vi.advanceTimersByTime(40);
    await expect(early.answer.promise()).rejects.toThrow('a: late');
    expect(sent[0]?.signal.aborted).toBe(true);
    await turn();
    expect(keysOf(sent)).toEqual([['a'], ['b']]);
    answer(1);
    expect(await late.answer.promise()).toBe('answer to b');

    ask('c');
    await turn();
    const queued = ask('d');
    sent[2]?.signal.addEventListener('abort', () => {});
    vi.advanceTimersByTime(100);
    await expect(queued.answer.promise()).rejects.toThrow('d: no slot');
  } finally {
    vi.useRealTimers();
  }
});

it('gives the answer of a forgotten key to no later request', async () => {
  const onAnswer = vi.fn();
  const { batcher, ask, sent, answer } = batcherOf({ onAnswer });
  const before = ask('a');
  await turn();
  batcher.forget('a');
  ask('a');
  answer(0);
  expect(await before.answer.promise()).toBe('answer to a');
  expect(onAnswer).not.toHaveBeenCalled();
  await turn();
  expect(keysOf(sent)).toEqual([['a'], ['a']]);
});

it('reports only the answer of the later of two calls for a key, and neither after the key is forgotten', async () => {
  const onAnswer = vi.fn();
  const sent: PromiseWithResolvers<string[]>[] = [];
  const batcher = new Batcher<string, number>({
    maxBatch: 1,
    semaphore: new Semaphore(4),
    needs: { covers: (have, need) => have >= need, merge: Math.max },
    joinCalls: true,
    call: () => {
      const answer = Promise.withResolvers<string[]>();
      sent.push(answer);
      return answer.promise;
    },
    onAnswer,
  });
  const both = [batcher.ask('a', 1).answer.promise(), batcher.ask('a', 2).answer.promise()];
  sent[1]?.resolve(['more']);
  sent[0]?.resolve(['less']);
  expect(await Promise.all(both)).toEqual(['less', 'more']);
  expect(onAnswer.mock.calls).toEqual([['a', 'more', 2]]);

  const forgotten = [batcher.ask('b', 1).answer.promise(), batcher.ask('b', 2).answer.promise()];
  batcher.forget('b');
  sent[2]?.resolve(['less']);
  sent[3]?.resolve(['more']);
  await Promise.all(forgotten);
  expect(onAnswer).toHaveBeenCalledOnce();
});

it('is idle when no key waits and no call is under way', async () => {
  const onIdle = vi.fn();
  const { ask, answer } = batcherOf({ onIdle });
  const { answer: settled } = ask('a');
  await turn();
  expect(onIdle).not.toHaveBeenCalled();
  answer(0);
  await settled;
  await turn();
  expect(onIdle).toHaveBeenCalledOnce();
});

it('lets another batcher with waiting keys call when a call has ended', async () => {
  const semaphore = new Semaphore(1);
  const [first, second, third] = [batcherOf({ semaphore }), batcherOf({ semaphore }), batcherOf({ semaphore })];
  first.ask('a');
  await turn();
  const left = second.ask('b');
  third.ask('c');
  await turn();
  left.leave();
  first.answer(0);
  await turn();
  expect([keysOf(second.sent), keysOf(third.sent)]).toEqual([[], [['c']]]);
});

it('reports to be idle once, also when a request leaves after the answer', async () => {
  const onIdle = vi.fn();
  const { ask, answer } = batcherOf({ onIdle });
  const ticket = ask('a');
  await turn();
  answer(0);
  await ticket.answer.promise();
  await turn();
  ticket.leave();
  expect(onIdle).toHaveBeenCalledOnce();
});

it('answers every key with its own answer, in calls within their limits, for random requests at random times', async () => {
  const steps = fc.array(fc.oneof(fc.string({ minLength: 1, maxLength: 1 }), fc.constant(null)), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), async (asked, maxBatch, concurrency) => {
      let running = 0;
      const batcher = new Batcher<string, undefined>({
        maxBatch,
        semaphore: new Semaphore(concurrency),
        needs: NO_NEEDS,
        joinCalls: true,
        call: async (keys) => {
          running++;
          expect(keys.length).toBeLessThanOrEqual(maxBatch);
          expect(new Set(keys).size).toBe(keys.length);
          expect(running).toBeLessThanOrEqual(concurrency);
          await turn();
          running--;
          return keys.map((key) => `answer to ${key}`);
        },
      });
      const answers: Promise<string>[] = [];
      const keys = asked.filter((key) => key !== null);
      for (const key of asked) {
        if (key === null) await turn();
        else answers.push(batcher.ask(key, undefined).answer.promise());
      }
      expect(await Promise.all(answers)).toEqual(keys.map((key) => `answer to ${key}`));
    }),
    { numRuns: 200 },
  );
});

it('keeps a share of the calls within its own limit and that of the whole, and answers every key of both', async () => {
  const asked = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 3 })), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(asked, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), async (requests, permits, shared) => {
      const whole = new Semaphore(permits);
      const running = { all: 0, share: 0 };
      const batcherOf = (semaphore: Semaphore, isShare: boolean) =>
        new Batcher<string, undefined>({
          maxBatch: 1,
          semaphore,
          needs: NO_NEEDS,
          joinCalls: false,
          call: async (keys) => {
            running.all++;
            if (isShare) running.share++;
            expect(running.all).toBeLessThanOrEqual(permits);
            expect(running.share).toBeLessThanOrEqual(shared);
            await turn();
            running.all--;
            if (isShare) running.share--;
            return [...keys];
          },
        });
      const batchers = { true: batcherOf(new Semaphore(shared, whole), true), false: batcherOf(whole, false) };
      const answers: Promise<string>[] = [];
      for (const [n, [isShare, turns]] of requests.entries()) {
        answers.push(batchers[`${isShare}`].ask(`${n}`, undefined).answer.promise());
        for (let each = 0; each < turns; each++) await turn();
      }
      expect(await Promise.all(answers)).toEqual(requests.map((_, n) => `${n}`));
    }),
    { numRuns: 200 },
  );
});
