import { join } from 'node:path';
import type { PostgresUrl } from '../../model/store-url.ts';
import type { StoreLocation } from '../store-location.ts';
import { openFailure } from './open-failure.ts';

const COPIED_BY =
  'a store in PostgreSQL is copied by the tools of PostgreSQL: pg_dump for the database, pg_basebackup and the archive of its log for the server';

/** The store in a PostgreSQL database. The driver is loaded when the store is opened. */
export function locatePostgresStore(url: PostgresUrl, directory: string): StoreLocation {
  const name = nameOf(url.url);
  const inWords = async <Result>(use: () => Promise<Result>) => {
    try {
      return await use();
    } catch (error) {
      throw openFailure(name, error);
    }
  };
  return {
    name,
    isShared: true,
    // The database is elsewhere: what this gateway keeps for itself lies beside its configuration.
    folder: join(directory, '.data'),
    exists: () => inWords(async () => (await import('./migrate.ts')).isMigrated(url)),
    open: (options) => inWords(async () => (await import('./postgres-store.ts')).PostgresStore.open(url, options)),
    migrate: () => inWords(async () => (await import('./migrate.ts')).migrate(url)),
    inspect: () => inWords(async () => (await import('./inspect.ts')).inspect(url)),
    copiedBy: COPIED_BY,
    copyTo: async () => {
      throw new Error(COPIED_BY);
    },
  };
}

/** Without user, password and parameters. */
function nameOf(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/)[^/@]*@/, '$1').replace(/[?#].*$/s, '');
}
