import { fileAdapter, redisAdapter } from 'customer-profile-gateway';

const redis = process.env.REDIS_URL;

/** Loyalty points: from Redis where there is one, or else from a file. */
export default redis
  ? redisAdapter({ url: redis, key: 'crmId', hash: 'loyalty:{key}' })
  : fileAdapter({ path: process.env.LOYALTY_PATH ?? '.data/demo/loyalty.json', key: 'crmId', match: 'customerId' });
