import { AdapterFailure } from '../adapter-failure.ts';
import type { DataRecord, KeyNormalizer } from '../data-adapter.ts';
import { looseForm } from '../key-text.ts';

/** A file's records, and what could not be read of it. */
export interface FileContent {
  readonly records: readonly DataRecord[];
  readonly broken: BrokenKeys;
  /** How many records are left out. */
  readonly dropped: number;
  /** What is wrong with the first of them: lines and fields, no values. */
  readonly problems: readonly string[];
}

/** Problems in one log line. */
const MAX_PROBLEMS = 5;
/** A row with so many cells too many may be of any key. */
const MAX_KEYS = 10;

/** Collects what is read of a file. */
export class FileContentBuilder implements FileContent {
  readonly records: DataRecord[] = [];
  readonly broken = new BrokenKeys();
  readonly problems: string[] = [];
  dropped = 0;

  /** Leaves out a broken record. @param keys that it may be of. @param problem where and what, without values. */
  drop(keys: readonly string[], problem: string): void {
    this.dropped++;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
    if (keys.length === 0) return;
    const failure = new AdapterFailure('SOURCE_INVALID', `the file has a broken record for this key: ${problem}`);
    for (const key of keys.slice(0, MAX_KEYS)) this.broken.add(key, failure);
  }
}

/** Keys of broken records. They fail: that the file has nothing for them is not known. */
class BrokenKeys {
  readonly #failures = new Map<string, AdapterFailure>();
  /** By normalisation: the failures by the normalised key. Made on first use. */
  readonly #forms = new Map<KeyNormalizer, ReadonlyMap<string, AdapterFailure>>();

  get size(): number {
    return this.#failures.size;
  }

  add(key: string, failure: AdapterFailure): void {
    this.#failures.set(key, failure);
  }

  /** @returns why a key fails, also where the broken record spells it differently; undefined for a key of no broken record. */
  failureOf(key: string, normalizeKey: KeyNormalizer | undefined): AdapterFailure | undefined {
    const normal = normalizeKey === undefined ? undefined : this.#by(normalizeKey).get(normalizeKey(key) ?? key);
    return normal ?? this.#by(looseForm).get(looseForm(key));
  }

  #by(normalize: KeyNormalizer): ReadonlyMap<string, AdapterFailure> {
    let forms = this.#forms.get(normalize);
    if (forms === undefined) {
      forms = new Map([...this.#failures].map(([key, failure]) => [normalize(key) ?? key, failure]));
      this.#forms.set(normalize, forms);
    }
    return forms;
  }
}
