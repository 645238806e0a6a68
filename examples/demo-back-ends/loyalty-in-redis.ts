import { Redis } from 'ioredis';
import { loyaltyOf } from './prepare.ts';
import { readTransactions } from './transactions.ts';

/** Writes the loyalty points of all customers to Redis, one hash for each: `loyalty:17850`. @throws Error where it can't be reached. */
export async function fillRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: null });
  // The reason: what `connect` rejects with says only that there is no connection.
  let reason: Error | undefined;
  redis.on('error', (error) => {
    reason = error;
  });
  await redis.connect().catch((error) => {
    throw reason ?? error;
  });
  const pipeline = redis.pipeline();
  for (const { customerId, points, tier, spent } of loyaltyOf(readTransactions())) {
    pipeline.hset(`loyalty:${customerId}`, { points: String(points), tier, spent: String(spent) });
  }
  await pipeline.exec();
  redis.disconnect();
}
