import type { DatabaseSync } from 'node:sqlite';

/** The store's own secret: what it hashes can't be guessed from outside. */
export function identityKeyOf(database: DatabaseSync): string {
  return (database.prepare(`select value from setting where name = 'identity_key'`).get() as { value: string }).value;
}
