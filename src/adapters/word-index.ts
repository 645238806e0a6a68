import { yieldWhenLong } from '../batching/event-loop.ts';
import type { DataRecord } from './data-adapter.ts';
import { folded, wordsOf } from './folded-text.ts';
import { keyTextOf } from './key-text.ts';
import type { MatchField } from './match-field.ts';
import { valueAt } from './values.ts';

/** A record that can be found. */
interface Entry {
  readonly key: string;
  /** The searched fields, folded. */
  readonly values: readonly string[];
  readonly words: readonly string[];
}

/** How well a record fits, best first: a whole field, the beginning of one, words of several. */
const RANKS = 3;

/** Records in memory, found by the beginnings of their words. */
export class WordIndex {
  readonly #entries: readonly Entry[];

  private constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  /** @param field that holds the key; a record without a key can't be found. @param paths of the searched fields, with dots. */
  static async of(records: readonly DataRecord[], field: MatchField, paths: readonly string[]): Promise<WordIndex> {
    const entries: Entry[] = [];
    for (const record of records) {
      const key = keyTextOf(field.valueIn(record));
      const values = paths.flatMap((path) => textAt(record, path)).map(folded);
      if (key !== null && key !== '' && values.length > 0) entries.push({ key, values, words: values.flatMap(wordsOf) });
      const turn = yieldWhenLong();
      if (turn !== undefined) await turn;
    }
    return new WordIndex(entries);
  }

  /**
   * The keys of records that have a word for each word of the text: best first, then in the order of the file.
   * @throws the signal's reason when it is aborted: of an agent who types on, only the last text is looked for to the end.
   */
  async find(text: string, first: number, signal: AbortSignal): Promise<string[]> {
    const wanted = folded(text);
    const words = wordsOf(wanted);
    if (words.length === 0) return [];
    const found: Set<string>[] = Array.from({ length: RANKS }, () => new Set());
    for (const entry of this.#entries) {
      if (words.every((word) => entry.words.some((each) => each.startsWith(word)))) found[rankOf(entry, wanted)]?.add(entry.key);
      const turn = yieldWhenLong();
      if (turn === undefined) continue;
      await turn;
      signal.throwIfAborted();
    }
    return [...new Set(found.flatMap((keys) => [...keys]))].slice(0, first);
  }
}

function rankOf({ values }: Entry, wanted: string): number {
  if (values.includes(wanted)) return 0;
  return values.some((value) => value.startsWith(wanted)) ? 1 : 2;
}

function textAt(record: DataRecord, path: string): string[] {
  const value = Object.hasOwn(record, path) ? record[path] : valueAt(record, path.split('.'));
  const text = keyTextOf(value);
  return text === null ? [] : [text];
}
