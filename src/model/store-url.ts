/** A store in one SQLite file. */
export interface SqliteUrl {
  readonly scheme: 'sqlite';
  /** Of the file; a relative one starts at the configuration's folder. */
  readonly path: string;
}

/** Every kind of store, distinguished by its URL's scheme. */
export type StoreUrl = SqliteUrl;

/** The message for a URL that `parseStoreUrl` refuses. */
export const EXPECTED_STORE_URL = "expected 'sqlite:PATH', for example 'sqlite:.data/gateway.db'";

/** By scheme: parses the text after the colon. */
const READERS: { readonly [Scheme in StoreUrl['scheme']]: (rest: string) => Extract<StoreUrl, { scheme: Scheme }> | null } = {
  // Each thread would have its own database in memory, and it would be lost when the process ends.
  sqlite: (path) => (path === '' || path.startsWith(':memory:') ? null : { scheme: 'sqlite', path }),
};

/** @returns null for a text that names no store. */
export function parseStoreUrl(text: string): StoreUrl | null {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, colon));
  return Object.hasOwn(READERS, scheme) ? READERS[scheme as StoreUrl['scheme']](text.slice(colon + 1)) : null;
}
