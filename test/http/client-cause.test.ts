import { createClient } from 'graphql-ws';
import { describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import { header, httpAdapter, urlParameter } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';
import { serve } from '../support/services.ts';

const RECOGNIZED = { assurance: 'RECOGNIZED' as const };
const identifiers = {
  crmId: { class: 'person' as const, unique: true, capture: [urlParameter('cid', RECOGNIZED), header('x-number', RECOGNIZED)] },
};
const SCHEMA = 'type Customer { name(kind: String): String @from(source: "crm") }';
const FORWARDED = ['authorization', 'x-tenant', 'content-length', 'transfer-encoding', 'connection', 'host', 'expect', 'upgrade'];

/** A gateway whose only back end has a breaker that opens after one failure. */
async function shop(options: Partial<Parameters<typeof httpAdapter>[0]> = {}) {
  const seen: Record<string, unknown>[] = [];
  const baseUrl = await serve((request, response) => {
    seen.push(request.headers);
    response.end(JSON.stringify({ name: 'Ada' }));
  });
  const policy = { breaker: { errors: 1 }, retries: 1 };
  const crm = httpAdapter({ baseUrl, key: 'crmId', one: '/customers/{key}', policy, ...options });
  const gateway = await testGateway({ config: { identifiers }, schema: SCHEMA, dataSources: { crm } });
  const metrics = async () => (await gateway.gateway.app.inject('/metrics')).body;
  const expectNoHarm = async () => {
    const text = await metrics();
    expect(text).not.toMatch(/^gateway_source_failures_total\{/m);
    expect(text).not.toMatch(/^gateway_source_repeats_total\{/m);
    expect(text).not.toMatch(/^gateway_source_breaker_open\{[^}]*\} 1/m);
    expect(gateway.log.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
    const other = await gateway.ask('{ customer { name } }', { path: '/graphql?cid=well' });
    expect(other.data.customer).toEqual({ name: 'Ada' });
  };
  return { ...gateway, seen, expectNoHarm, metrics };
}

/** Asks once over a socket of its own. */
async function askBySocket(port: number, connectionParams: Record<string, unknown>, path = '/graphql?cid=1') {
  const client = createClient({ url: `ws://127.0.0.1:${port}${path}`, webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 });
  try {
    for await (const answer of client.iterate({ query: '{ customer { name } }' })) return answer;
  } finally {
    await client.dispose();
  }
  return undefined;
}

describe('what a client sends never counts as a failure of a back end', () => {
  it.each([
    ['a line break', 'Bearer a\r\nx-evil: 1'],
    ['a NUL', 'Bearer \0'],
    ['a letter beyond Latin-1', 'Bearer ł'],
    ['half a character', 'Bearer \ud800'],
    ['a control character', 'Bearer \x7f'],
    ['100 kB', `Bearer ${'a'.repeat(100_000)}`],
  ])('%s in the authorization of a socket counts as no token', async (_, authorization) => {
    const { gateway, seen, expectNoHarm, metrics } = await shop({ forward: ['authorization'] });
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = gateway.app.server.address() as { port: number };
    onTestFinished(() => gateway.close());
    for (let n = 0; n < 3; n++) {
      expect(await askBySocket(port, { authorization })).toEqual({ data: { customer: { name: 'Ada' } } });
    }
    expect(seen.every((headers) => headers.authorization === undefined)).toBe(true);
    expect(await metrics()).toContain('gateway_capture_refused_total{rule="authorization"} 3');
    await expectNoHarm();
  });

  it('a header of a socket has no spaces around it, as over HTTP', async () => {
    const { gateway, seen } = await shop({ forward: ['authorization'] });
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = gateway.app.server.address() as { port: number };
    await askBySocket(port, { authorization: ' Bearer abc\t' });
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer abc']);
  });

  it.each(['..', '%2e%2e', '/', 'x'.repeat(10_000), '\ud800', 'a\0b', ';v=1'])('the key %j', async (cid) => {
    const { ask, expectNoHarm } = await shop();
    for (let n = 0; n < 3; n++) await ask('{ customer { name } }', { path: `/graphql?cid=${encodeURIComponent(cid.toWellFormed())}` });
    await expectNoHarm();
  });

  it.each(['..', '', '\ud800', '\0', '/../x', 'x'.repeat(10_000), '\r\nx: y'])('the argument %j', async (kind) => {
    const { ask, metrics } = await shop({ one: '/customers/{args.kind}/{key}' });
    const query = 'query ($kind: String) { customer { name(kind: $kind) } }';
    for (let n = 0; n < 3; n++) await ask(query, { path: '/graphql?cid=1', variables: { kind } });
    await ask('{ customer { name } }', { path: '/graphql?cid=1' });
    const { errors } = await ask('{ customer { name(kind: "retail") } }', { path: '/graphql?cid=2' });
    expect(errors).toEqual([]);
    const text = await metrics();
    for (const metric of ['failures_total', 'repeats_total', 'breaker_open'])
      expect(text).not.toMatch(new RegExp(`^gateway_source_${metric}\\{.*[1-9]$`, 'm'));
  });
});

describe('forward', () => {
  it.each(FORWARDED.slice(2))('refuses %s at start: it is of the connection, not of the client', (name) => {
    expect(() => httpAdapter({ baseUrl: 'http://127.0.0.1:1', key: 'crmId', one: '/{key}', forward: [name] })).toThrow(/forward/);
  });
});
