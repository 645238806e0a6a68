import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtDesktop, desktopGateway, ELEMENT, PAGE, SCRIPT } from './desktop-gateway.ts';

const SHOP = 'https://shop.example';
const EMBEDDERS = { agentDesktop: { embedders: ['https://crm.example', 'https://desk.example:8443'] } };
/** The directives of an answer's policy. */
const policyOf = (headers: Record<string, unknown>) =>
  Object.fromEntries(
    String(headers['content-security-policy'])
      .split('; ')
      .map((each) => [each.split(' ')[0], each.split(' ').slice(1).join(' ')]),
  );

describe('the page of the agent desktop', () => {
  it('loads files of the gateway only, and is in no frame', async () => {
    const { get } = await desktopGateway({ config: EMBEDDERS });
    const answer = await get('/agent');
    expect([answer.statusCode, answer.body, answer.headers['content-type']]).toEqual([200, PAGE, 'text/html; charset=utf-8']);
    expect(policyOf(answer.headers)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'connect-src': "'self' ws://localhost:4000 wss://localhost:4000",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
    expect(answer.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
  });

  it('is in frames of the embedders alone at /agent/embed', async () => {
    const { get } = await desktopGateway({ config: EMBEDDERS });
    const { headers, body } = await get('/agent/embed');
    expect(body).toBe(PAGE);
    expect(policyOf(headers)).toMatchObject({ 'script-src': "'self'", 'frame-ancestors': 'https://crm.example https://desk.example:8443' });
    expect(headers['x-frame-options']).toBeUndefined();
  });

  it('is not there for frames without embedders', async () => {
    const { get } = await desktopGateway();
    const answer = await get('/agent/embed');
    expect([answer.statusCode, answer.json().error]).toEqual([
      404,
      { code: 'NOT_FOUND', message: expect.stringContaining('expected its origin in agentDesktop.embedders') },
    ]);
  });

  it('may connect to the issuer where agents sign in', async () => {
    const viewers = { issuer: 'https://login.example/realms/shop', jwks: 'https://login.example/keys' };
    const { get } = await desktopGateway({ config: { viewers, agentDesktop: { clientId: 'desktop' } } });
    expect(policyOf((await get('/agent')).headers)['connect-src']).toMatch(/ https:\/\/login\.example$/);
  });

  it.each([
    ['another header', "a; script-src 'unsafe-inline'"],
    ['two sources', 'a b'],
    ['no port', 'a:b'],
  ])('takes no host of a client into its policy that is none: %s', async (_, host) => {
    const { get } = await desktopGateway();
    expect(policyOf((await get('/agent', { host })).headers)).toMatchObject({ 'script-src': "'self'", 'connect-src': "'self'" });
  });

  it('has one address: one with a slash leads to it, with what is asked for', async () => {
    const { get } = await desktopGateway();
    const { statusCode, headers } = await get('/agent/?identifier=phone:%2B44');
    expect([statusCode, headers.location, headers['cache-control']]).toEqual([308, '/agent?identifier=phone:%2B44', 'no-store']);
  });

  it('says what to run where it is not built, and is there when it was built', async () => {
    const folder = builtDesktop();
    rmSync(join(folder, 'index.html'));
    const { get } = await desktopGateway({ desktopFolder: folder });
    const missing = await get('/agent');
    expect([missing.statusCode, missing.headers['cache-control']]).toEqual([503, 'no-store']);
    expect(missing.body).toContain('npm run build:agent-desktop');
    expect(policyOf(missing.headers)['default-src']).toBe("'none'");
    writeFileSync(join(folder, 'index.html'), PAGE);
    expect((await get('/agent')).body).toBe(PAGE);
  });

  it('is the newest that was built', async () => {
    const folder = builtDesktop();
    const { get } = await desktopGateway({ desktopFolder: folder });
    await get('/agent');
    writeFileSync(join(folder, 'assets', 'index-3c4d.js'), 'newer');
    writeFileSync(join(folder, 'index.html'), 'newer');
    utimesSync(join(folder, 'index.html'), new Date(), new Date(Date.now() + 5_000));
    expect((await get('/agent')).body).toBe('newer');
    expect((await get('/agent/assets/index-3c4d.js')).body).toBe('newer');
  });

  it.each(['/agent', '/agent/assets/index-1a2b.js', '/agent/settings.json'])('answers HEAD: %s', async (url) => {
    const { gateway } = await desktopGateway();
    const answer = await gateway.app.inject({ method: 'HEAD', url });
    expect([answer.statusCode, answer.body]).toEqual([200, '']);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
  });
});

describe('files of the agent desktop', () => {
  it('are kept for ever, in the smallest form that a client takes, as the build compressed them', async () => {
    const { get } = await desktopGateway();
    for (const coding of ['br', 'gzip'] as const) {
      const answer = await get('/agent/assets/index-1a2b.js', { 'accept-encoding': coding === 'br' ? 'gzip, br' : 'gzip' });
      expect(answer.headers).toMatchObject({
        'content-encoding': coding,
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        'cross-origin-resource-policy': 'same-origin',
        vary: expect.stringContaining('Accept-Encoding'),
      });
      const again = await get('/agent/assets/index-1a2b.js', {
        'accept-encoding': coding === 'br' ? 'gzip, br' : 'gzip',
        'if-none-match': String(answer.headers.etag),
      });
      expect([again.statusCode, again.body]).toEqual([304, '']);
    }
    expect((await get('/agent/assets/index-1a2b.js')).body).toBe(SCRIPT);
    expect((await get('/agent/assets/index-1a2b.css')).headers['content-type']).toBe('text/css; charset=utf-8');
  });

  it.each([
    '../secret.js',
    '..%2fsecret.js',
    '%2e%2e/secret.js',
    '..%5csecret.js',
    '..%2f..%2fsecret.js',
    'index-1a2b.js.br',
    'index-1a2b.js%00',
    './index-1a2b.js',
    'constructor',
    '__proto__',
    '',
  ])('are those that the build wrote, and no other: %s', async (name) => {
    const { get } = await desktopGateway();
    const answer = await get(`/agent/assets/${name}`);
    expect(answer.body).not.toBe('secret');
    if (name !== './index-1a2b.js') expect([400, 404]).toContain(answer.statusCode);
  });

  it('of another folder of the build are not served', async () => {
    const { get } = await desktopGateway();
    for (const path of ['/agent/index.html', '/agent/secret.js', '/agent/persisted-documents.json'])
      expect((await get(path)).statusCode).toBe(404);
  });

  it('are for pages of every site where it is the script of the element', async () => {
    const { get } = await desktopGateway();
    const { body, headers } = await get('/agent/customer-profile.js', { origin: 'https://crm.example' });
    expect(body).toBe(ELEMENT);
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' });
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });
});

describe('a page of a touchpoint', () => {
  it.each([
    ['GET', '/agent'],
    ['GET', '/agent/settings.json'],
    ['GET', '/agent/profile.json'],
    ['GET', '/agent/assets/index-1a2b.js'],
    ['POST', '/agent/sign-in'],
    ['OPTIONS', '/agent/profile.json'],
    ['OPTIONS', '/agent/sign-in'],
  ] as const)('may not read what the desktop reads: %s %s', async (method, url) => {
    const { gateway } = await desktopGateway({ config: { touchpoints: { web: { channel: 'WEB', origins: [SHOP] } } } });
    const headers = { origin: SHOP, 'access-control-request-method': 'POST' };
    const answer = await gateway.app.inject({ method, url, headers });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    // The same origin may ask GraphQL.
    const asked = await gateway.app.inject({ method: 'OPTIONS', url: '/graphql', headers });
    expect(asked.headers['access-control-allow-origin']).toBe(SHOP);
  });
});
