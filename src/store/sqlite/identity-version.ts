import type { DatabaseSync } from 'node:sqlite';

/** The first count of changes: greater than every `data_version` of SQLite, so that the two are never equal. */
const FIRST_VERSION = 2 ** 40;
/** The tables from which identities are read. */
const TABLES = ['customer', 'identifier', 'retired_cookie'];
const CHANGES = { inserted: 'insert', updated: 'update', deleted: 'delete' };

/**
 * `IdentityStore.version`. `pragma data_version` changes when another connection commits; this connection only reads
 * (https://sqlite.org/pragma.html#pragma_data_version). Once a decision or an audience is stored, triggers count the changes of
 * identities in a row, which is read again after each commit: decisions are stored often, and change no identity.
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
    // A commit may come between the two reads. Then the row is newer than `data_version`, and the next call reads it once more.
    this.#version = (this.#changes.get() as { version: number } | undefined)?.version ?? data_version;
    return this.#version;
  }
}

/** @returns a function that makes the row and its triggers if they do not exist. To be called inside a transaction. */
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
