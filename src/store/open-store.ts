import type { IdentityRules } from '../identity/identity-rules.ts';
import type { StoreUrl } from '../model/store-url.ts';
import { locatePostgresStore } from './postgres/postgres-location.ts';
import type { ScratchGraph } from './scratch-graph.ts';
import { locateSqliteStore } from './sqlite/sqlite-location.ts';
import type { StoreLocation } from './store-location.ts';

/** Every implementation, by the scheme of its URL. Nothing outside of `store/` names one. */
const IMPLEMENTATIONS: {
  readonly [Scheme in StoreUrl['scheme']]: (url: Extract<StoreUrl, { scheme: Scheme }>, directory: string) => StoreLocation;
} = {
  sqlite: locateSqliteStore,
  postgres: locatePostgresStore,
};

/** @param directory an absolute path, where a relative one in the URL starts: the configuration's folder. */
export function locateStore(url: StoreUrl, directory: string): StoreLocation {
  return (IMPLEMENTATIONS[url.scheme] as (url: StoreUrl, directory: string) => StoreLocation)(url, directory);
}

/** A graph in memory, whatever store the gateway has. */
export async function openScratchGraph(rules: IdentityRules): Promise<ScratchGraph> {
  const { SqliteScratchGraph } = await import('./sqlite/scratch-graph.ts');
  return new SqliteScratchGraph(rules);
}
