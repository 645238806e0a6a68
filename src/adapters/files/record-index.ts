import { AdapterFailure } from '../adapter-failure.ts';
import type { DataRecord } from '../data-adapter.ts';
import { valueAt } from '../value-at.ts';

/** A file's records by key, and what could not be read of it. */
export interface RecordIndex {
  readonly records: ReadonlyMap<string, readonly DataRecord[]>;
  /** Keys of records that are broken: what the file says of them is not known, so they are not "nothing there". */
  readonly broken: ReadonlyMap<string, AdapterFailure>;
  /** How many records are left out. */
  readonly dropped: number;
  /** What is wrong with the first of them: lines and fields, no values. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 5;
/** A row with so many cells too many may be anybody's. */
const MAX_KEYS = 10;

/** Gathers a file's records. @param match the field, or a path with dots into the record, that holds the key. */
export class RecordIndexBuilder {
  readonly #match: string;
  readonly #path: readonly string[];
  readonly #records = new Map<string, DataRecord[]>();
  readonly #broken = new Map<string, AdapterFailure>();
  readonly #problems: string[] = [];
  #dropped = 0;
  #sawRecord = false;
  #sawMatch = false;
  #fields: readonly string[] = [];

  constructor(match: string) {
    this.#match = match;
    this.#path = match.split('.');
  }

  /** @param fields the names that records have, where a header says them. @throws AdapterFailure where the key is not among them. */
  expectFields(fields: readonly string[]): void {
    if (!fields.includes(this.#match)) throw this.#noMatch(fields);
  }

  add(record: DataRecord): void {
    this.#sawRecord = true;
    const key = valueAt(record, this.#path);
    if (key === undefined) {
      if (!this.#sawMatch) this.#fields = Object.keys(record);
      return;
    }
    this.#sawMatch = true;
    // A record without a key is nobody's.
    if (key === null) return;
    const text = String(key);
    const own = this.#records.get(text);
    if (own === undefined) this.#records.set(text, [record]);
    else own.push(record);
  }

  /** @param keys whose record it may be. @param problem without values. */
  drop(keys: readonly string[], problem: string): void {
    this.#dropped++;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
    const failure = new AdapterFailure('SOURCE_INVALID', `the file has a broken record for this key: ${problem}`);
    for (const key of keys.slice(0, MAX_KEYS)) this.#broken.set(key, failure);
  }

  /** @throws AdapterFailure where no record has the key's field. */
  build(): RecordIndex {
    if (this.#sawRecord && !this.#sawMatch) throw this.#noMatch(this.#fields);
    return { records: this.#records, broken: this.#broken, dropped: this.#dropped, problems: this.#problems };
  }

  #noMatch(fields: readonly string[]): AdapterFailure {
    const received = fields.length === 0 ? 'none' : fields.slice(0, 20).join(', ');
    return new AdapterFailure(
      'SOURCE_INVALID',
      `expected records with the field ${this.#match} (match), none has it; the fields that came are ${received}`,
    );
  }
}
