import { locateStore } from '../store/open-store.ts';
import type { StoreInspection } from '../store/store-location.ts';
import type { CompiledProject } from '../wiring/compile-project.ts';

/** Reports whether the store's server can be reached, and what it allows. A store without a server is no line. @returns true if it can. */
export async function checkStore({ config, directory }: CompiledProject): Promise<boolean> {
  const store = locateStore(config.store, directory);
  const started = performance.now();
  const took = () => `${Math.round(performance.now() - started)} ms`;
  try {
    const found = await store.inspect();
    if (found === null) return true;
    process.stdout.write(`  store (${found.version}, ${store.name}): reached, ${took()}; ${tablesOf(found)}; ${connectionsOf(found)}\n`);
    for (const warning of warningsOf(found)) process.stdout.write(`    warning: ${warning}\n`);
    return true;
  } catch (error) {
    process.stdout.write(`  ${(error as Error).message} (${took()})\n`);
    return false;
  }
}

function tablesOf({ isMade }: StoreInspection): string {
  return isMade ? 'it has tables of a gateway' : 'its tables are made by the first start, or by migrate';
}

function connectionsOf({ connections: { ofEachGateway, most, inUse } }: StoreInspection): string {
  return `each gateway opens up to ${ofEachGateway} connections, ${most} are allowed and ${inUse} of them in use`;
}

function* warningsOf({ warnings, connections: { ofEachGateway, most } }: StoreInspection): Iterable<string> {
  yield* warnings;
  if (most < ofEachGateway) {
    yield `expected at least ${ofEachGateway} connections to be allowed, and as many for each further replica, received ${most}: raise max_connections, or the limit of the role or of the database`;
  }
}
