import { connectRedis } from './connection.ts';

/** Milliseconds in which Redis must answer a command that only looks at it. */
const PATIENCE = 5_000;

/**
 * Asks Redis which version it is; null where the user may not know.
 * @throws Error when it can't be reached, refuses the user, or does not answer in time.
 */
export async function inspectRedis(url: string): Promise<{ readonly version: string | null }> {
  const redis = await connectRedis(url, {
    ...{ lazyConnect: true, retryStrategy: () => null },
    ...{ connectTimeout: PATIENCE, commandTimeout: PATIENCE },
  });
  let reason: Error | undefined;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    await redis.ping();
    // Which a gateway's user need not be allowed to ask.
    const facts = await redis.info('server').catch(() => '');
    return { version: /^redis_version:(\S+)/m.exec(facts)?.[1] ?? null };
  } catch (error) {
    // The driver's own error says no more than that the connection is closed.
    throw reason ?? error;
  } finally {
    // Where it is closed already, the driver would keep the process alive for two seconds.
    if (redis.status !== 'end') redis.disconnect();
  }
}
