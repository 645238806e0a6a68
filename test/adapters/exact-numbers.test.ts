import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { defineAdapter, fileAdapter, graphqlAdapter, httpAdapter, redisAdapter } from '../../src/index.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { isMissing, ownName, serve } from '../support/services.ts';

/** Two integers that are equal as JavaScript numbers. */
const ANNA = '9007199254740992';
const BERT = '9007199254740993';
const ORDERS = `[{"customerId":${ANNA},"no":1},{"customerId":${BERT},"no":2,"total":0.10,"weight":12.345678901234567890}]`;
const OF_ANNA = [{ customerId: ANNA, no: 1 }];
const OF_BERT = [{ customerId: BERT, no: 2, total: 0.1, weight: '12.345678901234567890' }];

/** Adapters over back ends that hold the orders above, as numbers. */
const KINDS: Readonly<Record<string, () => Promise<DataAdapter>>> = {
  'httpAdapter with batch': async () => {
    const baseUrl = await serve((_, response) => void response.end(`{"data":${ORDERS}}`));
    return httpAdapter({ baseUrl, batch: '/orders?ids={keys}', select: 'data', match: 'customerId', many: true });
  },
  'httpAdapter with one': async () => {
    const [anna, bert] = ORDERS.slice(1, -1).split(/,(?=\{)/);
    const baseUrl = await serve((request, response) => void response.end(`[${request.url?.endsWith(ANNA) ? anna : bert}]`));
    return httpAdapter({ baseUrl, one: '/orders/{key}', match: 'customerId', many: true });
  },
  graphqlAdapter: async () => {
    const url = await serve((_, response) => void response.end(`{"data":{"orders":${ORDERS}}}`));
    const query = 'query ($keys: [ID!]!) { orders(ids: $keys) { customerId no total weight } }';
    return graphqlAdapter({ url, query, select: 'orders', match: 'customerId', many: true });
  },
  'fileAdapter on JSON': async () => fileOf('json', ORDERS),
  'fileAdapter on NDJSON': async () =>
    fileOf(
      'ndjson',
      ORDERS.slice(1, -1)
        .split(/,(?=\{)/)
        .join('\n'),
    ),
  'defineAdapter that answers BigInts': async () => {
    // As a driver with BigInts answers them; the owner's `load` finds the rows of a key.
    const orders: Readonly<Record<string, { customerId: bigint; no: number }[]>> = {
      [ANNA]: [{ customerId: BigInt(ANNA), no: 1 }],
      [BERT]: [{ customerId: BigInt(BERT), no: 2 }],
    };
    return defineAdapter({ many: true, load: async (keys) => keys.map((key) => orders[key] ?? []) });
  },
};

function fileOf(extension: string, text: string): DataAdapter {
  const path = join(temporaryDirectory(), `orders.${extension}`);
  writeFileSync(path, text);
  return fileAdapter({ path, match: 'customerId', many: true });
}

describe('ids beyond 2^53 that a back end writes as numbers', () => {
  for (const [name, open] of Object.entries(KINDS)) {
    it(`stay two customers: ${name}`, async () => {
      const [anna, bert, other] = recordsOf(await askAll(sourceOf(await open()), [ANNA, BERT, '9007199254740994'])) as unknown[][];
      const isOwn = name.startsWith('defineAdapter');
      expect(anna).toEqual(isOwn ? [{ customerId: BigInt(ANNA), no: 1 }] : OF_ANNA);
      expect(bert).toEqual(isOwn ? [{ customerId: BigInt(BERT), no: 2 }] : OF_BERT);
      // With `one` this back end answers another customer's orders, which are refused.
      expect(other).toEqual(name === 'httpAdapter with one' ? 'SOURCE_INVALID' : []);
    });
  }

  it.skipIf(isMissing('Redis'))('stay exact in a string of Redis', async () => {
    const redis = new Redis('redis://127.0.0.1:6379');
    const prefix = ownName('gateway');
    onTestFinished(async () => {
      await redis.del(`${prefix}:1`);
      redis.disconnect();
    });
    await redis.set(`${prefix}:1`, `{"accountId":${BERT},"points":5}`);
    const adapter = redisAdapter({ url: 'redis://127.0.0.1:6379', string: `${prefix}:{key}` });
    expect(recordsOf(await askAll(sourceOf(adapter), ['1']))).toEqual([{ accountId: BERT, points: 5 }]);
  });
});

it('a number of any size fails no other key, and never opens the circuit', async () => {
  const baseUrl = await serve((_, response) => {
    response.end(
      '[{"id":"a","n":1e999999999},{"id":"b","n":-1e-999999999},{"id":"c","n":123456789012345678901234567890.5e-7},{"id":"d","n":7}]',
    );
  });
  const source = sourceOf(httpAdapter({ baseUrl, batch: '/x?ids={keys}', match: 'id', policy: { breaker: { errors: 1 } } }));
  for (let n = 0; n < 3; n++) {
    expect(recordsOf(await askAll(source, ['a', 'b', 'c', 'd']))).toEqual([
      { id: 'a', n: '1e999999999' },
      { id: 'b', n: '-1e-999999999' },
      { id: 'c', n: '12345678901234567890123.45678905' },
      { id: 'd', n: 7 },
    ]);
  }
});
