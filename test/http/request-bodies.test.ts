import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testGateway } from '../support/gateway.ts';

const CODINGS = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync };
const QUERY = JSON.stringify({ query: '{ customer { name } }' });
const BYTES = 4_096;

async function door() {
  const { gateway, log } = await testGateway({ config: { limits: { bodyBytes: '4KB' } } });
  const send = async (url: string, payload: string | Buffer, headers: Record<string, string> = {}, method: 'POST' | 'GET' = 'POST') => {
    const response = await gateway.app.inject({ method, url, payload, headers: { 'content-type': 'application/json', ...headers } });
    return { status: response.statusCode, body: response.json(), headers: response.headers };
  };
  return { gateway, log, send };
}

describe('a request body', () => {
  it.each(Object.entries(CODINGS))('in %s is taken at every door', async (coding, compress) => {
    const { send } = await door();
    const headers = { 'content-encoding': coding };
    for (let n = 0; n < 3; n++) {
      expect(await send('/graphql?cid=1', compress(QUERY), headers)).toMatchObject({
        status: 200,
        body: { data: { customer: { name: 'Ada' } } },
      });
    }
    expect(await send('/interactions', compress('[{"type":"a"}]'), headers)).toMatchObject({ status: 200, body: { accepted: 1 } });
    const lines = { ...headers, 'content-type': 'application/x-ndjson' };
    expect(await send('/interactions', compress('{"type":"a"}\n{"type":"b"}'), lines)).toMatchObject({ body: { accepted: 2 } });
  });

  it.each(Object.entries(CODINGS))('in %s is bounded after inflation', async (coding, compress) => {
    const { send } = await door();
    const headers = { 'content-encoding': coding };
    const large = compress(JSON.stringify({ query: '{ customer { name } }', padding: 'x'.repeat(20_000_000) }));
    const refused = { status: 413, body: { error: { code: 'BAD_USER_INPUT' } } };
    // Before inflation it is within the limit.
    expect(coding === 'br' ? large.length : BYTES).toBeLessThanOrEqual(BYTES);
    expect(await send('/graphql', large, headers)).toMatchObject(refused);
    expect(await send('/interactions', compress(`[{"type":"${'x'.repeat(20_000_000)}"}]`), headers)).toMatchObject(refused);
    expect(
      await send('/graphql', compress(JSON.stringify({ query: `{ customer { name } } #${'x'.repeat(BYTES)}` })), headers),
    ).toMatchObject(refused);
  });

  it('in another coding is 415, and one that is broken or cut off is 400, with a message of the gateway', async () => {
    const { send } = await door();
    for (const url of ['/graphql', '/interactions']) {
      for (const coding of ['zstd', 'gzip, br', 'constructor']) {
        const other = await send(url, QUERY, { 'content-encoding': coding });
        expect(other).toMatchObject({
          status: 415,
          body: { error: { code: 'BAD_USER_INPUT' } },
          headers: { 'accept-encoding': 'gzip, deflate, br' },
        });
      }
      for (const [coding, compress] of Object.entries(CODINGS)) {
        for (const broken of [Buffer.from('{}'), compress(QUERY).subarray(0, -6), Buffer.alloc(0)]) {
          const { status, body } = await send(url, broken, { 'content-encoding': coding });
          expect([url, coding, status, body.error?.code]).toEqual([url, coding, 400, 'BAD_USER_INPUT']);
          expect(body.error.message).toMatch(/^expected /);
        }
      }
      expect((await send(url, url === '/graphql' ? QUERY : '[]', { 'content-encoding': 'identity' })).status).toBe(200);
    }
  });

  it('with a byte order mark is taken at every door', async () => {
    const { send } = await door();
    for (let n = 0; n < 3; n++)
      expect(await send('/graphql?cid=1', `\ufeff${QUERY}`)).toMatchObject({ body: { data: { customer: { name: 'Ada' } } } });
    expect(await send('/interactions', '\ufeff[{"type":"a"}]')).toMatchObject({ body: { accepted: 1, rejected: [] } });
    expect(
      await send('/interactions', '\ufeff{"type":"a"}\r\n\ufeff{"type":"b"}\r\n', { 'content-type': 'application/x-ndjson' }),
    ).toMatchObject({ body: { accepted: 2, rejected: [] } });
    expect(await send('/interactions', '\ufeff[{"type":"a"}]', { 'content-type': 'text/plain' })).toMatchObject({ body: { accepted: 1 } });
    expect(await send('/interactions', gzipSync('\ufeff[{"type":"a"}]'), { 'content-encoding': 'gzip' })).toMatchObject({
      body: { accepted: 1 },
    });
  });

  it('that is cut off by a client who goes is no unexpected error', async () => {
    const { gateway } = await door();
    const { port } = new URL(await gateway.app.listen({ port: 0, host: '127.0.0.1' }));
    for (const [path, coding] of [
      ['/graphql', ''],
      ['/interactions', ''],
      ['/graphql', 'content-encoding: gzip\r\n'],
      ['/interactions', 'content-encoding: gzip\r\n'],
    ]) {
      const socket = connect(Number(port), '127.0.0.1');
      const seen = once(gateway.app.server, 'request');
      socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${coding}content-length: 100\r\n\r\n`);
      const [, response] = await seen;
      socket.destroy();
      if (!response.destroyed) await once(response, 'close');
    }
  });
});

describe('what is refused outside of GraphQL', () => {
  const SECRET = 'ada@example.com';
  const rows: [string, number, string, 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', string, string, Record<string, string>][] = [
    ['an unknown address', 404, 'NOT_FOUND', 'GET', '/nowhere?email=ada@example.com', '', {}],
    ['an unknown address with a body', 404, 'NOT_FOUND', 'POST', '/nowhere', '{}', {}],
    ['an address that reads as a pattern', 404, 'NOT_FOUND', 'DELETE', '/:a(', '', {}],
    ['broken JSON', 400, 'BAD_USER_INPUT', 'POST', '/graphql', `{"query": "${SECRET}" nonsense`, {}],
    ['broken JSON of interactions', 400, 'BAD_USER_INPUT', 'POST', '/interactions', `[{"type": "${SECRET}" nonsense`, {}],
    ['broken JSON of invalidations', 400, 'BAD_USER_INPUT', 'POST', '/invalidate', `{"${SECRET}`, {}],
    ['an empty body', 400, 'BAD_USER_INPUT', 'POST', '/graphql', '', {}],
    ['a body that reaches for a prototype', 400, 'BAD_USER_INPUT', 'POST', '/graphql', '{"__proto__":{"x":1}}', {}],
    ['another content type', 415, 'BAD_USER_INPUT', 'POST', '/graphql', '<a/>', { 'content-type': 'application/xml' }],
    ['another content type of interactions', 415, 'BAD_USER_INPUT', 'POST', '/interactions', '<a/>', { 'content-type': 'application/xml' }],
    ['too large a body', 413, 'BAD_USER_INPUT', 'POST', '/graphql', `{"query":"${'x'.repeat(BYTES)}"}`, {}],
    ['too many bytes of interactions', 413, 'BAD_USER_INPUT', 'POST', '/interactions', `[{"type":"${'x'.repeat(BYTES)}"}]`, {}],
    ['an address that can’t be read', 400, 'BAD_USER_INPUT', 'GET', '/%', '', {}],
    ['PUT', 405, 'BAD_USER_INPUT', 'PUT', '/graphql', '{}', {}],
    ['PATCH', 405, 'BAD_USER_INPUT', 'PATCH', '/graphql?email=ada@example.com', '{}', {}],
    ['DELETE', 405, 'BAD_USER_INPUT', 'DELETE', '/graphql', '', {}],
    ['GET of interactions', 405, 'BAD_USER_INPUT', 'GET', '/interactions', '', {}],
    ['POST of the pixel', 405, 'BAD_USER_INPUT', 'POST', '/pixel.gif', '{}', {}],
  ];

  it.each(rows)('%s is %i, with one body of errors', async (_, status, code, method, url, payload, headers) => {
    const { gateway, log } = await door();
    const response = await gateway.app.inject({
      method,
      url,
      ...(payload && { payload }),
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect([response.statusCode, response.headers['content-type']]).toEqual([status, 'application/json; charset=utf-8']);
    expect(response.json()).toEqual({ error: { code, message: expect.stringMatching(/expected|there is nothing/) } });
    expect(response.body + log.join('')).not.toContain(SECRET);
    if (status === 405)
      expect(response.headers.allow).toBe(url.startsWith('/graphql') ? 'GET, POST' : url === '/interactions' ? 'POST' : 'GET');
  });

  it('is the same for what is no HTTP', async () => {
    const { gateway } = await door();
    const { port } = new URL(await gateway.app.listen({ port: 0, host: '127.0.0.1' }));
    for (const [text, status] of [
      ['nonsense\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 431],
    ] as const) {
      const socket = connect(Number(port), '127.0.0.1');
      onTestFinished(() => void socket.destroy());
      socket.write(text);
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      expect(answer).toMatch(
        new RegExp(`^HTTP/1.1 ${status} .*\\{"error":\\{"code":"BAD_USER_INPUT","message":"expected an HTTP request`, 's'),
      );
    }
  });

  it('takes any host and forwarded address', async () => {
    const { send } = await door();
    for (const host of ['[', 'a b', '', '::1', 'x'.repeat(300), '%']) {
      for (const headers of [{ host }, { host, 'x-forwarded-host': host, 'x-forwarded-proto': host, 'x-forwarded-for': host }] as Record<
        string,
        string
      >[]) {
        expect((await send('/graphql', JSON.stringify({ query: 'mutation { resetVisitor { customer { id } } }' }), headers)).status).toBe(
          200,
        );
      }
    }
  });
});
