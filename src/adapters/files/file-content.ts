import { AdapterFailure } from '../adapter-failure.ts';
import type { DataRecord } from '../data-adapter.ts';
import { BrokenKeys } from './broken-keys.ts';

/** A file's records, and what could not be read of it. */
export interface FileContent {
  readonly records: readonly DataRecord[];
  readonly broken: BrokenKeys;
  /** How many records are left out. */
  readonly dropped: number;
  /** What is wrong with the first of them: lines and fields, no values. */
  readonly problems: readonly string[];
}

/** A log line shows so many. */
const MAX_PROBLEMS = 5;
/** A row with so many cells too many may be anybody's. */
const MAX_KEYS = 10;

/** Gathers what is read of a file. */
export class FileContentBuilder implements FileContent {
  readonly records: DataRecord[] = [];
  readonly broken = new BrokenKeys();
  readonly problems: string[] = [];
  dropped = 0;

  /** @param keys whose record it may be. @param problem where and what, without values. */
  drop(keys: readonly string[], problem: string): void {
    this.dropped++;
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem);
    if (keys.length === 0) return;
    const failure = new AdapterFailure('SOURCE_INVALID', `the file has a broken record for this key: ${problem}`);
    for (const key of keys.slice(0, MAX_KEYS)) this.broken.add(key, failure);
  }
}
