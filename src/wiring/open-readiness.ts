import { Readiness } from '../observability/readiness.ts';
import { connectRedis } from '../redis/connection.ts';
import type { Services } from './open-services.ts';
import type { Surroundings } from './surroundings.ts';

/** Milliseconds: longer than a database needs to fail over to its standby. */
const SHARED_STORE_GRACE = 30_000;

/** Milliseconds for which an answer of Redis is waited for. */
const PING_TIMEOUT = 1_000;

/** What `/health/ready` and the metrics ask. @param open gets what closes the connection to Redis. */
export async function openReadiness(
  open: AsyncDisposableStack,
  { project, storeLocation }: Surroundings,
  { store }: Services,
): Promise<Readiness> {
  const { shared } = project.config;
  return new Readiness(
    {
      store: () => store.findOwners([{ type: 'probe', value: 'probe' }]),
      shared: shared === undefined ? undefined : await redisProbe(open, shared),
      sources: new Map([...project.dataSources].map(([name, adapter]) => [name, async (signal) => adapter.probe?.(signal)])),
    },
    { storeGrace: storeLocation.isShared ? SHARED_STORE_GRACE : 0 },
  );
}

/** Asks on a connection of its own, so that no command of others is in front. */
async function redisProbe(open: AsyncDisposableStack, url: string): Promise<() => Promise<unknown>> {
  const redis = open.adopt(await connectRedis(url, { enableOfflineQueue: false, commandTimeout: PING_TIMEOUT }), (opened) =>
    opened.disconnect(),
  );
  return () => redis.ping();
}
