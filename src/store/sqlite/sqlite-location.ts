import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SqliteUrl } from '../../model/store-url.ts';
import type { StoreLocation } from '../store-location.ts';

/** The store in one SQLite file. SQLite is loaded when the store is opened: some commands only need to know where it is. */
export function locateSqliteStore({ path }: SqliteUrl, directory: string): StoreLocation {
  const file = resolve(directory, path);
  return {
    name: file,
    isShared: false,
    folder: dirname(file),
    exists: async () => existsSync(file),
    open: async (options) => {
      const { SqliteStore } = await import('./sqlite-store.ts');
      return new SqliteStore(file, options);
    },
    migrate: async () => {
      const { migrate, openDatabase } = await import('./open-database.ts');
      const database = openDatabase(file);
      try {
        migrate(database);
      } finally {
        database.close();
      }
    },
    inspect: async () => null,
    copiedBy: null,
    copyTo: async (copy) => {
      const { copyDatabase } = await import('./open-database.ts');
      copyDatabase(file, copy);
    },
  };
}
