import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TestGatewayOptions } from '../../support/gateway.ts';
import { desktopGateway } from './desktop-gateway.ts';

const PRODUCTION = { NODE_ENV: 'production' };

/** An issuer on this machine. A gateway reads its document in the background, so tests wait for what it says of it. @param answer what it sends as its discovery document; a text is sent as it is. */
async function issuerOf(answer: (issuer: string) => object | string | null) {
  let reads = 0;
  const listener: RequestListener = (request, response) => {
    if (request.url !== '/realms/shop/.well-known/openid-configuration') return void response.writeHead(404).end();
    reads++;
    const document = answer(issuer);
    // Null: it never answers.
    if (document === null) return;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(typeof document === 'string' ? document : JSON.stringify(document));
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `${origin}/realms/shop`;
  return { origin, issuer, reads: () => reads };
}

async function gatewayAt(issuer: string, options: TestGatewayOptions = {}) {
  const config = { viewers: { issuer, jwks: `${issuer}/keys` }, agentDesktop: { clientId: 'desktop' } };
  const made = await desktopGateway({ config, ...options });
  /** The origins, beside the gateway's own, to which the page may connect. */
  const connects = async () => {
    const policy = String((await made.get('/agent')).headers['content-security-policy']);
    const sources = /connect-src ([^;]*)/.exec(policy)?.[1]?.split(' ') ?? [];
    return sources.filter((source) => source !== "'self'" && !source.startsWith('ws'));
  };
  const warnings = () => made.log.filter((line) => line.includes('agentDesktop.clientId: '));
  return { ...made, connects, warnings };
}

describe('the page where agents sign in', () => {
  it('may connect to a token endpoint at another origin than the issuer', async () => {
    const { origin, issuer } = await issuerOf((own) => ({ issuer: own, token_endpoint: 'https://oauth2.login.example/token' }));
    const { connects, warnings } = await gatewayAt(issuer, { variables: PRODUCTION });
    await expect.poll(connects).toEqual([origin, 'https://oauth2.login.example']);
    expect(warnings()).toEqual([]);
  });

  it('names one origin once, and reads the document once for many pages', async () => {
    const { origin, issuer, reads } = await issuerOf((own) => ({ issuer: own, token_endpoint: `${own}/token` }));
    const { connects } = await gatewayAt(issuer);
    for (const _ of [1, 2, 3]) expect(await connects()).toEqual([origin]);
    expect(reads()).toBe(1);
  });

  it.each([
    ['every origin', 'https://*'],
    ['every port', 'https://login.example:*/token'],
    ['another directive', "https://a;script-src/'unsafe-inline'"],
    ['two sources', 'https://a,https://b/token'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/plain,token'],
    ['a page without TLS', 'http://login.example/token'],
    ['this machine, in production', 'http://127.0.0.1:9/token'],
    ['a path alone', '/token'],
    ['a number', 7],
    ['nothing', undefined],
  ])('gets no origin that a discovery document should not give: %s', async (_, endpoint) => {
    const { origin, issuer } = await issuerOf((own) => ({ issuer: own, token_endpoint: endpoint }));
    const { connects, warnings } = await gatewayAt(issuer, { variables: PRODUCTION });
    await expect.poll(() => warnings().length).toBe(1);
    expect(warnings()[0]).toContain('token_endpoint');
    expect(await connects()).toEqual([origin]);
  });

  it('may connect to a token endpoint on this machine in development', async () => {
    const { origin, issuer } = await issuerOf((own) => ({ issuer: own, token_endpoint: 'http://localhost:9/token' }));
    await expect.poll((await gatewayAt(issuer)).connects).toEqual([origin, 'http://localhost:9']);
  });

  it('is there when the issuer does not answer, and so is the gateway', async () => {
    const { origin, issuer } = await issuerOf(() => null);
    const { connects, gateway } = await gatewayAt(issuer);
    expect(await connects()).toEqual([origin]);
    // The reading ends with the gateway.
    await gateway.close();
  });

  it.each([
    ['is no JSON', 'maintenance'],
    ['is no object', '7'],
    ['is too long', JSON.stringify({ long: 'x'.repeat(300_000) })],
    ['is of another issuer', JSON.stringify({ issuer: 'https://other.example', token_endpoint: 'https://other.example/token' })],
  ])('finds the token endpoint later where the document at first %s', async (_, first) => {
    let at = Date.parse('2026-03-02T08:00:00Z');
    let document: string | null = first;
    const { origin, issuer, reads } = await issuerOf((own) => document ?? { issuer: own, token_endpoint: 'https://token.example/token' });
    const { connects, warnings } = await gatewayAt(issuer, { now: () => new Date(at) });
    await expect.poll(() => warnings().length).toBe(1);
    for (const _ of [1, 2]) expect(await connects()).toEqual([origin]);
    expect([reads(), warnings().length]).toEqual([1, 1]);
    document = null;
    at += 10_000;
    await expect.poll(connects).toEqual([origin, 'https://token.example']);
  });

  it.each(['down', '{"status":"maintenance"}'])(
    'keeps what it knows while the issuer answers %s, and takes what is new after an hour',
    async (down) => {
      let at = Date.parse('2026-03-02T08:00:00Z');
      let host: string | null = 'a.example';
      const { origin, issuer } = await issuerOf((own) => (host === null ? down : { issuer: own, token_endpoint: `https://${host}/token` }));
      const { connects, warnings } = await gatewayAt(issuer, { now: () => new Date(at) });
      await expect.poll(connects).toEqual([origin, 'https://a.example']);
      host = null;
      at += 3_600_000;
      await connects();
      await expect.poll(() => warnings().length).toBe(1);
      expect(await connects()).toEqual([origin, 'https://a.example']);
      host = 'b.example';
      at += 10_000;
      await connects();
      await expect.poll(connects).toEqual([origin, 'https://b.example']);
    },
  );

  it('is warned of at the start where viewers.issuer is not what the issuer calls itself', async () => {
    const { origin, issuer } = await issuerOf((own) => ({ issuer: `${own}/`, token_endpoint: 'https://token.example/token' }));
    const { connects, warnings } = await gatewayAt(issuer);
    await expect.poll(() => warnings().length).toBe(1);
    expect(await connects()).toEqual([origin]);
    expect(JSON.parse(warnings()[0] ?? '{}').msg).toBe(
      `agentDesktop.clientId: agents can't sign in: expected viewers.issuer to be what its discovery document calls itself, "${issuer}/", received "${issuer}"`,
    );
  });
});
