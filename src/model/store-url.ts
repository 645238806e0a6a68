/** A store in one SQLite file. */
export interface SqliteUrl {
  readonly scheme: 'sqlite';
  /** Of the file; a relative one starts at the configuration's folder. */
  readonly path: string;
}

/** A store in PostgreSQL, or in a database that speaks its protocol. */
export interface PostgresUrl {
  readonly scheme: 'postgres';
  /** As it was written, with the password. It may name several hosts, with commas between. */
  readonly url: string;
  /** True where the tables are to be distributed over the nodes of a Citus cluster. */
  readonly isCitus: boolean;
  /** Milliseconds for which what was read of an identity may be answered again without asking the store; null for never. */
  readonly identityAge: number | null;
}

/** Every kind of store, distinguished by its URL's scheme. */
export type StoreUrl = SqliteUrl | PostgresUrl;

/** The message for a URL that `parseStoreUrl` refuses. */
export const EXPECTED_STORE_URL =
  "expected 'sqlite:PATH', for example 'sqlite:.data/gateway.db', or a URL such as 'postgres://user:password@host:5432/database'";

/** By scheme: parses the text. */
const READERS: { readonly [scheme: string]: (text: string) => StoreUrl | null } = {
  // Each thread would have its own database in memory, and it would be lost when the process ends.
  sqlite: (text) => {
    const path = text.slice('sqlite:'.length);
    return path === '' || path.startsWith(':memory:') ? null : { scheme: 'sqlite', path };
  },
  postgres: postgresUrl,
  postgresql: postgresUrl,
};

/** @returns null for a text that names no store. */
export function parseStoreUrl(text: string): StoreUrl | null {
  const scheme = text.slice(0, Math.max(0, text.indexOf(':')));
  return Object.hasOwn(READERS, scheme) ? (READERS[scheme]?.(text) ?? null) : null;
}

function postgresUrl(url: string): PostgresUrl | null {
  return /^postgres(ql)?:\/\/\S/.test(url) ? { scheme: 'postgres', url, isCitus: false, identityAge: null } : null;
}
