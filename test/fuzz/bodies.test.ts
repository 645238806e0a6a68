import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { signToken } from '../support/tokens.ts';
import { corpus } from './corpus.ts';
import { type FuzzedGateway, fuzzedGateway } from './fuzzed-gateway.ts';
import { budget, mutated } from './mutate.ts';

const CODINGS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
};
const types = fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain', 'application/json; charset=utf-16', 'text/csv');
const doors = fc.constantFrom('/interactions?cid=1', '/interactions?cid=1', '/graphql', '/graphql?cid=1', '/invalidate');

async function sendBody(gateway: FuzzedGateway, url: string, headers: Readonly<Record<string, string>>, payload: Buffer): Promise<void> {
  const answer = await gateway.gateway.app.inject({ method: 'POST', url, headers, payload });
  expect(answer.statusCode, answer.body).toBeLessThan(500);
  gateway.expectAnswers(answer.body);
}

it('a body of any bytes, in any content-encoding, cut off or not, is answered without a surprise', async () => {
  const gateway = await fuzzedGateway();
  const roles = await Promise.all((['CUSTOMER', 'SERVICE', 'ADMIN'] as const).map((role) => signToken({ role, subject: '1' })));
  const codings = fc.constantFrom(...Object.keys(CODINGS));
  const cut = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: 1, freq: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...roles),
      doors,
      types,
      codings,
      cut,
      mutated(corpus('bodies')),
      async (token, door, type, coding, share, bytes) => {
        const coded = (CODINGS[coding] as (bytes: Buffer) => Buffer)(bytes);
        const headers = { authorization: `Bearer ${token}`, 'content-type': type, 'content-encoding': coding };
        await sendBody(gateway, door, headers, coded.subarray(0, Math.ceil(coded.length * share)));
      },
    ),
    budget(700),
  );
  await gateway.expectWell();
});
