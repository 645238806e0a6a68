import { Readiness } from '../observability/readiness.ts';
import type { Services } from './open-services.ts';
import type { Surroundings } from './surroundings.ts';

/** Milliseconds: longer than a database needs to fail over to its standby. */
const SHARED_STORE_GRACE = 30_000;

/** What `/health/ready` and the metrics ask. */
export function readinessOf({ project, storeLocation, shared }: Surroundings, { store }: Services): Readiness {
  const probes = {
    store: () => store.findOwners([{ type: 'probe', value: 'probe' }]),
    ...(project.config.shared !== undefined && { isSharedUp: () => shared.isUp() }),
    sources: new Map([...project.dataSources].map(([name, adapter]) => [name, async (signal: AbortSignal) => adapter.probe?.(signal)])),
  };
  return new Readiness(probes, { storeGrace: storeLocation.isShared ? SHARED_STORE_GRACE : 0 });
}
