import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { AdapterFailure, defineAdapter, graphqlAdapter, httpAdapter, type SourcePolicy } from '../../src/index.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';
import { bodyOf, serve } from '../support/services.ts';

const idsOf = (request: IncomingMessage) => new URL(request.url ?? '', 'http://x').searchParams.get('ids')?.split(',') ?? [];
const rowsOf = (ids: readonly string[]) => ids.map((id) => ({ id, name: `Name of ${id}` }));
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `key-${n}`);

/** A back end that takes so many keys at once, by HTTP and by GraphQL. */
async function limited(status: number, takes: (keys: readonly string[]) => boolean) {
  const sizes: number[] = [];
  let under = 0;
  let mostUnder = 0;
  const url = await serve(async (request, response) => {
    const isGraphql = request.method === 'POST';
    const keys = isGraphql ? (JSON.parse(await bodyOf(request)).variables.keys as string[]) : idsOf(request);
    sizes.push(keys.length);
    mostUnder = Math.max(mostUnder, ++under);
    setImmediate(() => {
      under--;
      if (!takes(keys)) response.writeHead(status).end('too large');
      else response.end(JSON.stringify(isGraphql ? { data: { things: rowsOf(keys) } } : rowsOf(keys)));
    });
  });
  const kinds: Readonly<Record<string, (policy: SourcePolicy) => DataAdapter>> = {
    'httpAdapter with batch': (policy) => httpAdapter({ baseUrl: url, batch: '/?ids={keys}', match: 'id', policy }),
    graphqlAdapter: (policy) =>
      graphqlAdapter({ url, query: 'query ($keys: [String!]!) { things(ids: $keys) { id name } }', select: 'things', match: 'id', policy }),
  };
  return { kinds, sizes, mostUnder: () => mostUnder };
}

for (const kind of ['httpAdapter with batch', 'graphqlAdapter']) {
  it.each([413, 414, 431])(`${kind}: a batch that is refused with %i is made in smaller pieces`, async (status) => {
    const { kinds, sizes, mostUnder } = await limited(status, (keys) => keys.length <= 10);
    const adapter = kinds[kind]?.({ concurrency: 3, retries: 0 }) as DataAdapter;
    expect(recordsOf(await askAll(sourceOf(adapter), numbered(60)))).toEqual(rowsOf(numbered(60)));
    expect(sizes.length).toBeLessThanOrEqual(15);
    expect(mostUnder()).toBeLessThanOrEqual(3);
  });

  it(`${kind}: a key that is too large alone fails alone, and nothing of it speaks against the back end`, async () => {
    const { kinds } = await limited(413, (keys) => !keys.includes('key-7'));
    const opened: boolean[] = [];
    const adapter = kinds[kind]?.({ breaker: { errors: 1 }, retries: 2 }) as DataAdapter;
    const source = sourceOf(adapter, { observer: { onBreaker: (_, isOpen) => void opened.push(isOpen) } });
    const expected = rowsOf(numbered(20)).map((row) => (row.id === 'key-7' ? 'SOURCE_UNAVAILABLE' : row));
    for (let n = 0; n < 2; n++) expect(recordsOf(await askAll(source, numbered(20)))).toEqual(expected);
    expect(opened).toEqual([]);
  });

  it(`${kind}: one that refuses whatever it is sent gets a handful of calls and no storm`, async () => {
    const { kinds, sizes } = await limited(431, () => false);
    const adapter = kinds[kind]?.({ retries: 2 }) as DataAdapter;
    expect(recordsOf(await askAll(sourceOf(adapter), numbered(100)))).toEqual(numbered(100).map(() => 'SOURCE_UNAVAILABLE'));
    expect(sizes).toEqual([100, 50, 25, 12, 6, 3, 1, 1, 1]);
  });
}

it('sends no URL of more than 8,000 bytes, and no more calls than it takes', async () => {
  const lengths: number[] = [];
  const calls: number[] = [];
  const baseUrl = await serve((request, response) => {
    lengths.push((request.url ?? '').length);
    response.end(JSON.stringify(rowsOf(idsOf(request))));
  });
  const keys = numbered(100).map((key) => key.padEnd(200, 'x'));
  const source = sourceOf(httpAdapter({ baseUrl, batch: '/?ids={keys}', match: 'id' }), {
    observer: { onCall: (_, seconds) => void calls.push(seconds) },
  });
  expect(recordsOf(await askAll(source, keys))).toEqual(rowsOf(keys));
  expect(Math.max(...lengths)).toBeLessThan(8_000);
  expect(lengths).toHaveLength(3);
  expect(calls).toHaveLength(3);
});

it('sends a single key whatever its length, since it cannot be split', async () => {
  const key = 'x'.repeat(9_000);
  const baseUrl = await serve((request, response) => response.end(JSON.stringify(rowsOf(idsOf(request)))));
  const source = sourceOf(httpAdapter({ baseUrl, batch: '/?ids={keys}', match: 'id' }), { keyBytes: key.length });
  expect(recordsOf(await askAll(source, [key, 'a']))).toEqual(rowsOf([key, 'a']));
});

it("splits for an owner's own load, too, and gives every key its own answer whatever the back end takes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      async (count, limit, concurrency, isKnown) => {
        let under = 0;
        let calls = 0;
        const adapter = defineAdapter({
          policy: { concurrency, retries: 0 },
          load: async (keys) => {
            calls++;
            expect(++under).toBeLessThanOrEqual(concurrency);
            await Promise.resolve();
            under--;
            if (keys.length <= limit) return rowsOf(keys);
            throw new AdapterFailure('SOURCE_INVALID', 'too many', undefined, { tooLarge: isKnown ? limit : true });
          },
        });
        expect(recordsOf(await askAll(sourceOf(adapter), numbered(count)))).toEqual(rowsOf(numbered(count)));
        // Known, it is one call for nothing; otherwise no more than half of what fits may go in one.
        expect(calls).toBeLessThanOrEqual(isKnown ? 1 + Math.ceil(count / limit) : Math.ceil((2 * count) / limit) + 7);
      },
    ),
    { numRuns: 100 },
  );
});

it.each([false, 0, Number.NaN])('makes no pieces of a failure with tooLarge: %s', async (tooLarge) => {
  let calls = 0;
  const adapter = defineAdapter({
    policy: { retries: 0 },
    load: async () => {
      if (++calls > 1) throw new Error('called again');
      throw new AdapterFailure('SOURCE_UNAVAILABLE', 'no', undefined, { tooLarge: tooLarge as true });
    },
  });
  expect(recordsOf(await askAll(sourceOf(adapter), ['a', 'b']))).toEqual(['SOURCE_UNAVAILABLE', 'SOURCE_UNAVAILABLE']);
  expect(calls).toBe(1);
});

it('makes no further call when nobody waits any more', async () => {
  let calls = 0;
  const leave: (() => void)[] = [];
  const adapter = defineAdapter({
    policy: { retries: 0 },
    load: async (keys) => {
      calls++;
      if (keys.length > 1) throw new AdapterFailure('SOURCE_UNAVAILABLE', 'too many', undefined, { tooLarge: true });
      for (const each of leave) each();
      return rowsOf(keys);
    },
  });
  const source = sourceOf(adapter);
  const tickets = ['a', 'b', 'c'].map((key) => source.ask(key, source.scope({}, {})));
  leave.push(...tickets.map((ticket) => ticket.leave));
  const answers = await Promise.allSettled(tickets.map(({ answer }) => answer.promise()));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await new Promise((resolve) => setImmediate(resolve));
  expect(calls).toBe(2);
});
