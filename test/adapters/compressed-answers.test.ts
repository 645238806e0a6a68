import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { graphqlAdapter, httpAdapter } from '../../src/index.ts';
import { askAll, recordsOf, sourceOf } from '../support/ask-source.ts';
import { serve } from '../support/services.ts';

const ROWS = JSON.stringify([{ id: 'a', name: 'Zoë' }]);
const RECORD = [{ id: 'a', name: 'Zoë' }];

async function ask(encoding: string, body: Buffer, policy = {}) {
  const baseUrl = await serve((_, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body));
  return recordsOf(await askAll(sourceOf(httpAdapter({ baseUrl, batch: '/x?ids={keys}', match: 'id', policy })), ['a']));
}

for (const [encoding, body] of [
  ['gzip', gzipSync(ROWS)],
  ['x-gzip', gzipSync(ROWS)],
  ['GZIP', gzipSync(ROWS)],
  ['br', brotliCompressSync(ROWS)],
  ['deflate', deflateSync(ROWS)],
  ['deflate', deflateRawSync(ROWS)],
  ['deflate, gzip', gzipSync(deflateSync(ROWS))],
  ['identity', Buffer.from(ROWS)],
] as const) {
  it(`reads an answer encoded as ${encoding} (${body.length} bytes)`, async () => {
    expect(await ask(encoding, body)).toEqual(RECORD);
  });
}

for (const [what, encoding, body] of [
  ['data that is not what it says', 'gzip', Buffer.from(ROWS)],
  ['half of the data', 'br', brotliCompressSync(ROWS).subarray(0, 10)],
  ['a coding that the request did not allow', 'compress', Buffer.from(ROWS)],
  ['a name of every object', 'constructor', Buffer.from(ROWS)],
  ['coding upon coding', 'gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(ROWS)))],
] as const) {
  it(`refuses ${what} as SOURCE_INVALID`, async () => {
    expect(await ask(encoding, body)).toEqual(['SOURCE_INVALID']);
  });
}

for (const [encoding, compress] of [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const) {
  it(`stops inflating ${encoding} at maxAnswerBytes`, async () => {
    const large = JSON.stringify([{ id: 'a', name: ' '.repeat(1_000_000) }]);
    expect(await ask(encoding, compress(large), { maxAnswerBytes: '100KB' })).toEqual(['SOURCE_INVALID']);
    expect(await ask(encoding, compress(large), { maxAnswerBytes: '2MB' })).toEqual([{ id: 'a', name: ' '.repeat(1_000_000) }]);
  });
}

it('asks for it, unless the owner says otherwise', async () => {
  const seen: unknown[] = [];
  const url = await serve((request, response) => {
    seen.push([request.headers.accept, request.headers['accept-encoding']]);
    response.end('{"data":{"things":[]}}');
  });
  const common = { match: 'id', select: 'data.things' };
  const ask = async (adapter: ReturnType<typeof httpAdapter>) => askAll(sourceOf(adapter), ['a']);
  await ask(httpAdapter({ baseUrl: url, batch: '/x?ids={keys}', ...common }));
  await ask(graphqlAdapter({ url, query: 'query ($keys: [String!]!) { things(ids: $keys) { id } }', select: 'things', match: 'id' }));
  await ask(httpAdapter({ baseUrl: url, batch: '/x?ids={keys}', headers: { 'Accept-Encoding': 'identity' }, ...common }));
  expect(seen).toEqual([
    ['application/json', 'gzip, deflate, br'],
    ['application/json', 'gzip, deflate, br'],
    ['application/json', 'identity'],
  ]);
});
