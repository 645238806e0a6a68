import { AdapterFailure } from './adapter-failure.ts';
import type { DataRecord, KeyAnswer, LoadContext } from './data-adapter.ts';
import { keyTextOf } from './key-text.ts';
import { type MatchField, matchFieldOf } from './match-field.ts';
import { matchSpellings, mayHoldSpellings } from './match-spellings.ts';
import { describeValue, isEmptyObject } from './values.ts';

export interface RowMatching {
  /** The row's field that holds the key. Left out: rows come in the order of the keys, one each. */
  readonly match: MatchField | undefined;
  readonly many: boolean;
  /** The context of the call. */
  readonly context: Pick<LoadContext, 'onForeign' | 'normalizeKey'>;
}

/** One entry per key. Not a promise where each row equals a key exactly, as most do. */
type MatchedAnswers = KeyAnswer[] | Promise<KeyAnswer[]>;

/**
 * Puts the rows of one call back in the order of its keys. A row belongs to the key that its `match` field equals, exactly or
 * by the normalisation of the key's identifier type. Rows of no key of the call are dropped: they are another customer's.
 * Rows that are null are ignored; null or an empty object in place of the list means no rows.
 * @returns one entry per key: an AdapterFailure where a row differs from the key by its spelling only (case, Unicode form,
 * surrounding spaces, leading zeros), and where a key has several rows without `many`.
 * @throws AdapterFailure SOURCE_INVALID when the rows can't be put in order.
 */
export function matchRows(keys: readonly string[], rows: unknown, { match, many, context }: RowMatching): MatchedAnswers {
  // PHP writes an empty list as an empty object.
  if (rows === null || rows === undefined || isEmptyObject(rows)) return keys.map(() => (many ? [] : null));
  if (!Array.isArray(rows)) throw new AdapterFailure('SOURCE_INVALID', `expected a list of records, received ${describeValue(rows)}`);
  if (match !== undefined) return byMatch(keys, rows, match, many, context);
  if (rows.length === keys.length) return rows;
  throw new AdapterFailure(
    'SOURCE_INVALID',
    `expected one entry per key (${keys.length}) since no match field is set, received ${rows.length}`,
  );
}

/**
 * Checks that the answer to a call for one key belongs to that key.
 * @throws AdapterFailure SOURCE_INVALID when a record belongs to another key, or is spelled differently.
 */
export async function ownRecord(key: string, answer: unknown, { match, many, context: { normalizeKey } }: RowMatching): Promise<KeyAnswer> {
  // A wrong shape is reported by `checkAnswers`.
  if (match === undefined || answer === null || answer === undefined || many !== Array.isArray(answer)) return answer as KeyAnswer;
  if (!many && keyTextOf(match.valueIn(answer)) === key) return answer as DataRecord;
  let foreign = 0;
  const onForeign = (records: number) => {
    foreign = records;
  };
  const [own] = await byMatch([key], many ? (answer as unknown[]) : [answer], match, many, { normalizeKey, onForeign });
  if (own instanceof Error) throw own;
  if (foreign === 0) return own;
  throw new AdapterFailure('SOURCE_INVALID', `answered a record whose ${match.name} is not the key that was asked for`);
}

/** @param match as an owner writes it: a field's name, or a path with dots into the row. */
export function matchOf(match: string | undefined): MatchField | undefined {
  return match === undefined ? undefined : matchFieldOf(match);
}

function byMatch(
  keys: readonly string[],
  rows: readonly unknown[],
  field: MatchField,
  many: boolean,
  { onForeign, normalizeKey }: RowMatching['context'],
): MatchedAnswers {
  const found = new Map<string, DataRecord[]>(keys.map((key) => [key, []]));
  let isExact = true;
  let answered = 0;
  for (const row of rows) {
    if (row === null || row === undefined) continue;
    const text = keyTextOf(field.valueIn(row));
    const own = text === null ? undefined : found.get(text);
    if (own === undefined) isExact = false;
    else if (own.push(row as DataRecord) === 1) answered++;
  }
  if (isExact && (answered === found.size || !mayHoldSpellings(keys)))
    return keys.map((key) => answerOf(found.get(key) as DataRecord[], many));
  const came = rows.filter((row) => row !== null && row !== undefined);
  return matchSpellings({ keys, field, rows: came, normalizeKey }).then((spelled) => {
    if (spelled.foreign > 0) onForeign(spelled.foreign, came.length);
    return keys.map((key) => spelled.failures.get(key) ?? answerOf(spelled.found.get(key) as readonly DataRecord[], many));
  });
}

function answerOf(own: readonly DataRecord[], many: boolean): KeyAnswer {
  if (many) return own;
  if (own.length <= 1) return own[0] ?? null;
  return new AdapterFailure('SOURCE_INVALID', `expected one record for a key, received ${own.length}; set many: true if a key has several`);
}
