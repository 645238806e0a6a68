import { join } from 'node:path';
import type { PostgresUrl } from '../../model/store-url.ts';
import type { StoreLocation } from '../store-location.ts';

const COPIED_BY =
  'a store in PostgreSQL is copied by the tools of PostgreSQL: pg_dump for the database, pg_basebackup and the archive of its log for the server';

/** The store in a PostgreSQL database. The driver is loaded when the store is opened. */
export function locatePostgresStore(url: PostgresUrl, directory: string): StoreLocation {
  return {
    name: nameOf(url.url),
    // The database is elsewhere: what this gateway keeps for itself lies beside its configuration.
    folder: join(directory, '.data'),
    exists: async () => (await import('./migrate.ts')).isMigrated(url),
    open: async (options) => (await import('./postgres-store.ts')).PostgresStore.open(url, options),
    migrate: async () => (await import('./migrate.ts')).migrate(url),
    inspect: async () => (await import('./inspect.ts')).inspect(url),
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
