import { describe, expect, it } from 'vitest';
import { startIssuer } from '../../support/issuer.ts';
import { signToken } from '../../support/tokens.ts';
import { desktopGateway } from './desktop-gateway.ts';

const OIDC = {
  viewers: { issuer: 'https://login.example/', jwks: 'https://login.example/keys' },
  agentDesktop: { clientId: 'desktop', scope: 'openid agent', audience: 'https://profile.example' },
} as const;
const PRODUCTION = { variables: { NODE_ENV: 'production' } };

describe('how agents sign in', () => {
  it('is a list of invented agents in development', async () => {
    const { get } = await desktopGateway();
    const { signIn, embedders } = (await get('/agent/settings.json')).json();
    expect([signIn.kind, embedders]).toEqual(['local', []]);
    const roles = signIn.agents.map((agent: { roles: string[] }) => agent.roles.join(' '));
    expect(roles.sort()).toEqual(['agent', 'agent', 'agent admin']);
  });

  it('is OpenID Connect where the desktop has an id at the issuer', async () => {
    for (const options of [{}, PRODUCTION]) {
      const { get, signIn } = await desktopGateway({ config: OIDC, ...options });
      expect((await get('/agent/settings.json')).json().signIn).toEqual({
        kind: 'oidc',
        issuer: 'https://login.example/',
        clientId: 'desktop',
        scope: 'openid agent',
        audience: 'https://profile.example',
      });
      expect((await signIn()).statusCode).toBe(404);
    }
  });

  it('is nothing in production without it', async () => {
    const { get, signIn } = await desktopGateway(PRODUCTION);
    expect((await get('/agent/settings.json')).json().signIn).toBeNull();
    expect((await signIn()).statusCode).toBe(404);
  });

  it('is kept in no cache', async () => {
    const { get, signIn } = await desktopGateway();
    const authorization = `Bearer ${await signToken({ role: 'AGENT', subject: 'tom' })}`;
    for (const answer of [await get('/agent/settings.json'), await signIn(), await get('/agent/profile.json', { authorization })]) {
      expect(answer.statusCode).toBe(200);
      expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' });
    }
  });
});

