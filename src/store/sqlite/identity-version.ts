import type { DatabaseSync } from 'node:sqlite';
import type { ChangedIdentities } from '../../model/identity.ts';
import { IdentityListeners } from '../identity-listeners.ts';

/** Counts all changes of what identities are read from: triggers of every process's writes add to it. */
export class IdentityCount {
  readonly #read;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare('select version from identity_version');
  }

  now(): number {
    return (this.#read.get() as { version: number }).version;
  }
}

/** What a transaction of this process's writer changed of identities. */
export interface IdentityReport {
  /** `IdentityCount` at its begin and at its end. No other process can add between the two. */
  readonly from: number;
  readonly to: number;
  readonly changed: ChangedIdentities;
}

/**
 * `IdentityStore.version`: changes with other processes' changes only. The writer of this process reports between which counts its
 * own changes lie; a count that no report explains is another process's. A commit is visible here a moment before its report comes:
 * until then nobody knows whose it is.
 */
export class IdentityVersion {
  readonly listeners = new IdentityListeners();
  readonly #commits;
  readonly #count;
  readonly #isWriting: () => boolean;
  #version = 0;
  /** Up to here, every change was reported, or has changed `#version`; null until the first call. */
  #explained: number | null = null;
  /** `pragma data_version` when all was explained. It changes with each commit of another connection, also of this process's writer. */
  #lastCommit: number | null = null;

  /** @param isWriting true while a write of this process may be committed whose report has not come. */
  constructor(database: DatabaseSync, isWriting: () => boolean) {
    this.#commits = database.prepare('pragma data_version');
    this.#count = new IdentityCount(database);
    this.#isWriting = isWriting;
  }

  /** @returns null while it is not known who made the last change. */
  now(): number | null {
    const { data_version } = this.#commits.get() as { data_version: number };
    if (data_version === this.#lastCommit) return this.#version;
    // A commit may come between the two reads. Then the count is newer than `data_version`, and the next call reads it once more.
    const count = this.#count.now();
    if (this.#explained !== null && this.#explained !== count) {
      if (this.#isWriting()) return null;
      this.#version++;
    }
    this.#explained = count;
    this.#lastCommit = data_version;
    return this.#version;
  }

  /** To be called with each transaction of this process, in their order. Calls the listeners. */
  explain({ from, to, changed }: IdentityReport): void {
    if (this.#explained !== null && this.#explained !== from) this.#version++;
    this.#explained = to;
    this.#lastCommit = null;
    this.listeners.call(changed);
  }
}
