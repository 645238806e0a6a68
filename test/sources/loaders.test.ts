import DataLoader from 'dataloader';
import { describe, expect, it } from 'vitest';
import type { LoadContext } from '../../src/adapters/data-adapter.ts';
import { defineAdapter } from '../../src/adapters/define-adapter.ts';
import { SourceError } from '../../src/model/errors.ts';
import { loadersOf, type SourceLoader } from '../../src/sources/loaders.ts';
import { MemoryCache } from '../../src/sources/memory-cache.ts';
import { Source, type SourceOptions } from '../../src/sources/source.ts';
import { SourceReader } from '../../src/sources/source-reader.ts';
import { PATIENT } from '../support/ask-source.ts';

/** A back end that counts; each call is read anew. `broken` fails for itself alone. */
function backEnd(options: SourceOptions = {}) {
  const calls: (readonly string[])[] = [];
  const contexts: LoadContext[] = [];
  const adapter = defineAdapter({
    policy: { ...PATIENT, cache: { ttl: '1h' } },
    forward: ['authorization'],
    load: async (keys, context) => {
      calls.push(keys);
      contexts.push(context);
      return keys.map((key) => (key === 'missing' ? null : key === 'broken' ? new Error('no') : { id: key, call: calls.length }));
    },
  });
  const source = new Source('crm', adapter, options);
  const sources = new Map([['crm', source]]);
  const request = (headers = {}) => {
    const reader = new SourceReader(sources, headers);
    return { reader, loader: loadersOf(reader, ['crm']).crm as SourceLoader };
  };
  return { calls, contexts, request };
}

describe('a loader of a source', () => {
  it('is a DataLoader, one per request and source, made when it is first read', () => {
    const { request } = backEnd();
    const { reader } = request();
    const loaders = loadersOf(reader, ['crm', 'orders']);
    expect(loaders.crm).toBeInstanceOf(DataLoader);
    expect(loaders.crm).toBe(loaders.crm);
    expect(loaders.orders).not.toBe(loaders.crm);
    expect(loadersOf(request().reader, ['crm']).crm).not.toBe(loaders.crm);
    expect(Object.keys(loaders)).toEqual(['crm', 'orders']);
    expect(loaders.toString).toBeUndefined();
  });

  it('loads the keys of all requests of a tick in one call', async () => {
    const { calls, request } = backEnd();
    const [one, other] = [request().loader, request().loader];
    const records = await Promise.all([one.load('1'), one.load('2'), other.load('2'), other.load('3')]);
    expect(records.map((record) => (record as { id: string }).id)).toEqual(['1', '2', '2', '3']);
    expect(calls).toEqual([['1', '2', '3']]);
  });

  it('takes numbers and texts for the same keys', async () => {
    const { calls, request } = backEnd();
    const { loader } = request();
    const records = await Promise.all([loader.load(7), loader.load('7'), loader.load(7n)]);
    expect(records.map((record) => (record as { id: string }).id)).toEqual(['7', '7', '7']);
    expect(calls).toEqual([['7']]);
  });

  it.each([
    [2 ** 53, 'number'],
    [Number.NaN, 'number'],
    [{ id: 7 } as unknown as string, 'an object'],
    [true as unknown as string, 'boolean'],
  ])('refuses %s, which is no exact key', (key, received) => {
    const { loader } = backEnd().request();
    expect(() => loader.load(key)).toThrow(
      new TypeError(`loaders.crm: expected a key that is a string or an exact number, received ${received}`),
    );
  });

  it('answers null for an unknown key, and rejects for a failed one alone', async () => {
    const { loader } = backEnd().request();
    const [known, missing, broken] = await loader.loadMany(['1', 'missing', 'broken']);
    expect(known).toMatchObject({ id: '1' });
    expect(missing).toBeNull();
    expect(broken).toBeInstanceOf(SourceError);
    await expect(loader.load('broken')).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it('asks once for a key in one request, and as the request with its headers', async () => {
    const { calls, contexts, request } = backEnd();
    const { loader, reader } = request({ authorization: 'Bearer x', cookie: 'secret' });
    await loader.load('1');
    await loader.load('1');
    await reader.ask('crm', '1', {}, null, null).promise();
    expect(calls).toEqual([['1']]);
    expect(contexts[0]?.headers).toEqual({ authorization: 'Bearer x' });
  });

  it.each(['clear', 'clearAll'] as const)('asks the back end again after %s, past every cache', async (clear) => {
    const { calls, request } = backEnd({ cache: new MemoryCache(10, 60_000) });
    const { loader, reader } = request();
    await loader.load('1');
    await reader.ask('crm', '1', { first: 3 }, null, null).promise();
    expect(loader[clear]('1')).toBe(loader);
    expect(await loader.load('1')).toMatchObject({ call: 3 });
    await reader.ask('crm', '1', { first: 3 }, null, null).promise();
    expect(calls).toHaveLength(4);
  });

  it('rejects a load after clear where the cache could not be cleared: it may be the old record', async () => {
    const unreachable = { get: () => null, set: () => {}, invalidate: () => Promise.reject(new Error('gone')) };
    const { loader } = backEnd({ cache: unreachable }).request();
    await expect(loader.clear('1').load('1')).rejects.toThrow('gone');
  });

  it('gives what it was primed with, without a call', async () => {
    const { calls, request } = backEnd();
    const { loader } = request();
    loader.prime(1, { id: '1', name: 'Anna' });
    expect(await loader.load('1')).toEqual({ id: '1', name: 'Anna' });
    expect(calls).toEqual([]);
  });

  it('rejects when the request is over', async () => {
    const { loader, reader } = backEnd().request();
    reader.abandon();
    await expect(loader.load('1')).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
  });
});
