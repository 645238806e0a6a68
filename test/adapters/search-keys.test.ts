import { expect, it } from 'vitest';
import { keysOfRows } from '../../src/adapters/search-keys.ts';

it('reads keys, and keys in records', () => {
  expect(keysOfRows(['a', 7, null], '')).toEqual(['a', '7']);
  expect(keysOfRows([{ id: 'a' }, { id: 7 }], 'id')).toEqual(['a', '7']);
  expect(keysOfRows([{ node: { id: 'a' } }], 'node.id')).toEqual(['a']);
});

it('says what is missing where records come and nothing names their key', () => {
  expect(() => keysOfRows([{ id: 'secret' }], '')).toThrow(
    'expected a list of found keys, or match or search.key for records; received records',
  );
  expect(() => keysOfRows([{ no: 'secret' }], 'id')).toThrow('expected found records with the field id, received undefined there');
});
