import { Redis } from 'ioredis';
import { loyaltyOf } from './prepare.ts';
import { readTransactions } from './transactions.ts';

/** Writes the loyalty points of all customers to Redis, one hash for each: `loyalty:17850`. */
export async function fillRedis(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 });
  await redis.connect();
  const pipeline = redis.pipeline();
  for (const { customerId, points, tier, spent } of loyaltyOf(readTransactions())) {
    pipeline.hset(`loyalty:${customerId}`, { points: String(points), tier, spent: String(spent) });
  }
  await pipeline.exec();
  redis.disconnect();
}
