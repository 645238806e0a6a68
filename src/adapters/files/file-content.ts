import { AdapterFailure } from '../adapter-failure.ts';
import type { DataRecord } from '../data-adapter.ts';

/** A file's records, and what could not be read of it. */
export interface FileContent {
  readonly records: readonly DataRecord[];
  /** Keys of records that are broken: what the file says of them is not known, so they are not "nothing there". */
  readonly broken: ReadonlyMap<string, AdapterFailure>;
  /** How many records are left out. */
  readonly dropped: number;
  /** What is wrong with the first of them: lines and fields, no values. */
  readonly problems: readonly string[];
}

/** Names in a message at most. */
const MAX_NAMES = 20;
/** A log line shows so many. */
const MAX_PROBLEMS = 5;
/** A row with so many cells too many may be anybody's. */
const MAX_KEYS = 10;

/** Gathers what is read of a file. */
export class FileContentBuilder implements FileContent {
  readonly records: DataRecord[] = [];
  readonly broken = new Map<string, AdapterFailure>();
  readonly problems: string[] = [];
  dropped = 0;

  /** @param keys whose record it may be. @param problem where and what, without values. */
  drop(keys: readonly string[], problem: string): void {
    this.dropped++;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
    if (keys.length === 0) return;
    const failure = new AdapterFailure('SOURCE_INVALID', `the file has a broken record for this key: ${problem}`);
    for (const key of keys.slice(0, MAX_KEYS)) this.broken.set(key, failure);
  }
}

/** What is wrong where no record has the field of the key. @param fields the names that came. */
export function missingField(match: string, fields: readonly string[]): AdapterFailure {
  const received = fields.slice(0, MAX_NAMES).join(', ');
  return new AdapterFailure(
    'SOURCE_INVALID',
    `expected records with the field ${match} (match), none has it; the fields that came: ${received}`,
  );
}
