import { join } from 'node:path';
import { it } from 'vitest';
import type { Store } from '../../src/model/ports.ts';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { schemaRows, schemaUrl } from './postgres-schema.ts';
import { openSqliteFile } from './sqlite-file.ts';
import { WANTED_STORES } from './wanted-stores.ts';

/** One implementation of the store, as tests use it. */
export interface StoreKind {
  /** Its name in titles of tests. */
  readonly name: string;
  /** Of its class: to count calls. */
  readonly prototype: Store;
  /** The URL of a store. The same folder and name give the same store. */
  url(directory: string, name: string): string;
  /** Rows of the store's tables, for data that no answer shows. @throws Error when the store is damaged. */
  rows(directory: string, name: string, sql: string): unknown[] | Promise<unknown[]>;
  /** @param full runs of a property on the fastest store. @returns how many it has on this one. */
  runs(full: number): number;
}

export const SQLITE = {
  name: 'SQLite',
  prototype: SqliteStore.prototype,
  runs: (full: number) => full,
  url: (directory: string, name: string) => `sqlite:${fileOf(directory, name)}`,
  rows: (directory: string, name: string, sql: string): unknown[] => {
    const database = openSqliteFile(fileOf(directory, name), { readOnly: true });
    try {
      const [damage] = database.prepare('pragma integrity_check').all();
      if (damage?.integrity_check !== 'ok') throw new Error(`expected an intact file, received: ${damage?.integrity_check}`);
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  },
} satisfies StoreKind;

const POSTGRES: StoreKind = {
  name: 'PostgreSQL',
  prototype: PostgresStore.prototype,
  url: schemaUrl,
  rows: schemaRows,
  runs: (full) => Math.ceil(full / 2),
};

/** Every implementation, by its name in the variable TEST_STORE. */
const KINDS: Readonly<Record<string, StoreKind>> = { sqlite: SQLITE, postgres: POSTGRES };

/** The implementations of this run (wanted-stores.ts). Tests of the store's promises run for each. */
export const STORES: readonly [StoreKind, ...StoreKind[]] = chosen(WANTED_STORES);

/** The implementation for all other tests. */
export const [STORE] = STORES;

function chosen(names: readonly string[]): [StoreKind, ...StoreKind[]] {
  const [first, ...others] = names.map((name) => {
    const kind = KINDS[name];
    if (kind === undefined) throw new Error(`TEST_STORE: expected names out of ${Object.keys(KINDS).join(', ')}, received '${name}'`);
    return kind;
  });
  return [first as StoreKind, ...others];
}

function fileOf(directory: string, name: string): string {
  return join(directory, `${name}.db`);
}

/**
 * Defines a test of what only a store in SQLite has, for example the bytes of its file. Elsewhere it is left out: a skipped test would
 * say that a server is missing.
 */
export function itOfSqlite(name: string, test: () => Promise<void>): void {
  if (STORE === SQLITE) it(name, test);
}
