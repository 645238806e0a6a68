import { isLongerThan } from '../model/identifier.ts';
import { AdapterFailure } from './adapter-failure.ts';
import { keyTextOf } from './key-text.ts';
import { describeValue, isRecord, valueAt } from './values.ts';

/** A search asks for at most so many keys. */
export const MAX_FOUND = 100;

/** Characters of a text that is searched for. A single character would find nearly everybody. */
export const SEARCH_TEXT = { min: 2, max: 256 } as const;

/**
 * The keys in what a back end answered to a search: a list of keys, or of records with the key at a path.
 * @param rows null for a list without entries.
 * @param path of the key in a record, with dots; empty where only keys are expected.
 * @throws AdapterFailure SOURCE_INVALID for an answer that is no list, and for an entry without a key.
 */
export function keysOfRows(rows: unknown, path: string): string[] {
  if (rows === null || rows === undefined) return [];
  if (!Array.isArray(rows)) throw new AdapterFailure('SOURCE_INVALID', `expected a list of found keys, received ${describeValue(rows)}`);
  const names = path.split('.');
  return rows
    .filter((row) => row !== null && row !== undefined)
    .map((row: unknown) => {
      const value = isRecord(row) ? (Object.hasOwn(row, path) ? row[path] : valueAt(row, names)) : row;
      const key = keyTextOf(value);
      if (key !== null && key !== '') return key;
      if (isRecord(row) && path === '')
        throw new AdapterFailure('SOURCE_INVALID', 'expected a list of found keys, or match or search.key for records; received records');
      throw new AdapterFailure('SOURCE_INVALID', `expected found records with the field ${path}, received ${describeValue(value)} there`);
    });
}

/**
 * Checks what a `search` answered against its promise.
 * @param keyBytes of UTF-8 that a key has at most.
 * @returns distinct keys, best first, at most `first`.
 * @throws AdapterFailure SOURCE_INVALID for anything but a list of texts and exact integers.
 */
export function checkFound(found: unknown, first: number, keyBytes: number): string[] {
  if (!Array.isArray(found)) {
    throw new AdapterFailure('SOURCE_INVALID', `search() must return an array of keys, received ${describeValue(found)}`);
  }
  const keys = new Set<string>();
  for (const entry of found) {
    const key = typeof entry === 'number' || typeof entry === 'bigint' ? keyTextOf(entry) : entry;
    if (typeof key !== 'string' || key === '') {
      throw new AdapterFailure('SOURCE_INVALID', `search() must return keys that are texts, received ${describeValue(entry)}`);
    }
    if (!key.isWellFormed() || isLongerThan(key, keyBytes)) {
      throw new AdapterFailure('SOURCE_INVALID', `search() must return keys of at most ${keyBytes} bytes of UTF-8, received another`);
    }
    if (keys.size < first) keys.add(key);
  }
  return [...keys];
}
