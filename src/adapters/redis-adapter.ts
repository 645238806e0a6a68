import type { Redis } from 'ioredis';
import { z } from 'zod';
import { AdapterFailure } from './adapter-failure.ts';
import type { CommonAdapterOptions, DataAdapter, KeyAnswer } from './data-adapter.ts';
import { commonOptionsSchema, defineAdapter, parseOptions } from './define-adapter.ts';

export interface RedisAdapterOptions extends CommonAdapterOptions {
  readonly url: string | undefined;
  /** The name of the key's hash: `loyalty:{key}`. All its values are strings. */
  readonly hash?: string;
  /** The name of the key's string, which holds JSON: `profile:{key}`. */
  readonly string?: string;
}

const name = z.string().includes('{key}', { error: 'expected {key} in the name' }).optional();
const optionsSchema = commonOptionsSchema
  .extend({ url: z.url({ protocol: /^rediss?$/, error: 'expected a redis:// or rediss:// URL' }), hash: name, string: name })
  .refine(({ hash, string }) => (hash === undefined) !== (string === undefined), 'expected exactly one of hash and string');

/** Records in Redis: one hash, or one JSON string, per key. One round trip per batch. */
export function redisAdapter(options: RedisAdapterOptions): DataAdapter {
  const { url, hash, string, policy: _, ...common } = parseOptions('redisAdapter', optionsSchema, options);
  let client: Promise<Redis> | undefined;
  const connected = () => {
    client ??= connect(url);
    return client;
  };

  return defineAdapter(
    {
      ...common,
      policy: options.policy,
      load: async (keys) => {
        const pipeline = (await connected()).pipeline();
        for (const key of keys) {
          if (hash === undefined) pipeline.get((string as string).replaceAll('{key}', key));
          else pipeline.hgetall(hash.replaceAll('{key}', key));
        }
        const replies = await pipeline.exec().catch((error: unknown) => {
          throw new AdapterFailure('SOURCE_UNAVAILABLE', 'no connection', error);
        });
        return (replies ?? []).map(([error, reply]) => {
          if (error !== null) return new AdapterFailure('SOURCE_UNAVAILABLE', 'Redis answered an error for this key', error);
          return hash === undefined ? parseString(reply as string | null) : parseHash(reply as Record<string, string>);
        });
      },
      probe: async () => void (await (await connected()).ping()),
      close: async () => (await client)?.disconnect(),
    },
    'redisAdapter',
  );
}

async function connect(url: string): Promise<Redis> {
  const { Redis } = await import('ioredis');
  // One retry per call: while Redis is gone a call fails at once, and the connection comes back by itself.
  const redis = new Redis(url, { maxRetriesPerRequest: 1, retryStrategy: (attempt) => Math.min(attempt * 50, 1_000) });
  // Each call reports its own failure; without a listener the event would end the process.
  redis.on('error', () => {});
  return redis;
}

function parseHash(reply: Readonly<Record<string, string>>): KeyAnswer {
  return Object.keys(reply).length === 0 ? null : reply;
}

function parseString(reply: string | null): KeyAnswer {
  if (reply === null) return null;
  try {
    return JSON.parse(reply) as KeyAnswer;
  } catch (error) {
    return new AdapterFailure('SOURCE_INVALID', 'the string is not JSON', error);
  }
}
