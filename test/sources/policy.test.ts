import { expect, it, vi } from 'vitest';
import { AdapterFailure } from '../../src/adapters/adapter-failure.ts';
import type { LoadContext, SourcePolicy } from '../../src/index.ts';
import { defineAdapter } from '../../src/index.ts';
import { askAll, PATIENT, recordsOf, sourceOf } from '../support/ask-source.ts';

type Load = (keys: readonly string[], context: LoadContext, call: number) => Promise<readonly unknown[]>;

/** A source that answers as the test says; it knows how often it was called. */
function scripted(load: Load, policy: SourcePolicy = {}, options: { now?: () => Date; selectsFields?: boolean } = {}) {
  const calls: (readonly string[])[] = [];
  const onRepeat = vi.fn();
  const onBreaker = vi.fn();
  const adapter = defineAdapter({
    load: (keys, context) => load(keys, context, calls.push(keys)) as never,
    policy,
    selectsFields: options.selectsFields,
  });
  const source = sourceOf(adapter, { observer: { onRepeat, onBreaker }, ...(options.now && { now: options.now }) });
  return { source, calls, onRepeat, onBreaker, ask: async (...keys: string[]) => recordsOf(await askAll(source, keys)) };
}
const records = (keys: readonly string[]) => keys.map((id) => ({ id }));
const down = async () => {
  throw new Error('down');
};

it('tries a failed call again, once, and no more', async () => {
  const once = scripted(async (keys, _, call) => (call === 1 ? down() : records(keys)));
  expect(await once.ask('a', 'b')).toEqual(records(['a', 'b']));
  expect(once.calls).toHaveLength(2);
  const always = scripted(down, { retries: 2 });
  expect(await always.ask('a')).toEqual(['SOURCE_UNAVAILABLE']);
  expect(always.calls).toHaveLength(3);
  const never = scripted(down, { retries: 0 });
  await never.ask('a');
  expect(never.calls).toHaveLength(1);
});

it('tries only those keys again that failed', async () => {
  const { ask, calls } = scripted(async (keys, _, call) => keys.map((id) => (id === 'b' && call === 1 ? new Error('no') : { id })));
  expect(await ask('a', 'b', 'c')).toEqual(records(['a', 'b', 'c']));
  expect(calls).toEqual([['a', 'b', 'c'], ['b']]);
});

it.each([
  ['a malformed answer', async () => ['x'], 'SOURCE_INVALID'],
  [
    'a refusal',
    () => Promise.reject(new AdapterFailure('SOURCE_UNAVAILABLE', 'status 401', null, { refused: true })),
    'SOURCE_UNAVAILABLE',
  ],
])('does not repeat %s, and does not count it against the source', async (_, load, code) => {
  const { ask, calls, onBreaker } = scripted(load, { breaker: { errors: 1 } });
  expect([await ask('a'), await ask('a')]).toEqual([[code], [code]]);
  expect(calls).toHaveLength(2);
  expect(onBreaker).not.toHaveBeenCalled();
});

it('stops repeating when the budget is used up', async () => {
  const { ask, calls } = scripted(down, { breaker: false });
  for (let n = 0; n < 30; n++) await ask(`k${n}`);
  // 30 calls, a reserve of 10, and 0.2 for each call.
  expect(calls.length).toBeGreaterThanOrEqual(40);
  expect(calls.length).toBeLessThanOrEqual(46);
});

it('leaves a failing source alone, and asks again after a while', async () => {
  let now = 0;
  let isDown = true;
  const { ask, calls, onBreaker } = scripted(
    async (keys) => (isDown ? down() : records(keys)),
    { retries: 1, breaker: { errors: 10, within: '60s', halfOpenAfter: '10s' } },
    { now: () => new Date(now) },
  );
  // Each failed attempt counts, also one that is made again.
  for (let n = 0; n < 5; n++) await ask('a');
  expect(calls).toHaveLength(10);
  expect(onBreaker).toHaveBeenLastCalledWith('things', true);
  expect(await ask('a')).toEqual(['SOURCE_UNAVAILABLE']);
  expect(calls).toHaveLength(10);
  isDown = false;
  now += 10_000;
  expect(await ask('a')).toEqual(records(['a']));
  expect(onBreaker).toHaveBeenLastCalledWith('things', false);
});

it('counts a failed attempt for the breaker though its second one succeeds', async () => {
  const { ask, onBreaker } = scripted(async (keys, _, call) => (call % 2 === 1 ? down() : records(keys)), { breaker: { errors: 3 } });
  for (let n = 0; n < 3; n++) expect(await ask('a')).toEqual(n < 2 ? records(['a']) : ['SOURCE_UNAVAILABLE']);
  expect(onBreaker).toHaveBeenCalledWith('things', true);
});

