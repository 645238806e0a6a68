/** A store, as `store` in the configuration names it. */
export interface SqliteUrl {
  readonly scheme: 'sqlite';
  /** Of the file; a relative one starts at the configuration's folder. */
  readonly path: string;
}

/** Every kind of store, told apart by its URL's scheme. */
export type StoreUrl = SqliteUrl;

/** What a URL that `parseStoreUrl` refuses is answered with. */
export const EXPECTED_STORE_URL = "expected 'sqlite:PATH', for example 'sqlite:.data/gateway.db'";

/** By scheme: reads what stands behind its colon. */
const READERS: { readonly [Scheme in StoreUrl['scheme']]: (rest: string) => Extract<StoreUrl, { scheme: Scheme }> | null } = {
  // A database in memory would be another one for each thread, and gone with the process.
  sqlite: (path) => (path === '' || path.startsWith(':memory:') ? null : { scheme: 'sqlite', path }),
};

/** @returns null for what names no store. */
export function parseStoreUrl(text: string): StoreUrl | null {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(0, colon));
  return Object.hasOwn(READERS, scheme) ? READERS[scheme as StoreUrl['scheme']](text.slice(colon + 1)) : null;
}
