import fc from 'fast-check';
import { describe, it } from 'vitest';
import { signToken } from '../support/tokens.ts';
import { corpus } from './corpus.ts';
import { fuzzedGateway } from './fuzzed-gateway.ts';
import { budget, mutated } from './mutate.ts';

/** Bytes that stand in a header's value or an address without ending it, so that the rest of the request is read. */
const inLine = (bytes: Buffer) => Buffer.from(bytes.filter((byte) => byte >= 0x20 && byte !== 0x7f));
const inAddress = (bytes: Buffer) => Buffer.from(bytes.filter((byte) => byte > 0x20 && byte !== 0x7f));
const asked = (head: readonly (string | Buffer)[]) =>
  Buffer.concat([...head, '\r\nhost: x\r\napollo-require-preflight: 1\r\nconnection: close\r\n\r\n'].map((part) => Buffer.from(part)));

describe('whatever a request is made of, its answer is no surprise, and the next request is answered as always', () => {
  it('bytes of HTTP', async () => {
    const gateway = await fuzzedGateway();
    await fc.assert(
      fc.asyncProperty(mutated(corpus('requests')), async (bytes) => gateway.expectAnswers(await gateway.send(bytes))),
      budget(400),
    );
    await gateway.expectWell();
  });

  it('addresses', async () => {
    const gateway = await fuzzedGateway();
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'GET', 'POST', 'HEAD', 'OPTIONS'), mutated(corpus('urls')), async (method, url) =>
        gateway.expectAnswers(await gateway.send(asked([`${method} `, inAddress(url), ' HTTP/1.1']))),
      ),
      budget(400),
    );
    await gateway.expectWell();
  });

  it('cookies, at every door that reads them', async () => {
    const gateway = await fuzzedGateway();
    const { cookie: issued = '' } = await gateway.ask('{ customer { id } }');
    const doors = ['/graphql?query={customer{id%20name}}', '/pixel.gif?type=open', '/graphql?query=mutation{resetVisitor{customer{id}}}'];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...doors), mutated([...corpus('cookies'), Buffer.from(issued)]), async (door, cookie) =>
        gateway.expectAnswers(await gateway.send(asked([`GET ${door} HTTP/1.1\r\ncookie: `, inLine(cookie)]))),
      ),
      budget(400),
    );
    await gateway.expectWell();
  });

  it('tokens: of a log-in, of a handoff, of a mail, of a visitor', async () => {
    const gateway = await fuzzedGateway();
    const genuine = Buffer.from(await signToken({ role: 'CUSTOMER', subject: '1' }));
    const doors: readonly ((token: Buffer) => Buffer)[] = [
      (token) => asked(['GET /graphql?query={customer{id%20name}} HTTP/1.1\r\nauthorization: Bearer ', inLine(token)]),
      (token) => asked(['GET /graphql?query={customer{id%20name}}&ct=', inAddress(token), ' HTTP/1.1']),
      (token) => asked(['GET /pixel.gif?type=open&token=', inAddress(token), ' HTTP/1.1']),
      (token) => asked(['GET /graphql?query={customer{id%20name}} HTTP/1.1\r\ncookie: visitor=', inLine(token)]),
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...doors), mutated([...corpus('tokens'), genuine]), async (door, token) =>
        gateway.expectAnswers(await gateway.send(door(token))),
      ),
      budget(400),
    );
    await gateway.expectWell();
  });
});
