import { yieldWhenLong } from '../batching/event-loop.ts';
import { AdapterFailure } from './adapter-failure.ts';
import type { DataRecord, KeyNormalizer } from './data-adapter.ts';
import { differencesOf, isPlain, keyTextOf, looseForm } from './key-text.ts';
import { type MatchField, missingField } from './match-field.ts';
import { describeValue, isRecord } from './values.ts';

/** Rows of one call that have to be matched by more than exact equality. */
export interface SpelledRows {
  readonly keys: readonly string[];
  readonly field: MatchField;
  /** Without null. */
  readonly rows: readonly unknown[];
  readonly normalizeKey: KeyNormalizer | undefined;
}

export interface SpellingsMatched {
  /** By key: its rows, in the order of the answer. */
  readonly found: ReadonlyMap<string, readonly DataRecord[]>;
  /** By key: why it has no answer. It counts also where the key has rows. */
  readonly failures: ReadonlyMap<string, AdapterFailure>;
  /** Rows that belong to no key of the call. */
  readonly foreign: number;
}

/**
 * True where a key without a row may be another spelling of a key with rows: a UUID in capitals, or `007` beside `7`.
 * The gateway asks by normalised values, so this is rare.
 */
export function mayHoldSpellings(keys: readonly string[]): boolean {
  return keys.length > 1 && !keys.every(isPlain);
}

/**
 * Assigns rows to the keys that they equal, exactly or by the normalisation of the keys' type, and fails the keys from which
 * a row differs by its spelling only. This is the slow path: in most answers each row equals a key exactly. A back end that
 * ignores the keys answers all its rows, and to normalise a phone number takes 20 µs: so the work is cut into slices.
 * @throws AdapterFailure SOURCE_INVALID when no row has the field, or none is a record.
 */
export async function matchSpellings({ keys, field, rows, normalizeKey }: SpelledRows): Promise<SpellingsMatched> {
  const { found, ofForm } = listsOf(keys, normalizeKey);
  const failures = new Map<string, AdapterFailure>();
  const keysByLooseForm = Map.groupBy(found.keys(), looseForm);
  const strays: unknown[] = [];
  let foreign = 0;
  let lacking = 0;
  let broken: string | null = null;
  for (const row of rows) {
    const turn = yieldWhenLong();
    if (turn !== undefined) await turn;
    const value = field.valueIn(row);
    const text = keyTextOf(value);
    const own = text === null ? undefined : (found.get(text) ?? (normalizeKey && ofForm.get(normalizeKey(text) ?? text)));
    if (own) {
      own.push(row as DataRecord);
      continue;
    }
    strays.push(row);
    if (!isRecord(row)) broken = `expected records, received ${describeValue(row)} among them`;
    else if (isRounded(value)) broken = `expected ${field.name} to be exact, received ${ROUNDED}`;
    else {
      if (value === undefined) lacking++;
      const meant = text === null ? undefined : keysByLooseForm.get(looseForm(text));
      if (meant === undefined) foreign++;
      // One message for each key, however many rows differ from it.
      for (const key of meant ?? []) if (!failures.has(key)) failures.set(key, otherSpelling(field, differencesOf(text as string, key)));
    }
  }
  // A row of another key in the batch is a misspelled row of this key, as it would be if this key had been asked for alone.
  for (const [key, own] of found) {
    if (own.length > 0 || failures.has(key)) continue;
    const answered = keysByLooseForm.get(looseForm(key))?.find((other) => found.get(other)?.length !== 0);
    if (answered !== undefined) failures.set(key, otherSpelling(field, differencesOf(answered, key)));
  }
  if (lacking > 0 && lacking === rows.length) throw missingField(field, rows, keys);
  if (broken === null) return { found, failures, foreign };
  const failure = new AdapterFailure('SOURCE_INVALID', broken);
  if (strays.length === rows.length && !strays.some(isRecord)) throw failure;
  // Its key is unknown: it may belong to any key that has no row.
  for (const [key, own] of found) if (own.length === 0 && !failures.has(key)) failures.set(key, failure);
  return { found, failures, foreign };
}

const ROUNDED = 'a number beyond 2^53, which has lost digits: have the back end send it as a string';

function isRounded(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** One list for all keys of the same normalised form, by key and by that form. */
function listsOf(keys: readonly string[], normalizeKey: KeyNormalizer | undefined) {
  const found = new Map<string, DataRecord[]>();
  const ofForm = new Map<string, DataRecord[]>();
  for (const key of keys) {
    const form = normalizeKey?.(key) ?? key;
    const own = ofForm.get(form) ?? [];
    ofForm.set(form, own);
    found.set(key, own);
  }
  return { found, ofForm };
}

function otherSpelling({ name }: MatchField, differences: readonly string[]): AdapterFailure {
  return new AdapterFailure(
    'SOURCE_INVALID',
    `expected ${name} to be spelled as the key, received a record in which it differs by ${differences.join(' and ')}; ` +
      'have the back end answer one spelling, or give the identifier type a normalize that takes the difference out',
  );
}
