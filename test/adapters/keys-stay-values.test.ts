import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AdapterFailure } from '../../src/adapters/adapter-failure.ts';
import type { DataAdapter, KeyAnswer } from '../../src/adapters/data-adapter.ts';
import { fileAdapter, graphqlAdapter, httpAdapter, redisAdapter, sqlAdapter } from '../../src/index.ts';
import { SourceError } from '../../src/model/errors.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';
import { temporaryDirectory } from '../support/gateway.ts';
import { bodyOf, isMissing, naming, ownName, type Service, serve } from '../support/services.ts';
import { openSqliteFile } from '../support/sqlite-file.ts';
import { PATIENTLY } from '../support/waiting.ts';

/** Texts that have a meaning of their own in some path, query, command or SQL. */
const TRAPS = [
  '.',
  '..',
  '...',
  '%2e',
  '%2E%2e',
  '.%2e',
  '%252e%252e',
  '../x',
  'a/../b',
  '..\\x',
  '..;a',
  ' ',
  'a b',
  'a/b',
  'a//b',
  '/',
  '\\',
  'a?b',
  'a#b',
  'a&b=c',
  'a,b',
  ',',
  '%',
  '%41',
  '%zz',
  '+',
  "$'ada",
  '$&',
  '$`',
  '$$',
  '$1',
  '$keys',
  '$fields',
  '{key}',
  '{keys}',
  '{args.kind}',
  '*',
  'x:y',
  '{tag}',
  "o'neill",
  '"',
  "'; drop table thing; --",
  '\u0000',
  'a\u0000b',
  '\r\nx: y',
  '\ud800',
  'a\udc00',
  '\udc00\ud800',
  'ünïcode 日本',
  '🛒',
  'ﬀ',
  '\ufeff',
  '',
] as const; // prettier-ignore
const key = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.array(fc.constantFrom('.', '/', '%', '2', 'e', 'E', '5', '\\', ';', '\ud800', 'a'), { maxLength: 8 }).map((all) => all.join('')),
  fc.stringMatching(/^[a-z0-9]{1,8}$/),
);
const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 8 });

/** A kind of adapter over a back end that has a record for every key, with that key in it. */
interface Kind {
  readonly name: string;
  readonly service?: Service;
  /** True when the key can't be sent unchanged. */
  mayRefuse(key: string): boolean;
  /** @param record receives each key as the back end understands it. */
  open(
    record: (key: string) => void,
  ): Promise<{ readonly adapter: (keys: readonly string[]) => Promise<DataAdapter> | DataAdapter; readonly runs: number }>;
}

const isHalf = (text: string) => !text.isWellFormed();
const everything = (text: string) => {
  let decoded = text;
  for (let n = 0; n < 10; n++)
    decoded = decoded.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decoded;
};
/** True for a text that, decoded as often as possible, is empty or has a part of only dots and white space. */
const isNoSegment = (text: string) =>
  isHalf(text) ||
  everything(text)
    .split(/[/\\]/)
    .some((part) => /^[.\s]+(;|$)/.test(part)) ||
  // Only slashes, and what follows a `;`.
  /^(;[^;/\\]*|[/\\])*$/.test(everything(text));

