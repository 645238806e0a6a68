import { expect, it } from 'vitest';
import { defineAdapter, testAdapter } from '../../src/index.ts';
import { PATIENT } from '../support/ask-source.ts';

type Load = Parameters<typeof defineAdapter>[0]['load'];
const RECORDS: Record<string, { id: string }> = { a: { id: 'a' }, b: { id: 'b' }, c: { id: 'c' } };
const recordOf = (key: string) => (Object.hasOwn(RECORDS, key) ? (RECORDS[key] as { id: string }) : null);
const adapterOf = (load: Load) => defineAdapter({ load, policy: { ...PATIENT, maxBatch: 20, retries: 0 } });
const samples = { known: RECORDS, failing: 'bad' };
const good: Load = async (keys) => keys.map((key) => (key === 'bad' ? new Error('no') : recordOf(key)));

it('says which promises an adapter keeps', async () => {
  expect(await testAdapter(adapterOf(good), samples)).toEqual([
    'answers in the order of the keys',
    'answers null, or an empty list, for a key that is not there',
    'answers a key that is given twice in both positions',
    'takes a key for nothing but a key, whatever stands in it',
    'has an error for a key that fails, for that key alone',
    'settles when it is aborted, and works on afterwards',
    'answers more keys than fit into one call, in several',
  ]);
});

const unique = (keys: readonly string[]) => [...new Set(keys)];
let wasAborted = false;
it.each<[string, string, Load]>([
  [
    'another order',
    'answers in the order of the keys: entry 1 of 3: expected the record of its key, received another',
    async (keys) => keys.toSorted().map(recordOf),
  ],
  ['rows that are there only', 'expected 5, received 3', async (keys) => keys.map(recordOf).filter((record) => record !== null)],
  ['a record for any key', 'expected nothing for a key that is not there, received a record', async (keys) => keys.map((id) => ({ id }))],
  ['each key once', 'answers a key that is given twice in both positions', async (keys) => unique(keys).map(recordOf)],
  [
    'keys that are a pattern',
    'expected nothing for *, received a record',
    async (keys) => keys.map((key) => (key === '*' ? { id: 'a' } : recordOf(key))),
  ],
  [
    'an error for all',
    'has an error for a key that fails, for that key alone: no',
    async (keys) => {
      if (keys.includes('bad')) throw new Error('no');
      return keys.map(recordOf);
    },
  ],
  ['no error', 'expected an Error for the key, received an answer', async (keys) => keys.map(recordOf)],
  [
    'a connection that an abort breaks',
    'settles when it is aborted, and works on afterwards',
    async (keys, { signal }) => {
      if (signal.aborted) wasAborted = true;
      return keys.map(wasAborted ? () => null : recordOf);
    },
  ],
  ['text', 'load() must return an array with one entry per key, received string', async () => 'x' as never],
  [
    'an error for too many keys',
    'answers more keys than fit into one call',
    async (keys) => {
      if (keys.length > 19) throw new Error('too many');
      return keys.map(recordOf);
    },
  ],
])('finds out %s', async (_, message, load) => {
  await expect(testAdapter(adapterOf(load), samples)).rejects.toThrow(message);
});

it('finds out that another spelling of a key is taken for nothing', async () => {
  const respelled = { ...samples, respelled: 'A' };
  await expect(testAdapter(adapterOf(good), respelled)).rejects.toThrow(
    'takes no other spelling of a key for nothing: expected the record',
  );
  const refusing: Load = async (keys) => keys.map((key) => (key === 'A' || key === 'bad' ? new Error('spelled otherwise') : recordOf(key)));
  expect(await testAdapter(adapterOf(refusing), respelled)).toContain('takes no other spelling of a key for nothing');
});

it('needs two keys', async () => {
  await expect(testAdapter(adapterOf(good), { known: { a: { id: 'a' } } })).rejects.toThrow('at least two known keys');
});
