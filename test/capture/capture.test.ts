import { describe, expect, it } from 'vitest';
import { cookie, handoff, header, issuedCookie, urlParameter } from '../../src/index.ts';
import { IDENTIFIERS, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

const WHO = '{ customer { id assurance name identifiers { type value } } }';
const ID = '{ customer { id assurance } }';

describe('capture', () => {
  it('recognises a customer by a URL parameter that the owner raised', async () => {
    const { ask } = await testGateway();
    const { data } = await ask(WHO, { path: '/graphql?cid=1' });
    expect(data.customer).toMatchObject({ assurance: 'RECOGNIZED', name: 'Ada', identifiers: [{ type: 'crmId', value: '1' }] });
  });

  it("reads a URL parameter off the page's address, too", async () => {
    const { ask } = await testGateway();
    const { data } = await ask(WHO, { headers: { referer: 'https://shop.example/p?cid=2' } });
    expect(data.customer.name).toBe('Ben');
  });

  it("verifies a customer by their token's claim", async () => {
    const { ask } = await testGateway();
    const { data } = await ask('{ customer { assurance name email } }', { role: 'CUSTOMER', subject: '1' });
    expect(data.customer).toEqual({ assurance: 'VERIFIED', name: 'Ada', email: 'ada@example.com' });
  });

  it("does not take an agent for the customer whose number is the agent's own", async () => {
    const { ask } = await testGateway();
    const { data } = await ask(ID, { role: 'AGENT', subject: '1' });
    expect(data.customer).toBeNull();
  });

  it('takes the first usable rule of a type: a token before a parameter', async () => {
    const { ask } = await testGateway();
    const { data } = await ask(WHO, { role: 'CUSTOMER', subject: '2', path: '/graphql?cid=1' });
    expect(data.customer.name).toBe('Ben');
  });

  it('passes over a blocked value to the next rule', async () => {
    const identifiers = {
      crmId: {
        class: 'person' as const,
        capture: [cookie('number', { assurance: 'RECOGNIZED' }), urlParameter('cid', { assurance: 'RECOGNIZED' })],
      },
    };
    const { ask } = await testGateway({ config: { identifiers } });
    const { data } = await ask(WHO, { cookie: 'number=undefined', path: '/graphql?cid=1' });
    expect(data.customer.name).toBe('Ada');
  });

  it.each([
    ['a plain cookie', cookie('number'), { cookie: 'number=1' }],
    ['a URL parameter', urlParameter('number'), { path: '/graphql?number=1' }],
    ['a header', header('x-number'), { headers: { 'x-number': '1' } }],
  ])('gives %s CLAIMED only, which shows nothing', async (_, rule, request) => {
    const { ask } = await testGateway({ config: { identifiers: { crmId: { class: 'person', capture: [rule] } } } });
    const { data, codes } = await ask('{ customer { assurance name } }', request);
    expect(data.customer).toEqual({ assurance: 'CLAIMED', name: null });
    expect(codes).toEqual(['INSUFFICIENT_ASSURANCE']);
  });

  it('reads a header from agents only, where the rule says so', async () => {
    const identifiers = { crmId: { class: 'person' as const, capture: [header('x-caller-number', { from: 'AGENT' })] } };
    const { ask } = await testGateway({ config: { identifiers } });
    const headers = { 'x-caller-number': '1' };
    expect((await ask(ID, { headers })).data.customer).toBeNull();
    expect((await ask(ID, { headers, role: 'AGENT' })).data.customer.assurance).toBe('CLAIMED');
  });
});

describe('a visitor', () => {
  it('is anonymous first, recognised with the cookie, and has the same id', async () => {
    const { ask } = await testGateway();
    const first = await ask(ID);
    expect(first.data.customer.assurance).toBe('ANONYMOUS');
    const second = await ask(ID, { cookie: first.cookie as string });
    expect(second.data.customer).toEqual({ id: first.data.customer.id, assurance: 'RECOGNIZED' });
    expect(second.cookie).toBeUndefined();
  });

  it('gets a cookie that scripts cannot read and that needs TLS outside localhost', async () => {
    const { gateway } = await testGateway();
    const answer = (host: string) => gateway.app.inject({ method: 'POST', url: '/graphql', headers: { host }, payload: { query: ID } });
    const far = String((await answer('profile.example')).headers['set-cookie']);
    expect(far).toMatch(/; HttpOnly/);
    expect(far).toMatch(/; SameSite=Lax/);
    expect(far).toMatch(/; Secure/);
    expect(String((await answer('localhost:4000')).headers['set-cookie'])).not.toMatch(/Secure/);
  });

  it('is not started by a request that asks for no customer, nor by an agent', async () => {
    const { ask } = await testGateway();
    expect((await ask('{ __typename }')).cookie).toBeUndefined();
    expect((await ask(ID, { role: 'AGENT' })).cookie).toBeUndefined();
  });

  it.each(['', 'garbage', '0b9b2c4e-6f5e-4c1a-9a55-2c1f0a5b7d11', '0b9b2c4e-6f5e-4c1a-9a55-2c1f0a5b7d11.AAAA', '%00', 'a.b.c'])(
    'with the forged cookie %j is a new visitor, counted',
    async (value) => {
      const { ask, gateway } = await testGateway();
      const { status, data, cookie: issued } = await ask(ID, { cookie: `visitor=${value}` });
      expect([status, data.customer.assurance]).toEqual([200, 'ANONYMOUS']);
      expect(issued).toMatch(/^visitor=/);
      const metrics = (await gateway.app.inject('/metrics')).body;
      expect(metrics).toContain('gateway_capture_refused_total{rule="issuedCookie:visitor"} 1');
    },
  );

  it('with a cookie of another name of ours is a new visitor', async () => {
    const identifiers = { a: { class: 'cookie' as const, capture: [issuedCookie('a')] }, crmId: { class: 'person' as const } };
    const { ask } = await testGateway({ config: { identifiers } });
    const issued = (await ask(ID)).cookie as string;
    const other = await testGateway({ config: { identifiers: { ...identifiers, a: { class: 'cookie', capture: [issuedCookie('b')] } } } });
    expect((await other.ask(ID, { cookie: issued.replace(/^a=/, 'b=') })).data.customer.assurance).toBe('ANONYMOUS');
  });
});

describe('a bearer token', () => {
  it.each([
    ['malformed', () => 'not-a-token'],
    ['unsigned', () => `${btoa('{"alg":"none"}')}.${btoa('{"sub":"1","exp":9999999999}')}.`],
    ['forged', () => signToken({ role: 'AGENT', subject: '1', secret: 'another-secret-0123456789' })],
    ['expired', () => signToken({ role: 'AGENT', subject: '1', expires: 1 })],
  ])('that is %s counts as none', async (_, token) => {
    const { ask, gateway } = await testGateway();
    const headers = { authorization: `Bearer ${await token()}` };
    expect((await ask(ID, { headers })).data.customer.assurance).toBe('ANONYMOUS');
    expect((await ask('{ customerByIdentifier(identifier: {type: "crmId", value: "1"}) { id } }', { headers })).codes).toEqual([
      'UNAUTHENTICATED',
    ]);
    expect((await gateway.app.inject('/metrics')).body).toContain('gateway_capture_refused_total{rule="authorization"} 2');
  });

  it('made for development is not believed in production', async () => {
    const { ask } = await testGateway({ variables: { NODE_ENV: 'production' } });
    expect((await ask('{ customerByIdentifier(identifier: {type: "crmId", value: "1"}) { id } }', { role: 'AGENT' })).codes).toEqual([
      'UNAUTHENTICATED',
    ]);
  });
});

describe('a handoff', () => {
  const config = {
    identifiers: {
      ...IDENTIFIERS,
      crmId: { ...IDENTIFIERS.crmId, class: 'person' as const, capture: [handoff('ct'), ...(IDENTIFIERS.crmId?.capture ?? [])] },
    },
    touchpoints: { web: { channel: 'WEB' as const, origins: ['https://shop.example'] }, app: { channel: 'MOBILE' as const } },
  };
  const CREATE = 'mutation { createHandoff(input: { touchpoint: "app", url: "https://app.example/start?x=1" }) { token url expiresAt } }';
  const at = (touchpoint: string, token: string) => ({ path: `/graphql?ct=${token}`, headers: { 'x-touchpoint': touchpoint } });

  it.each([
    ...['https://evil.example/', 'https://shop.example@evil.example/', 'https://shop.example.evil.example/', 'http://shop.example/'],
    ...['https://shop.example:444/', 'javascript:alert(1)', 'data:text/html,x', 'blob:https://shop.example/1'],
  ])('goes to no page that is not of its touchpoint, such as %s', async (url) => {
    const { ask } = await testGateway({ config });
    const create = 'mutation ($url: URL) { createHandoff(input: { touchpoint: "web", url: $url }) { token url } }';
    const { data, errors, codes } = await ask(create, { role: 'CUSTOMER', subject: '1', variables: { url } });
    expect([data, codes]).toEqual([{ createHandoff: null }, ['BAD_USER_INPUT']]);
    expect(errors[0]?.message).toMatch(/^url: expected a page of https:\/\/shop\.example; received one of \S+$/);
    expect(
      (await ask(create, { role: 'CUSTOMER', subject: '1', variables: { url: 'https://shop.example/a?b' } })).data.createHandoff.url,
    ).toMatch(/a\?b&ct=/);
  });

  it('brings the customer along, once, to its touchpoint only', async () => {
    const { ask } = await testGateway({ config });
    const { createHandoff } = (await ask(CREATE, { path: '/graphql?cid=1' })).data;
    expect(createHandoff.url).toBe(`https://app.example/start?x=1&ct=${createHandoff.token}`);
    expect((await ask(WHO, at('web', createHandoff.token))).data.customer).toMatchObject({ assurance: 'ANONYMOUS', identifiers: null });
    expect((await ask(WHO, at('app', createHandoff.token))).data.customer).toMatchObject({ name: 'Ada', assurance: 'RECOGNIZED' });
    expect((await ask(ID, at('app', createHandoff.token))).data.customer).toBeNull();
  });

  it('shows nothing to a person who sees the link', async () => {
    const { ask } = await testGateway({ config });
    const { token } = (await ask(CREATE, { path: '/graphql?cid=1234567' })).data.createHandoff;
    const parts = String(token)
      .split('.')
      .map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect(parts.join(' ')).not.toContain('1234567');
  });

  it('is worth nothing after five minutes', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const { ask } = await testGateway({ config, now: () => now });
    const { token } = (await ask(CREATE, { path: '/graphql?cid=1' })).data.createHandoff;
    now = new Date('2026-01-01T00:05:01Z');
    expect((await ask(ID, at('app', token))).data.customer).toBeNull();
  });

  it('is not given to a visitor nobody knows', async () => {
    const { ask } = await testGateway({ config });
    expect((await ask(CREATE)).codes).toEqual(['INSUFFICIENT_ASSURANCE']);
  });
});

describe('personal data', () => {
  it('is in no log line and no metric', async () => {
    const { ask, gateway, log } = await testGateway();
    await ask(WHO, {
      path: '/graphql?cid=77123456&email=secret.person@example.com',
      headers: { referer: 'https://shop.example/?cid=77123456' },
    });
    await ask('mutation { identify(input: { identifiers: [{ type: "email", value: "secret.person@example.com" }] }) { outcome } }', {
      path: '/graphql?cid=77123456',
    });
    const shown = log.join('') + (await gateway.app.inject('/metrics')).body;
    expect(log.length).toBeGreaterThan(0);
    expect(shown).not.toContain('77123456');
    expect(shown).not.toContain('secret.person');
  });
});