const KINDS: readonly Kind[] = [
  {
    name: 'httpAdapter with one, in the path',
    mayRefuse: isNoSegment,
    open: async (record) => {
      const baseUrl = await serve((request, response) => {
        // As a back end receives it whose client or framework normalises the path.
        const segments = new URL(request.url ?? '', 'http://x').pathname.split('/');
        const isShaped = segments.length === 4 && segments[1] === 'customers' && segments[3] === 'orders' && segments[2] !== '';
        const own = isShaped ? decodeURIComponent(segments[2] as string) : 'ANOTHER COLLECTION';
        record(own);
        response.end(JSON.stringify({ id: own }));
      });
      return { adapter: () => httpAdapter({ baseUrl, one: '/customers/{key}/orders' }), runs: 30 };
    },
  },
  {
    name: 'httpAdapter with one, in the query',
    mayRefuse: (text) => isHalf(text) || text === '',
    open: async (record) => {
      const baseUrl = await serve((request, response) => {
        const query = [...new URL(request.url ?? '', 'http://x').searchParams];
        const own = query.length === 2 && query[1]?.[0] === 'all' ? (query[0]?.[1] as string) : 'ANOTHER QUERY';
        record(own);
        response.end(JSON.stringify({ id: own }));
      });
      return { adapter: () => httpAdapter({ baseUrl, one: '/customers?id={key}&all=no' }), runs: 30 };
    },
  },
  {
    name: 'httpAdapter with batch',
    mayRefuse: (text) => isHalf(text) || text === '',
    open: async (record) => {
      const baseUrl = await serve((request, response) => {
        const all = /^\/customers\?ids=([^&#]*)&all=no$/
          .exec(request.url ?? '')?.[1]
          ?.split(',')
          .map(decodeURIComponent) ?? ['ANOTHER QUERY'];
        for (const own of all) record(own);
        response.end(JSON.stringify(all.map((id) => ({ id }))));
      });
      return { adapter: () => httpAdapter({ baseUrl, batch: '/customers?ids={keys}&all=no', match: 'id' }), runs: 30 };
    },
  },
  {
    name: 'graphqlAdapter',
    mayRefuse: isHalf,
    open: async (record) => {
      const url = await serve(async (request, response) => {
        const { query, variables } = JSON.parse(await bodyOf(request)) as { query: string; variables: { keys: string[] } };
        const all = query === QUERY && Object.keys(variables).length === 1 ? variables.keys : ['ANOTHER DOCUMENT'];
        for (const own of all) record(own);
        response.end(JSON.stringify({ data: { things: all.map((id) => ({ id })) } }));
      });
      return { adapter: () => graphqlAdapter({ url, query: QUERY, select: 'things', match: 'id' }), runs: 30 };
    },
  },
  ...(['hash', 'string'] as const).map(
    (option): Kind => ({
      name: `redisAdapter with ${option}`,
      service: 'Redis',
      mayRefuse: isHalf,
      open: async () => {
        const redis = new Redis('redis://127.0.0.1:6379');
        const prefix = ownName('gateway');
        const names = new Set<string>();
        onTestFinished(async () => {
          await redis.del(...names, 'none');
          redis.disconnect();
        });
        const adapter = redisAdapter({ url: 'redis://127.0.0.1:6379', [option]: `${prefix}:{key}:of` });
        onTestFinished(() => adapter.close?.());
        return {
          adapter: async (all) => {
            for (const id of all) {
              const name = `${prefix}:${id}:of`;
              names.add(name);
              if (option === 'hash') await redis.hset(name, 'id', id);
              else await redis.set(name, JSON.stringify({ id }));
            }
            return adapter;
          },
          runs: 30,
        };
      },
    }),
  ),
  {
    name: 'sqlAdapter on SQLite',
    mayRefuse: isHalf,
    open: async () => {
      const path = join(temporaryDirectory(), 'things.db');
      const database = openSqliteFile(path);
      onTestFinished(() => database.close());
      database.exec('create table thing (id text, name text)');
      const insert = database.prepare('insert into thing values (?, ?)');
      const adapter = sqlAdapter({
        url: `sqlite:${path}`,
        match: 'id',
        query: 'select $fields from thing where id in ($keys)',
        fields: ['id'],
      });
      onTestFinished(() => adapter.close?.());
      return {
        adapter: (all) => {
          database.exec('delete from thing');
          for (const id of all) insert.run(id, id);
          return adapter;
        },
        runs: 30,
      };
    },
  },
  {
    name: 'fileAdapter on JSON',
    mayRefuse: () => false,
    open: async () => {
      const directory = temporaryDirectory();
      let files = 0;
      return {
        adapter: (all) => {
          const path = join(directory, `${files++}.json`);
          writeFileSync(path, JSON.stringify([...all, '..', 'another'].map((id) => ({ id }))));
          return fileAdapter({ path, match: 'id', many: true });
        },
        runs: 30,
      };
    },
  },
];

const QUERY = 'query ($keys: [String!]!) { things(ids: $keys) { id } }';
const context = { args: {}, headers: {}, fields: null, maxAnswerBytes: 1e7, onForeign: () => {} };

for (const kind of KINDS) {
  describe.skipIf(kind.service !== undefined && isMissing(kind.service))(
    kind.service ? `${kind.name}: ${naming(kind.service)}` : kind.name,
    () => {
      it('receives the key unchanged, whatever text it is, or that key alone is refused without a call', async () => {
        let received: string[] = [];
        const { adapter: adapterOf, runs } = await kind.open((own) => received.push(own));
        const check = async (asked: readonly string[]) => {
          received = [];
          const adapter = await adapterOf(asked);
          const answers = await adapter.load(asked, { ...context, signal: AbortSignal.timeout(PATIENTLY.timeout) });
          expect(answers).toHaveLength(asked.length);
          for (const [index, answer] of answers.entries()) {
            const own = asked[index] as string;
            if (!(answer instanceof Error)) expect(idOf(answer)).toBe(own);
            else {
              expect(answer).toMatchObject({ code: 'SOURCE_INVALID', refused: true });
              expect(kind.mayRefuse(own), `${JSON.stringify(own)} was refused: ${answer.message}`).toBe(true);
            }
          }
          const sent = asked.filter((_, index) => !(answers[index] instanceof Error));
          if (received.length > 0) expect(received.toSorted()).toEqual(sent.toSorted());
        };
        await check(TRAPS);
        await fc.assert(fc.asyncProperty(keys, check), { numRuns: runs });
      });
    },
  );
}

function idOf(answer: KeyAnswer): unknown {
  const record = Array.isArray(answer) ? answer[0] : answer;
  return (record as { id?: unknown } | null)?.id;
}

it('refuses a key, and an argument, that would leave its segment of the path', async () => {
  const seen: string[] = [];
  const baseUrl = await serve((request, response) => {
    seen.push(request.url ?? '');
    response.end('[]');
  });
  const source = sourceOf(httpAdapter({ baseUrl, one: '/customers/{args.kind}/{key}', many: true, policy: { breaker: { errors: 1 } } }));
  const ask = async (key: string, args: Record<string, unknown>) => recordsOf(await askAll(source, [key], { args }))[0];
  const bad = ['.', '..', '%2e%2E', '%252e.', '', 'a/../..', '..\\', '\ud800', '/', '%2f', '\\/', ';v=1', '/;a'];
  for (const text of bad) {
    expect(await ask(text, { kind: 'open' })).toBe('SOURCE_INVALID');
    expect(await ask('1', { kind: text })).toBe('SOURCE_INVALID');
  }
  for (const args of [{}, { kind: null }, { kind: ['..'] }, { kind: [] }]) expect(await ask('1', args)).toBe('SOURCE_INVALID');
  expect(seen).toEqual([]);
  // It neither opens the circuit nor fails other keys.
  expect(await ask('a/b', { kind: 'x?y' })).toEqual([]);
  expect(seen).toEqual(['/customers/x%3Fy/a%2Fb']);
});

it('accepts such a text in a segment that a key fills in part, and in the query', async () => {
  const seen: string[] = [];
  const baseUrl = await serve((request, response) => {
    seen.push(request.url ?? '');
    response.end('[]');
  });
  const source = sourceOf(httpAdapter({ baseUrl, one: '/c/{key}.json?kind={args.kind}&{args.none}', many: true }));
  expect(recordsOf(await askAll(source, ['..', '.'], { args: { kind: '..' } }))).toEqual([[], []]);
  expect(seen).toEqual(['/c/...json?kind=..&', '/c/..json?kind=..&']);
});

it('refuses a quote, and a backslash, between the quotes of a template', async () => {
  const seen: string[] = [];
  const baseUrl = await serve((request, response) => {
    seen.push(decodeURIComponent(request.url ?? ''));
    response.end('[]');
  });
  const ask = async (one: string, key: string, kind = 'x') =>
    recordsOf(await askAll(sourceOf(httpAdapter({ baseUrl, one, many: true })), [key], { args: { kind } }))[0];
  const odata = "/customers?$filter=id eq '{key}' and kind eq '{args.kind}'";
  for (const text of ["a' or 1 eq 1 or id eq 'b", "'", 'a\\']) {
    expect(await ask(odata, text)).toBe('SOURCE_INVALID');
    expect(await ask(odata, 'a', text)).toBe('SOURCE_INVALID');
  }
  expect(await ask('/search?q=id:%22no-{key}%22', 'a" OR id:*')).toBe('SOURCE_INVALID');
  expect(await ask("/customers('{key}')", "a')/orders('b")).toBe('SOURCE_INVALID');
  expect(seen).toEqual([]);
  expect(await ask(odata, 'a"b', 'c d')).toEqual([]);
  expect(await ask('/customers?id={key}', "o'neill")).toEqual([]);
  expect(seen).toEqual([`/customers?$filter=id eq 'a"b' and kind eq 'c d'`, "/customers?id=o'neill"]);
});

it.each([
  ['with match', { match: 'id', many: true }],
  ['in the order of the keys', {}],
])('leaves the other keys alone where a back end decodes the list before it splits it at commas, %s', async (_, options) => {
  const seen: string[] = [];
  const baseUrl = await serve((request, response) => {
    const ids = new URL(request.url ?? '', 'http://x').searchParams.get('ids') ?? '';
    seen.push(ids);
    response.end(JSON.stringify(ids.split(',').map((id) => ({ id }))));
  });
  const source = sourceOf(httpAdapter({ baseUrl, batch: '/?ids={keys}', ...options }));
  const [ada, both, ben] = recordsOf(await askAll(source, ['ada', 'ada,ben', 'ben']));
  expect([ada, ben]).toEqual('many' in options ? [[{ id: 'ada' }], [{ id: 'ben' }]] : [{ id: 'ada' }, { id: 'ben' }]);
  expect(both).toEqual('many' in options ? [] : 'SOURCE_INVALID');
  expect(seen.toSorted()).toEqual(['ada,ben', 'ada,ben']);
});

it('makes no call, repeats none and closes no open circuit for a key that is refused', async () => {
  let isDown = true;
  let calls = 0;
  const baseUrl = await serve((_, response) => {
    calls++;
    response.writeHead(isDown ? 500 : 200).end('[]');
  });
  let now = 0;
  const repeats: string[] = [];
  const adapter = httpAdapter({
    baseUrl,
    one: '/c/{key}',
    many: true,
    policy: { retries: 1, breaker: { errors: 1, halfOpenAfter: '10s' } },
  }); // prettier-ignore
  const source = sourceOf(adapter, { now: () => new Date(now), observer: { onRepeat: (_, kind) => void repeats.push(kind) } });
  const ask = async (key: string) => recordsOf(await askAll(source, [key]))[0];
  for (let n = 0; n < 20; n++) expect(await ask('..')).toBe('SOURCE_INVALID');
  expect([calls, repeats]).toEqual([0, []]);
  expect(await ask('1')).toBe('SOURCE_UNAVAILABLE');
  const before = calls;
  // The circuit is half open now: a refused key is no successful probe.
  now += 11_000;
  expect(await ask('..')).toBe('SOURCE_INVALID');
  isDown = false;
  expect(await ask('1')).toEqual([]);
  expect(calls).toBe(before + 1);
});

it('names no key in the message of a refusal', async () => {
  const source = sourceOf(httpAdapter({ baseUrl: await serve((_, response) => void response.end('[]')), one: '/c/{key}', many: true }));
  for (const key of ['secret-key/..', 'secret-key\ud800']) {
    const [answer] = await askAll(source, [key]);
    expect(answer).toBeInstanceOf(SourceError);
    expect((answer as SourceError).cause).toBeInstanceOf(AdapterFailure);
    expect((answer as SourceError).message).not.toContain('secret-key');
  }
});
