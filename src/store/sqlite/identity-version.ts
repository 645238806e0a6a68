import type { DatabaseSync } from 'node:sqlite';

/** Where the count of changes begins: behind all that SQLite counts, so the two are never the same number. */
export const FIRST_IDENTITY_VERSION = 2 ** 40;

/**
 * `IdentityStore.version`. SQLite says whether any other connection has committed, and this one only reads
 * (https://sqlite.org/pragma.html#pragma_data_version). Where decisions are stored, which are written with many reads,
 * triggers count the changes of identities in a row, and the row is read again after a commit.
 */
export class IdentityVersion {
  readonly #commits;
  readonly #changes;
  #lastCommit: number | null = null;
  #version = 0;

  constructor(database: DatabaseSync) {
    this.#commits = database.prepare('pragma data_version');
    this.#changes = database.prepare('select version from identity_version');
  }

  now(): number {
    const { data_version } = this.#commits.get() as { data_version: number };
    if (data_version === this.#lastCommit) return this.#version;
    this.#lastCommit = data_version;
    // What is read here may be newer than the commit that was asked for; then the row is read once more.
    this.#version = (this.#changes.get() as { version: number } | undefined)?.version ?? data_version;
    return this.#version;
  }
}
