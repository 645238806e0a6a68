import { join } from 'node:path';
import type { PostgresUrl } from '../../model/store-url.ts';
import type { StoreLocation } from '../store-location.ts';

/** The store in a PostgreSQL database. The driver is loaded when the store is opened. */
export function locatePostgresStore(url: PostgresUrl, directory: string): StoreLocation {
  return {
    name: nameOf(url.url),
    // The database is elsewhere: what this gateway keeps for itself lies beside its configuration.
    folder: join(directory, '.data'),
    exists: async () => (await import('./migrate.ts')).isMigrated(url),
    open: async (options) => (await import('./postgres-store.ts')).PostgresStore.open(url, options),
    copyTo: async () => {
      throw new Error('a store in PostgreSQL is copied by the tools of PostgreSQL: use pg_dump, or pg_basebackup for the whole server');
    },
  };
}

/** Without user, password and parameters. */
function nameOf(url: string): string {
  return url.replace(/^(postgres(?:ql)?:\/\/)[^/@]*@/, '$1').replace(/[?#].*$/s, '');
}