it('does not count the error of a key against the source', async () => {
  const { ask, onBreaker } = scripted(async (keys) => keys.map((id) => (id === 'poison' ? new Error('no') : { id })), {
    breaker: { errors: 2 },
  });
  for (let n = 0; n < 5; n++) expect(await ask('poison')).toEqual(['SOURCE_UNAVAILABLE']);
  expect(await ask('a')).toEqual(records(['a']));
  expect(onBreaker).not.toHaveBeenCalled();
});

it('makes no more calls at the same time than it may, and gives up what gets no turn', async () => {
  let running = 0;
  let most = 0;
  const { ask } = scripted(
    async (keys) => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return records(keys);
    },
    { concurrency: 3, maxBatch: 1 },
  );
  const keys = Array.from({ length: 20 }, (_, n) => `${n}`);
  expect(await ask(...keys)).toEqual(records(keys));
  expect(most).toBe(3);

  const stuck = scripted(() => new Promise(() => {}), { concurrency: 1, maxBatch: 1, timeout: '30ms', retries: 0 });
  expect(await stuck.ask('a', 'b', 'c')).toEqual(['SOURCE_TIMEOUT', 'SOURCE_TIMEOUT', 'SOURCE_TIMEOUT']);
});

it('aborts a call that takes too long, and makes no second attempt that could not end in time', async () => {
  const signals: AbortSignal[] = [];
  const { ask, calls } = scripted(
    (_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    },
    // Long enough for the call to begin, also on a busy machine.
    { timeout: '500ms', retries: 3 },
  );
  expect(await ask('a')).toEqual(['SOURCE_TIMEOUT']);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(calls).toHaveLength(1);
});

it('asks a second time when the first takes longer than most did, and takes the first answer', async () => {
  const signals: AbortSignal[] = [];
  const { ask, onRepeat } = scripted(
    async (keys, { signal }, call) => {
      signals.push(signal);
      return call === 41 ? new Promise(() => {}) : records(keys);
    },
    { hedge: true, ...PATIENT },
  );
  for (let n = 0; n < 40; n++) await ask('a');
  expect(await ask('slow')).toEqual(records(['slow']));
  expect(onRepeat.mock.calls.filter(([, reason]) => reason === 'hedge')).not.toHaveLength(0);
  expect(signals[40]?.aborted).toBe(true);
});

it('takes the second answer of a hedged call where the first one failed', async () => {
  const first = Promise.withResolvers<never>();
  const { ask } = scripted(
    async (keys, _, call) => {
      if (call === 41) return first.promise;
      if (call === 42) {
        first.reject(new Error('down'));
        await new Promise((resolve) => setImmediate(resolve));
      }
      return records(keys);
    },
    { hedge: true, ...PATIENT, retries: 0 },
  );
  for (let n = 0; n < 40; n++) await ask('a');
  expect(await ask('slow')).toEqual(records(['slow']));
});

it('asks for the fields that all who wait need, and joins only a call that brings them', async () => {
  const asked: (readonly string[] | null)[] = [];
  const gate = Promise.withResolvers<void>();
  const { source } = scripted(
    async (keys, { fields }) => {
      asked.push(fields?.toSorted() ?? null);
      await gate.promise;
      return records(keys);
    },
    {},
    { selectsFields: true },
  );
  const scope = source.scope({}, {});
  const ask = (...fields: string[]) => source.ask('a', scope, new Set(fields)).answer.promise();
  const all = [ask('name'), ask('email')];
  await new Promise((resolve) => setImmediate(resolve));
  all.push(ask('name', 'email'), ask('phone'), source.ask('b', scope, null).answer.promise());
  gate.resolve();
  await Promise.all(all);
  expect(asked).toEqual([['email', 'name'], null]);
});

it.each([
  [{ timeout: 'soon' }, "policy.timeout: expected a duration such as '500ms'"],
  [{ retries: -1 }, 'policy.retries'],
  [{ breaker: { errors: 0 } }, 'policy.breaker'],
  [{ concurrency: 0 }, 'policy.concurrency'],
  [{ cache: {} }, 'policy.cache.ttl'],
  [{ cache: { ttl: '1s', staleForEver: true } }, 'policy.cache'],
])('refuses %j', (policy, message) => {
  expect(() => defineAdapter({ load: async () => [], policy: policy as never })).toThrow(message);
});
