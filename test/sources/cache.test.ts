import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { defineAdapter, type SourcePolicy } from '../../src/index.ts';
import type { AnswerCache } from '../../src/sources/answer-cache.ts';
import { MemoryCache } from '../../src/sources/memory-cache.ts';
import { SharedCache } from '../../src/sources/shared-cache.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';
import { proxyTo, silent } from '../support/broken-servers.ts';
import { closedPort, isMissing, naming, ownName, type Service } from '../support/services.ts';
import { PATIENTLY } from '../support/waiting.ts';

// A database of its own: some of these tests look at all that is there.
const REDIS = 'redis://127.0.0.1:6379/9';
const KEY = Buffer.alloc(32, 7);
/** What a test leaves in Redis is gone soon after it, and not within it, however busy the machine is. Milliseconds. */
const LIFETIME = 60_000;

/** Every value that is in Redis under our names; removed when the test is over. */
async function storedIn(redis: Redis): Promise<Buffer[]> {
  const names = await redis.keys('customer-profile-gateway:*');
  return (
    await Promise.all(names.filter((name) => name.includes('{') && !name.endsWith(':invalidated')).map((name) => redis.hvalsBuffer(name)))
  ).flat();
}

/** A connection is made in the background; until it is there, each process keeps its own answers. */
async function connected(shared: SharedCache): Promise<SharedCache> {
  onTestFinished(() => shared.close());
  const cache = shared.of(ownName('connected'), LIFETIME, LIFETIME);
  await vi.waitFor(() => expect(shared.isUp()).toBe(true), PATIENTLY);
  await vi.waitFor(async () => {
    await cache.set('a', 's', { record: null, fetchedAt: new Date(), fields: null });
    expect(await cache.get('a', 's')).not.toBeNull();
  }, PATIENTLY);
  return shared;
}

async function sharedCache(key = KEY): Promise<SharedCache> {
  const onError = (error: unknown) => {
    throw error;
  };
  return connected(new SharedCache(REDIS, { key, onError, patience: LIFETIME }));
}

const KINDS: readonly { name: string; service?: Service; open(): Promise<AnswerCache> }[] = [
  { name: 'MemoryCache', open: async () => new MemoryCache(100, LIFETIME) },
  { name: 'SharedCache', service: 'Redis', open: async () => (await sharedCache()).of(ownName('source'), LIFETIME, LIFETIME) },
];

for (const { name, service, open } of KINDS) {
  describe.skipIf(service !== undefined && isMissing(service))(service ? `${name}: ${naming(service)}` : name, () => {
    const answer = (id: string) => ({
      record: { id, at: new Date(1), big: 1n, bytes: Buffer.from('x') },
      fetchedAt: new Date(5),
      fields: null,
    });

    it('keeps an answer as it was, dates and all', async () => {
      const cache = await open();
      expect(await cache.get('a', 's')).toBeNull();
      await cache.set('a', 's', { ...answer('a'), fields: new Set(['id']) });
      const kept = await cache.get('a', 's');
      expect(kept).toMatchObject({ fetchedAt: new Date(5), fields: new Set(['id']), record: { id: 'a', at: new Date(1), big: 1n } });
    });

    it('keeps scopes and keys apart', async () => {
      const cache = await open();
      await cache.set('a', 'one', answer('a1'));
      await cache.set('a', 'other', answer('a2'));
      expect([(await cache.get('a', 'one'))?.record, (await cache.get('a', 'other'))?.record]).toMatchObject([{ id: 'a1' }, { id: 'a2' }]);
      expect([await cache.get('b', 'one'), await cache.get('a', 'third')]).toEqual([null, null]);
    });

    it('forgets a key in all its scopes, and no other key', async () => {
      const cache = await open();
      await cache.set('a', 'one', answer('a'));
      await cache.set('a', 'other', answer('a'));
      await cache.set('b', 'one', answer('b'));
      await cache.invalidate('a');
      expect([await cache.get('a', 'one'), await cache.get('a', 'other')]).toEqual([null, null]);
      expect(await cache.get('b', 'one')).not.toBeNull();
    });
  });
}

it('holds so many answers in memory and no more', async () => {
  const cache = new MemoryCache(3, LIFETIME);
  for (let n = 0; n < 10; n++) await cache.set(`${n}`, 's', { record: null, fetchedAt: new Date(), fields: null });
  const kept = await Promise.all(Array.from({ length: 10 }, (_, n) => cache.get(`${n}`, 's')));
  expect(kept.map((answer) => answer !== null)).toEqual([...Array(7).fill(false), true, true, true]);
});

