import { yieldWhenLong } from '../batching/event-loop.ts';
import type { DataRecord, KeyAnswer, KeyNormalizer } from './data-adapter.ts';
import { keyTextOf, looseForm } from './key-text.ts';
import { type MatchField, missingField } from './match-field.ts';
import { matchRows, type RowMatching } from './match-rows.ts';
import { isNothing, isRecord } from './values.ts';

/** Records in memory, found by key under the rules of `matchRows`. */
export class RecordIndex {
  readonly #field: MatchField;
  readonly #records: readonly DataRecord[];
  /** The indexes of a key's records. */
  readonly #byText: ReadonlyMap<string | null, readonly number[]>;
  /** By normalisation: the texts whose normalised form is another text, by that form. Made on first use. */
  readonly #spellings = new Map<KeyNormalizer, Promise<ReadonlyMap<string, readonly string[]>>>();

  /** @throws AdapterFailure SOURCE_INVALID when no record has the field. */
  constructor(rows: readonly unknown[], field: MatchField) {
    this.#field = field;
    const records = rows.filter(isRecord);
    this.#records = records;
    if (records.length > 0 && records.every((record) => field.valueIn(record) === undefined)) throw missingField(field, records, []);
    this.#byText = Map.groupBy(records.keys(), (index) => keyTextOf(field.valueIn(records[index])));
  }

  /** @returns one entry per key, as `matchRows` does. */
  async find(keys: readonly string[], { many, context }: Omit<RowMatching, 'match'>): Promise<KeyAnswer[]> {
    const matching: RowMatching = { match: this.#field, many, context };
    const { normalizeKey } = context;
    const texts = new Set(keys);
    if (normalizeKey !== undefined) {
      const spellings = await this.#spelledBy(normalizeKey);
      for (const key of keys) {
        const form = normalizeKey(key) ?? key;
        for (const text of [form, ...(spellings.get(form) ?? [])]) texts.add(text);
      }
    }
    const answers = await matchRows(keys, this.#recordsOf(texts), matching);
    const missing = [...answers.keys()].filter((index) => isNothing(answers[index]));
    if (missing.length === 0) return answers;
    const loosely = await this.#spelledBy(looseForm);
    for (const index of missing) {
      const key = keys[index] as string;
      const form = looseForm(key);
      // One key at a time: records that match one key loosely must not count as foreign or misspelled for another.
      [answers[index]] = await matchRows([key], this.#recordsOf([form, ...(loosely.get(form) ?? [])]), matching);
    }
    return answers;
  }

  #recordsOf(texts: Iterable<string>): DataRecord[] {
    const indexes = [...texts].flatMap((text) => this.#byText.get(text) ?? []);
    // A key with two spellings has its records in the order of the file.
    return indexes.sort((one, other) => one - other).map((index) => this.#records[index] as DataRecord);
  }

  #spelledBy(normalize: KeyNormalizer): Promise<ReadonlyMap<string, readonly string[]>> {
    let spellings = this.#spellings.get(normalize);
    if (spellings === undefined) {
      spellings = this.#readSpellings(normalize);
      this.#spellings.set(normalize, spellings);
    }
    return spellings;
  }

  async #readSpellings(normalize: KeyNormalizer): Promise<ReadonlyMap<string, readonly string[]>> {
    const found = new Map<string, string[]>();
    for (const text of this.#byText.keys()) {
      if (text === null) continue;
      const form = normalize(text);
      if (form !== null && form !== text) {
        const texts = found.get(form);
        if (texts) texts.push(text);
        else found.set(form, [text]);
      }
      const turn = yieldWhenLong();
      if (turn !== undefined) await turn;
    }
    return found;
  }
}
