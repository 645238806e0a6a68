import type { Redis } from 'ioredis';
import { z } from 'zod';
import { parseExactJson } from '../model/exact-json.ts';
import { connectRedis } from '../redis/connection.ts';
import { AdapterFailure, oversize } from './adapter-failure.ts';
import { decodeUtf8 } from './answer-bytes.ts';
import type { CommonAdapterOptions, DataAdapter, KeyAnswer } from './data-adapter.ts';
import { commonOptionsSchema, completeAdapter, parseOptions, urlOption } from './define-adapter.ts';
import { loadUnlessRefused, refuseHalfCharacters } from './load-keys.ts';

export interface RedisAdapterOptions extends CommonAdapterOptions {
  /** `redis://…`, or `rediss://…` with TLS. */
  readonly url: string | undefined;
  /** The name of the key's hash: `loyalty:{key}`. All its values are strings. */
  readonly hash?: string;
  /** The name of the key's string, which holds JSON: `profile:{key}`. */
  readonly string?: string;
}

const name = z.string().includes('{key}', { error: 'expected {key} in the name' }).optional();
export const optionsSchema = commonOptionsSchema
  .extend({ url: urlOption(/^rediss?$/, 'a redis:// or rediss:// URL'), hash: name, string: name })
  .refine(({ hash, string }) => (hash === undefined) !== (string === undefined), 'expected exactly one of hash and string');

/** Records in Redis: one hash, or one JSON string, per key. One round trip per batch. */
export function redisAdapter(options: RedisAdapterOptions): DataAdapter {
  const { url, hash, string, ...common } = parseOptions('redisAdapter', optionsSchema, options);
  let client: Promise<Redis> | undefined;
  const connected = () => {
    client ??= connectRedis(url);
    return client;
  };

  // A function, since `$'` and `$&` in a replacement text are patterns: the name would be another key's.
  const nameOf = (key: string) => (hash ?? (string as string)).replaceAll('{key}', () => key);

  const load = async (keys: readonly string[], maxAnswerBytes: number): Promise<readonly KeyAnswer[]> => {
    const pipeline = (await connected()).pipeline();
    for (const key of keys) {
      if (hash === undefined) pipeline.getBuffer(nameOf(key));
      else pipeline.hgetallBuffer(nameOf(key));
    }
    const results = await pipeline.exec().catch((error: unknown) => {
      throw new AdapterFailure('SOURCE_UNAVAILABLE', 'no connection', error);
    });
    return (results ?? []).map(([error, value]) => {
      if (error !== null) return new AdapterFailure('SOURCE_UNAVAILABLE', 'Redis answered an error for this key', error);
      return hash === undefined ? parseString(value as Buffer | null, maxAnswerBytes) : parseHash(value as Hash, maxAnswerBytes);
    });
  };

  return completeAdapter('redisAdapter', {
    ...common,
    load: (keys, { maxAnswerBytes }) => loadUnlessRefused(keys, refuseHalfCharacters, (others) => load(others, maxAnswerBytes)),
    probe: async () => void (await (await connected()).ping()),
    close: async () => (await client)?.disconnect(),
  });
}

type Hash = Readonly<Record<string, Buffer>>;

function parseHash(hash: Hash, limit: number): KeyAnswer {
  const entries = Object.entries(hash);
  if (entries.length === 0) return null;
  if (entries.reduce((sum, [, value]) => sum + value.length, 0) > limit) return oversize('value', limit);
  try {
    return Object.fromEntries(entries.map(([name, value]) => [name, decodeUtf8(value, { isValue: true })]));
  } catch (error) {
    return error as Error;
  }
}

function parseString(bytes: Buffer | null, limit: number): KeyAnswer {
  if (bytes === null) return null;
  if (bytes.length > limit) return oversize('value', limit);
  try {
    return parseExactJson(decodeUtf8(bytes)) as KeyAnswer;
  } catch (error) {
    return error instanceof AdapterFailure ? error : new AdapterFailure('SOURCE_INVALID', 'the string is not JSON', error);
  }
}