describe.skipIf(isMissing('Redis'))(`answers that replicas share: ${naming('Redis')}`, () => {
  it('are seen by the others, and by nobody who looks into Redis', async () => {
    const source = ownName('source');
    const [one, other, stranger] = [await sharedCache(), await sharedCache(), await sharedCache(Buffer.alloc(32, 8))];
    const secret = ownName('somebody');
    await one
      .of(source, LIFETIME, LIFETIME)
      .set(secret, 's', { record: { name: `${secret}@example.com` }, fetchedAt: new Date(), fields: null });
    expect((await other.of(source, LIFETIME, LIFETIME).get(secret, 's'))?.record).toEqual({ name: `${secret}@example.com` });
    expect(await stranger.of(source, LIFETIME, LIFETIME).get(secret, 's')).toBeNull();
    const redis = new Redis(REDIS);
    onTestFinished(() => redis.disconnect());
    const names = await redis.keys('customer-profile-gateway:*');
    expect([names.join(), Buffer.concat(await storedIn(redis)).toString('latin1')].join()).not.toContain(secret);
    for (const name of names) expect(await redis.pttl(name)).not.toBe(-1);
  });

  it('are not one that was moved to another key', async () => {
    const source = ownName('source');
    const cache = await connected(new SharedCache(REDIS, { key: KEY, onError: () => {}, patience: LIFETIME }));
    const part = cache.of(source, LIFETIME, LIFETIME);
    const redis = new Redis(REDIS);
    onTestFinished(() => redis.disconnect());
    const before = new Set(await redis.keys('customer-profile-gateway:*'));
    await part.set('a', 's', { record: { id: 'a' }, fetchedAt: new Date(), fields: null });
    const [keyOfA] = (await redis.keys('customer-profile-gateway:*')).filter((name) => !before.has(name));
    before.add(keyOfA as string);
    await part.set('b', 's', { record: { id: 'b' }, fetchedAt: new Date(), fields: null });
    const [keyOfB] = (await redis.keys('customer-profile-gateway:*')).filter((name) => !before.has(name));
    const stolen = await redis.hgetallBuffer(keyOfA as string);
    for (const [field, value] of Object.entries(stolen)) await redis.hset(keyOfB as string, field, value);
    expect(await part.get('b', 's')).toBeNull();
  });

  it('are not kept from a call that began before the key was invalidated, on whatever replica', async () => {
    const source = ownName('source');
    const [one, other] = [(await sharedCache()).of(source, LIFETIME, LIFETIME), (await sharedCache()).of(source, LIFETIME, LIFETIME)];
    await one.invalidate('a');
    await other.set('a', 's', { record: { id: 'old' }, fetchedAt: new Date(), fields: null });
    expect(await one.get('a', 's')).toBeNull();
  });
});

it.skipIf(isMissing('Redis'))(`is there again when Redis is: ${naming('Redis')}`, async () => {
  const proxy = await proxyTo(6379);
  const shared = await connected(new SharedCache(`redis://127.0.0.1:${proxy.port}`, { key: KEY, onError: () => {}, patience: LIFETIME }));
  const cache = shared.of(ownName('source'), LIFETIME, LIFETIME);
  await cache.set('a', 's', { record: { id: 'a' }, fetchedAt: new Date(), fields: null });
  await proxy.cut();
  await vi.waitFor(() => expect(shared.isUp()).toBe(false), PATIENTLY);
  expect(shared.downSince).toBeInstanceOf(Date);
  expect(await cache.get('a', 's')).toBeNull();
  // Kept in this process meanwhile.
  await cache.set('b', 's', { record: { id: 'b' }, fetchedAt: new Date(), fields: null });
  expect((await cache.get('b', 's'))?.record).toEqual({ id: 'b' });
  await proxy.mend();
  await vi.waitFor(() => expect(shared.isUp()).toBe(true), PATIENTLY);
  expect(await cache.get('b', 's')).toBeNull();
  await vi.waitFor(async () => expect((await cache.get('a', 's'))?.record).toEqual({ id: 'a' }), PATIENTLY);
});

describe.each([
  ['is gone', closedPort],
  ['accepts connections and never answers', silent],
] as const)('while Redis %s', (_, port) => {
  it('answers are kept in this process, without waiting for Redis, and it is said once; only an invalidation fails', async () => {
    const [onError, onLost] = [vi.fn(), vi.fn()];
    const shared = new SharedCache(`redis://127.0.0.1:${await port()}`, { key: KEY, onError, onLost });
    onTestFinished(() => shared.close());
    const cache = shared.of('things', LIFETIME, LIFETIME);
    cache.set('a', 's', { record: { id: 'a' }, fetchedAt: new Date(), fields: null });
    // Not a promise: nothing is waited for.
    expect(cache.get('a', 's')).toMatchObject({ record: { id: 'a' } });
    await expect(cache.invalidate('a')).rejects.toThrow('Redis cannot be reached');
    expect(cache.get('a', 's')).toBeNull();
    await vi.waitFor(() => expect(onLost).toHaveBeenCalled(), PATIENTLY);
    expect([shared.isUp(), onLost.mock.calls.length, onError.mock.calls.length]).toEqual([false, 1, 0]);
  });
});

