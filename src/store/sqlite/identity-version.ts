import type { DatabaseSync } from 'node:sqlite';

/** Where the count of changes begins: behind all that SQLite counts, so the two are never the same number. */
const FIRST_VERSION = 2 ** 40;
/** What identities are read from. */
const TABLES = ['customer', 'identifier', 'retired_cookie'];
const CHANGES = { inserted: 'insert', updated: 'update', deleted: 'delete' };

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

/** @returns what makes the row and its triggers, unless they are there. To be called inside a transaction. */
export function identityCounting(database: DatabaseSync): () => void {
  const begin = database.prepare(`insert into identity_version (only_row, version) values (1, ${FIRST_VERSION}) on conflict do nothing`);
  return () => {
    if (begin.run().changes === 0) return;
    for (const table of TABLES) {
      for (const [name, change] of Object.entries(CHANGES)) {
        database.exec(
          `create trigger if not exists ${table}_${name} after ${change} on ${table}
           begin update identity_version set version = version + 1; end`,
        );
      }
    }
  };
}
