import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { testGateway } from '../../support/gateway.ts';

const PAGES = ['/tag.js', '/tag-offers.js', '/graphiql'];
const DECODED = { br: brotliDecompressSync, gzip: gunzipSync, identity: (body: Buffer) => body };

describe.each(PAGES)('%s', (url) => {
  it('is sent as small as its client can take it, as the same text', async () => {
    const { gateway } = await testGateway();
    const get = (headers: Record<string, string>) => gateway.app.inject({ url, headers });
    const plain = await get({});
    const cases: [string, keyof typeof DECODED][] = [
      ['gzip, deflate, br, zstd', 'br'],
      ['br', 'br'],
      ['gzip;q=1.0, br;q=0', 'gzip'],
      ['*', 'br'],
      ['gzip', 'gzip'],
      ['identity', 'identity'],
      ['', 'identity'],
      ['zstd', 'identity'],
    ];
    // The page is 9 MB: two will do.
    if (url === '/graphiql') cases.splice(0, cases.length, ['gzip, deflate, br, zstd', 'br'], ['gzip', 'gzip']);
    const etags = new Map([['identity', plain.headers.etag]]);
    for (const [accepted, coding] of cases) {
      const { headers, rawPayload } = await get({ 'accept-encoding': accepted });
      expect([accepted, headers['content-encoding'] ?? 'identity']).toEqual([accepted, coding]);
      expect(DECODED[coding](rawPayload).equals(plain.rawPayload)).toBe(true);
      if (coding !== 'identity') expect(rawPayload.length).toBeLessThan(plain.rawPayload.length * 0.6);
      expect(String(headers.vary).split(', ')).toEqual(expect.arrayContaining(['Origin', 'Accept-Encoding']));
      expect(headers['cache-control']).toBe(plain.headers['cache-control']);
      expect(headers.etag).toBe(etags.get(coding) ?? headers.etag);
      etags.set(coding, headers.etag);
    }
    expect(new Set(etags.values()).size).toBe(3);
  });

  it('is not sent again to a client that has it', async () => {
    const { gateway } = await testGateway();
    const encoding = { 'accept-encoding': 'gzip' };
    const { headers } = await gateway.app.inject({ url, headers: encoding });
    for (const known of [headers.etag, `W/${headers.etag}`, `"other", ${headers.etag}`, '*']) {
      const again = await gateway.app.inject({ url, headers: { ...encoding, 'if-none-match': known as string } });
      expect([again.statusCode, again.payload, again.headers.etag]).toEqual([304, '', headers.etag]);
    }
    const other = await gateway.app.inject({ url, headers: { ...encoding, 'if-none-match': '"other"' } });
    expect(other.statusCode).toBe(200);
  });
});
