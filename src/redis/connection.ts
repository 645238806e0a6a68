import type { Redis, RedisOptions } from 'ioredis';

/**
 * Opens a connection to Redis that reconnects by itself. While Redis can't be reached, a command fails after one attempt to
 * reconnect. The driver is loaded only here, because most gateways use no Redis.
 */
export async function connectRedis(url: string, options: RedisOptions = {}): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const retryStrategy = (attempt: number) => Math.min(attempt * 50, 1_000);
  // The driver's check asks INFO, which the user may not be allowed to ask, and writes about that to the console.
  const redis = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy, enableReadyCheck: false, ...options });
  // Each call reports its own failure; without a listener the event would end the process.
  redis.on('error', () => {});
  return redis;
}
