import type { RequestListener } from 'node:http';
import { expect, it } from 'vitest';
import type { DataAdapter } from '../../src/adapters/data-adapter.ts';
import { defineAdapter, httpAdapter } from '../../src/index.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';
import { serve } from '../support/services.ts';

async function ask(adapter: DataAdapter, keys: readonly string[], headers: Record<string, string> = {}) {
  return recordsOf(await askAll(sourceOf(adapter), keys, { headers }));
}
const batch = async (listener: RequestListener, policy = {}) =>
  httpAdapter({ baseUrl: await serve(listener), batch: '/things?ids={keys}', match: 'id', policy });

it('fails as SOURCE_UNAVAILABLE for a status of failure', async () => {
  const adapter = await batch((_, response) => response.writeHead(500).end('{"error":"internal"}'));
  expect(await ask(adapter, ['a', 'b'])).toEqual(['SOURCE_UNAVAILABLE', 'SOURCE_UNAVAILABLE']);
});

for (const [what, body] of [
  ['HTML', '<html></html>'],
  ['half of an answer', '[{"id":"a"'],
  ['something that is not a list', '{"id":"a"}'],
  ['a list of something else', '[1, "a", null]'],
  ['nothing', ''],
] as const) {
  it(`refuses ${what} as SOURCE_INVALID`, async () => {
    const adapter = await batch((_, response) => response.end(body));
    expect(await ask(adapter, ['a'])).toEqual(['SOURCE_INVALID']);
  });
}

it('stops reading an answer that is too large', async () => {
  const adapter = await batch(
    (_, response) => {
      const more = () => {
        if (!response.destroyed) response.write(' '.repeat(65_536), more);
      };
      more();
    },
    { maxAnswerBytes: '256KB' },
  );
  expect(await ask(adapter, ['a'])).toEqual(['SOURCE_INVALID']);
});

it('fails as SOURCE_TIMEOUT when a back end does not answer in time', async () => {
  const adapter = await batch(() => {}, { timeout: '50ms' });
  expect(await ask(adapter, ['a'])).toEqual(['SOURCE_TIMEOUT']);
});

it("is cancelled by the signal that an owner's load passes on in place of the gateway's", async () => {
  const own = new AbortController();
  const inner = await batch(() => own.abort());
  const outer = defineAdapter({ load: (keys, context) => inner.load(keys, { ...context, signal: own.signal }), policy: { retries: 0 } });
  expect(await ask(outer, ['a'])).toEqual(['SOURCE_UNAVAILABLE']);
});

it('drops a record whose key was not asked for', async () => {
  const adapter = await batch((_, response) => response.end('[{"id":"x","name":"foreign"},{"id":"a","name":"own"}]'));
  expect(await ask(adapter, ['a', 'b'])).toEqual([{ id: 'a', name: 'own' }, null]);
});

it('fails one key for its error alone, and refuses the record of another customer', async () => {
  const baseUrl = await serve((request, response) => {
    if (request.url === '/things/broken') response.writeHead(503).end();
    else response.end(JSON.stringify({ id: request.url === '/things/foreign' ? 'z' : 'a' }));
  });
  const adapter = httpAdapter({ baseUrl, one: '/things/{key}', match: 'id' });
  expect(await ask(adapter, ['a', 'broken', 'foreign'])).toEqual([{ id: 'a' }, 'SOURCE_UNAVAILABLE', 'SOURCE_INVALID']);
});

it('sends the headers that the adapter forwards', async () => {
  const seen: (string | undefined)[] = [];
  const baseUrl = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end('[]');
  });
  const adapter = httpAdapter({ baseUrl, batch: '/things?ids={keys}', match: 'id', forward: ['authorization'] });
  await ask(adapter, ['a'], { authorization: 'Bearer x' });
  expect(seen).toEqual(['Bearer x']);
});

it('makes the call without a forwarded value that no header can hold', async () => {
  const seen: (string | undefined)[] = [];
  const baseUrl = await serve((request, response) => {
    seen.push(request.headers.authorization);
    response.end('[]');
  });
  const source = sourceOf(
    httpAdapter({ baseUrl, batch: '/things?ids={keys}', match: 'id', forward: ['authorization'], policy: { breaker: { errors: 1 } } }),
  );
  for (const authorization of ['Bearer \u2603', 'Bearer x\r\nx-role: admin', 'Bearer \0', 'Bearer \ud800']) {
    expect(recordsOf(await askAll(source, ['a'], { headers: { authorization } }))).toEqual([null]);
  }
  expect(seen).toEqual([undefined, undefined, undefined, undefined]);
});

for (const [what, answer] of [
  ['too few answers', []],
  ['too many answers', [null, null]],
  ['something that is no list', 'a'],
  ['a record of another type', [7]],
] as const) {
  it(`refuses ${what} of an owner's own load`, async () => {
    expect(await ask(defineAdapter({ load: async () => answer as never }), ['a'])).toEqual(['SOURCE_INVALID']);
  });
}