describe('local sign-in', () => {
  it('gives a token of eight hours, with which the agent works', async () => {
    const now = new Date('2026-03-02T08:00:00Z');
    const { signIn, get } = await desktopGateway({ now: () => now });
    const { token, expiresAt } = (await signIn({ agent: 'amira-lindqvist' })).json();
    expect(expiresAt).toBe('2026-03-02T16:00:00.000Z');
    expect((await get('/agent/profile.json', { authorization: `Bearer ${token}` })).statusCode).toBe(200);
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    expect(claims).toEqual({ scope: 'agent', sub: 'amira-lindqvist', iat: now.getTime() / 1_000, exp: Date.parse(expiresAt) / 1_000 });
  });

  it('gives the roles, issuer and audience that the gateway expects of tokens', async () => {
    const { jwks } = await startIssuer();
    const viewers = { issuer: 'https://login.example', audience: 'profile', jwks, roleClaim: 'roles' };
    const { signIn, get } = await desktopGateway({ config: { viewers } });
    const { token } = (await signIn({ agent: 'ruth-okafor' })).json();
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    expect(claims).toMatchObject({ iss: 'https://login.example', aud: 'profile', roles: 'agent admin' });
    expect((await get('/agent/profile.json', { authorization: `Bearer ${token}` })).statusCode).toBe(200);
  });

  it.each([
    ['from another machine', { remoteAddress: '192.0.2.7' }],
    ['by another name, as after DNS rebinding', { headers: { host: 'attacker.example:4000', origin: 'http://attacker.example:4000' } }],
    ['by the address of this machine in a network', { headers: { host: '192.0.2.1:4000' } }],
    ['through a proxy', { headers: { 'x-forwarded-for': '192.0.2.7' } }],
    ['through a proxy that says it otherwise', { headers: { forwarded: 'for=192.0.2.7' } }],
    ['through a tunnel', { headers: { 'x-real-ip': '192.0.2.7' } }],
    ['through a tunnel that names the host of its clients', { headers: { 'x-forwarded-host': 'demo.example' } }],
    ['through a tunnel that names their scheme', { headers: { 'x-forwarded-proto': 'https' } }],
    ['through a cache', { headers: { via: '1.1 cache' } }],
    ['through a network of caches', { headers: { 'cf-connecting-ip': '192.0.2.7' } }],
    ['by a page of another site', { headers: { origin: 'https://evil.example' } }],
    ['by a page of another site, whose origin is hidden', { headers: { origin: 'null' } }],
    ['by a page of another port', { headers: { origin: 'http://localhost:4201' } }],
    ['as a request across sites', { headers: { 'sec-fetch-site': 'cross-site' } }],
    ['as a request across origins of a site', { headers: { 'sec-fetch-site': 'same-site' } }],
    ['as a navigation', { headers: { 'sec-fetch-site': 'none' } }],
  ])('gives nothing %s', async (_, more) => {
    const { signIn } = await desktopGateway({ config: { touchpoints: { web: { channel: 'WEB', origins: ['http://localhost:4201'] } } } });
    const answer = await signIn({ agent: 'tom-hale' }, more);
    expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'FORBIDDEN']);
    expect(answer.body).not.toContain('eyJ');
  });

  it('gives nothing behind a trusted proxy to a client of another machine, which is not offered it either', async () => {
    const { signIn, get } = await desktopGateway({ config: { trustProxy: 1 } });
    const forwarded = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-host': 'localhost:4000' };
    expect((await signIn(undefined, { headers: forwarded })).statusCode).toBe(403);
    expect((await get('/agent/settings.json', forwarded)).json().signIn).toBeNull();
    expect((await signIn(undefined, { headers: { ...forwarded, 'x-forwarded-for': '127.0.0.1' } })).statusCode).toBe(200);
  });

  it.each([
    ['a tunnel on this machine, where only other proxies are trusted', ['10.0.0.0/8'], { 'x-forwarded-for': '192.0.2.7' }],
    ['a trusted proxy that names its client by another header', 1, { 'x-real-ip': '192.0.2.7' }],
  ])('gives nothing through %s', async (_, trustProxy, headers) => {
    const { signIn } = await desktopGateway({ config: { trustProxy } });
    expect((await signIn(undefined, { headers })).statusCode).toBe(403);
    expect((await signIn()).statusCode).toBe(200);
  });

  it('is not offered where it gives nothing', async () => {
    const { gateway, get } = await desktopGateway();
    expect((await get('/agent/settings.json', { host: 'attacker.example' })).json().signIn).toBeNull();
    const far = await gateway.app.inject({ url: '/agent/settings.json', headers: { host: 'localhost' }, remoteAddress: '192.0.2.7' });
    expect(far.json().signIn).toBeNull();
  });

  it.each([
    ['its own page', { origin: 'http://localhost:4000', 'sec-fetch-site': 'same-origin' }],
    ['a program', {}],
  ])('is for %s', async (_, headers) => {
    const { signIn } = await desktopGateway();
    expect((await signIn(undefined, { headers })).statusCode).toBe(200);
  });

  it.each([
    ['nobody', {}],
    ['an unknown agent', { agent: 'mallory' }],
    ['a role', { agent: 'tom-hale', roles: ['admin'] }],
    ['a list', ['tom-hale']],
    ['a text', '"tom-hale"'],
  ])('names the agents for a body with %s', async (_, body) => {
    const { signIn } = await desktopGateway();
    const answer = await signIn(body);
    expect([answer.statusCode, answer.json().error]).toEqual([
      400,
      { code: 'BAD_USER_INPUT', message: expect.stringContaining('tom-hale, amira-lindqvist, ruth-okafor') },
    ]);
  });

  it('reads no form, and no text that is sent without asking first', async () => {
    const { signIn } = await desktopGateway();
    expect((await signIn('agent=tom-hale', { headers: { 'content-type': 'application/x-www-form-urlencoded' } })).statusCode).toBe(415);
    expect((await signIn('{"agent":"tom-hale"}', { headers: { 'content-type': 'text/plain' } })).statusCode).toBe(400);
  });

  it('counts towards the rates of the client', async () => {
    const { signIn } = await desktopGateway({ config: { limits: { rate: { address: '2/1h' } } } });
    const statuses = [];
    for (const _ of [1, 2, 3]) statuses.push((await signIn()).statusCode);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('what the desktop gets to know of the schema', () => {
  it.each([
    ['nobody', undefined, 401, 'UNAUTHENTICATED'],
    ['a customer', 'CUSTOMER', 403, 'FORBIDDEN'],
    ['a service', 'SERVICE', 403, 'FORBIDDEN'],
    ['an agent', 'AGENT', 200, undefined],
  ] as const)('is for agents: %s', async (_, role, status, code) => {
    const { get } = await desktopGateway();
    const token = role && (await signToken({ role, subject: '1' }));
    const answer = await get('/agent/profile.json', token === undefined ? {} : { authorization: `Bearer ${token}` });
    expect([answer.statusCode, answer.json().error?.code]).toEqual([status, code]);
    if (status !== 200) expect(answer.body).not.toContain('facts');
  });

  it('says to an agent without the role where it is read', async () => {
    const { jwks, token } = await startIssuer();
    const { get } = await desktopGateway({ config: { viewers: { jwks, roleClaim: 'realm_access.roles' } } });
    const authorization = `Bearer ${await token({ sub: 'tom', realm_access: { roles: ['clerk'] } })}`;
    const answer = await get('/agent/profile.json', { authorization });
    expect([answer.statusCode, answer.json().error]).toEqual([
      403,
      {
        code: 'FORBIDDEN',
        message:
          '/agent/profile.json is for AGENT, the token\'s role is CUSTOMER; roles are read from the claim "realm_access.roles" (viewers.roleClaim)',
      },
    ]);
  });

  it('counts towards the rates of the viewer', async () => {
    const { get } = await desktopGateway({ config: { limits: { rate: { viewer: '1/1h' } } } });
    const authorization = `Bearer ${await signToken({ role: 'AGENT', subject: 'tom' })}`;
    expect((await get('/agent/profile.json', { authorization })).statusCode).toBe(200);
    const refused = await get('/agent/profile.json', { authorization });
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([429, '3600']);
  });
});