describe('a source with a cache', () => {
  const policy: SourcePolicy = { cache: { ttl: '10s', staleWhileRevalidate: '20s', staleIfError: '60s' }, retries: 0 };

  function cached(options: { forward?: string[]; policy?: SourcePolicy; selectsFields?: boolean } = {}) {
    const state = { now: 0, version: 1, isDown: false, gate: Promise.resolve() };
    const calls: (readonly string[])[] = [];
    const adapter = defineAdapter({
      policy,
      ...options,
      load: async (keys) => {
        calls.push(keys);
        const { version } = state;
        await state.gate;
        if (state.isDown) throw new Error('down');
        return keys.map((id) => ({ id, version }));
      },
    });
    const results: string[] = [];
    const source = sourceOf(adapter, {
      now: () => new Date(state.now),
      cache: new MemoryCache(100, 70_000),
      observer: { onCache: (_, result) => void results.push(result) },
    });
    const ask = async (headers: Record<string, string> = {}) => (await askAll(source, ['a'], { headers }))[0];
    return { state, calls, source, ask, results };
  }

  it('answers from it while an answer is fresh', async () => {
    const { state, calls, ask, results } = cached();
    await ask();
    state.now = 10_000;
    expect(await ask()).toMatchObject({ record: { version: 1 }, isStale: false, fetchedAt: new Date(0) });
    expect([calls.length, results]).toEqual([1, ['miss', 'fresh']]);
  });

  it('gives a stale answer at once and fetches a new one behind it', async () => {
    const { state, calls, ask } = cached();
    await ask();
    state.now = 10_001;
    state.version = 2;
    expect(await ask()).toMatchObject({ record: { version: 1 }, isStale: true, errorCode: null });
    await vi.waitFor(
      async () => expect(await ask()).toMatchObject({ record: { version: 2 }, isStale: false, fetchedAt: new Date(10_001) }),
      PATIENTLY,
    );
    expect(calls).toHaveLength(2);
  });

  it('waits for a new answer when the old one is too old', async () => {
    const { state, ask } = cached();
    await ask();
    state.now = 30_001;
    state.version = 2;
    expect(await ask()).toMatchObject({ record: { version: 2 }, isStale: false });
  });

  it('gives a stale answer when the source fails, and says why; no longer than it may', async () => {
    const { state, ask } = cached();
    await ask();
    state.isDown = true;
    state.now = 70_000;
    expect(await ask()).toMatchObject({ record: { version: 1 }, isStale: true, errorCode: 'SOURCE_UNAVAILABLE' });
    state.now = 70_001;
    expect(recordsOf([(await ask()) as never])).toEqual(['SOURCE_UNAVAILABLE']);
  });

  it('keeps no failure', async () => {
    const { state, ask } = cached();
    state.isDown = true;
    await ask();
    state.isDown = false;
    expect(await ask()).toMatchObject({ record: { version: 1 } });
  });

  it('never shares an answer between forwarded credentials', async () => {
    const { calls, ask } = cached({ forward: ['authorization'] });
    await ask({ authorization: 'one' });
    await ask({ authorization: 'other' });
    await ask({});
    await ask({ authorization: 'one' });
    expect(calls).toHaveLength(3);
  });

  it('asks anew after an invalidation, and does not keep what was under way', async () => {
    const { state, calls, ask, source } = cached();
    const gate = Promise.withResolvers<void>();
    state.gate = gate.promise;
    const before = ask();
    await vi.waitFor(() => expect(calls).toHaveLength(1), PATIENTLY);
    state.version = 2;
    await source.invalidate('a');
    const after = ask();
    gate.resolve();
    expect([await before, await after]).toMatchObject([{ record: { version: 1 } }, { record: { version: 2 } }]);
    expect(await ask()).toMatchObject({ record: { version: 2 } });
    expect(calls).toHaveLength(2);
  });

  it('takes an answer only for what it was asked with, and asks for both together then', async () => {
    const { calls, source } = cached({ selectsFields: true });
    const scope = source.scope({}, {});
    const ask = (...fields: string[]) => source.ask('a', scope, new Set(fields)).answer.promise();
    await ask('name');
    await ask('name', 'email');
    await ask('email');
    await ask('name');
    expect(calls).toHaveLength(2);
  });
});
