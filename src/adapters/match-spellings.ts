import { AdapterFailure } from './adapter-failure.ts';
import type { DataRecord, KeyNormalizer } from './data-adapter.ts';
import { differencesOf, keyTextOf, looseForm } from './key-text.ts';
import { type MatchField, missingField } from './match-field.ts';
import { describeValue, isRecord } from './value-kind.ts';

/** A call's rows after those that equal a key exactly were given to it. */
export interface ExactlyMatched {
  readonly keys: readonly string[];
  readonly field: MatchField;
  /** The rows of each key. More are added here. */
  readonly found: Map<string, DataRecord[]>;
  /** Rows that equal no key exactly. */
  readonly strays: readonly unknown[];
  /** How many rows came, null ones apart. */
  readonly came: number;
  readonly normalizeKey: KeyNormalizer | undefined;
}

export interface SpellingsMatched {
  /** By key: why it has no answer, whatever rows it has. */
  readonly failures: ReadonlyMap<string, AdapterFailure>;
  /** Rows that are nobody's who was asked for. */
  readonly foreign: number;
}

/** Printable ASCII without capitals: no identifier type's normalisation changes it. */
const NORMAL = /^[!-@[-~]*$/;

/**
 * True where a key without a row may be the other spelling of one that has some. The gateway asks by normalised values, so
 * that is rare: a UUID in capitals, for example.
 */
export function hasOtherSpelling(keys: readonly string[], found: ReadonlyMap<string, readonly DataRecord[]>): boolean {
  return keys.length > 1 && keys.some((key) => !NORMAL.test(key) && found.get(key)?.length === 0);
}

/**
 * Gives rows to the keys that they equal by the normalisation of the keys' type, and finds those that are spelled otherwise.
 * @throws AdapterFailure SOURCE_INVALID when no row has the field, or none is a record.
 */
export function matchSpellings({ keys, field, found, strays, came, normalizeKey }: ExactlyMatched): SpellingsMatched {
  const ofForm = normalizeKey ? joinSpellings(keys, found, normalizeKey) : null;
  const failures = new Map<string, AdapterFailure>();
  const loosely = lazy(() => Map.groupBy(new Set(keys), looseForm));
  let foreign = 0;
  let lacking = 0;
  let unreadable: string | null = null;
  for (const row of strays) {
    if (!isRecord(row)) {
      unreadable = `expected records, received ${describeValue(row)} among them`;
      continue;
    }
    const value = field.valueIn(row);
    if (typeof value === 'number' && Number.isInteger(value) && keyTextOf(value) === null) {
      unreadable = `expected ${field.name} to be exact, received a number beyond 2^53, which has lost digits: have it sent as a string`;
      continue;
    }
    if (value === undefined) lacking++;
    const text = keyTextOf(value);
    const own = text === null || !normalizeKey ? undefined : ofForm?.get(normalizeKey(text) ?? text);
    if (own) {
      own.push(row);
      continue;
    }
    const meant = text === null ? undefined : loosely().get(looseForm(text));
    if (meant === undefined) foreign++;
    for (const key of meant ?? []) failures.set(key, otherSpelling(field, differencesOf(text as string, key)));
  }
  if (lacking > 0 && lacking === came) throw missingField(field, strays, keys);
  if (unreadable !== null) {
    const failure = new AdapterFailure('SOURCE_INVALID', unreadable);
    if (strays.length === came && !strays.some(isRecord)) throw failure;
    // Whose it is can't be known: it may be of any key that has no row.
    for (const key of keys) if (found.get(key)?.length === 0 && !failures.has(key)) failures.set(key, failure);
  }
  return { failures, foreign };
}

/** One list of rows for all keys of the same normalised form. @returns it by that form. */
function joinSpellings(
  keys: readonly string[],
  found: Map<string, DataRecord[]>,
  normalizeKey: KeyNormalizer,
): ReadonlyMap<string, DataRecord[]> {
  const ofForm = new Map<string, DataRecord[]>();
  for (const key of new Set(keys)) {
    const own = found.get(key) as DataRecord[];
    const form = normalizeKey(key) ?? key;
    const shared = ofForm.get(form);
    if (shared) {
      shared.push(...own);
      found.set(key, shared);
    } else ofForm.set(form, own);
  }
  return ofForm;
}

function otherSpelling({ name }: MatchField, differences: readonly string[]): AdapterFailure {
  return new AdapterFailure(
    'SOURCE_INVALID',
    `expected ${name} to be spelled as the key, received a record in which it differs by ${differences.join(' and ')}; ` +
      'have the back end answer one spelling, or give the identifier type a normalize that takes the difference out',
  );
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
