import { describe, expect, it } from 'vitest';
import { handoff, issuedCookie } from '../../src/index.ts';
import { type TestGatewayOptions, testGateway } from '../support/gateway.ts';

const TOKENS =
  'mutation ($recipients: [IdentifierInput!]!) { createRecipientTokens(input: { recipients: $recipients }) { tokens expiresAt } }';
const BY =
  'query ($i: IdentifierInput!) { customerByIdentifier(identifier: $i) { identifiers { type } interactions { edges { node { id type touchpoint properties source } } } } }';

async function mail(options: TestGatewayOptions = {}) {
  const config = { touchpoints: { newsletter: { channel: 'EMAIL' } }, ...options.config } as const;
  const gateway = await testGateway({ ...options, config });
  const open = async (parameters: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await gateway.gateway.app.inject({ url: `/pixel.gif?${new URLSearchParams(parameters)}`, headers });
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'image/gif']);
    expect(response.rawPayload.subarray(0, 6).toString()).toBe('GIF89a');
    expect(response.headers['cache-control']).toBe('private, no-store');
    return {
      status: response.statusCode,
      error: response.headers['x-error'],
      cookie: [response.headers['set-cookie'] ?? []].flat()[0]?.split(';')[0],
    };
  };
  const tokenFor = async (type: string, value: string) =>
    (await gateway.ask(TOKENS, { variables: { recipients: [{ type, value }] }, role: 'SERVICE' })).data.createRecipientTokens.tokens[0];
  const of = async (type: string, value: string) =>
    (await gateway.ask(BY, { variables: { i: { type, value } }, role: 'AGENT' })).data.customerByIdentifier;
  return { ...gateway, open, tokenFor, of };
}

describe('GET /pixel.gif', () => {
  it("puts an opened mail on its recipient's journey, by a token that says nothing of them", async () => {
    const { open, tokenFor, of, log } = await mail();
    const token = await tokenFor('email', 'Ada@Example.com');
    expect(Buffer.from(token.split('.').join(''), 'base64url').toString('latin1')).not.toContain('ada@');
    const opened = {
      type: 'email_open',
      touchpoint: 'newsletter',
      token,
      id: 'march',
      properties: '{"campaign":"spring"}',
      utm_source: 'x',
    };
    expect(await open(opened)).toMatchObject({ status: 200, error: undefined, cookie: undefined });
    expect((await open(opened)).status).toBe(200);
    expect((await of('email', 'ada@example.com')).interactions.edges).toEqual([
      { node: { id: 'march', type: 'email_open', touchpoint: 'newsletter', properties: { campaign: 'spring' }, source: 'recipientToken' } },
    ]);
    expect(log.join('')).not.toContain('ada@');
  });

  it('links nothing to the browser that opened the mail: it may have been passed on', async () => {
    const { open, tokenFor, of, ask } = await mail();
    const { cookie = '' } = await open({ type: 'page_view' });
    await open({ type: 'email_open', token: await tokenFor('email', 'ada@example.com') }, { cookie });
    expect((await of('email', 'ada@example.com')).identifiers).toEqual([{ type: 'email' }]);
    const { data } = await ask('{ customer { interactions { edges { node { type } } } } }', { cookie });
    expect(data.customer.interactions.edges).toEqual([{ node: { type: 'page_view' } }]);
  });

  it('makes a visitor of a page without script', async () => {
    const { open, ask } = await mail();
    const { cookie } = await open({ type: 'page_view', pageUrl: 'https://shop.example/a' });
    const { data } = await ask('{ customer { interactions { edges { node { type pageUrl } } } } }', { cookie });
    expect(data.customer.interactions.edges).toEqual([{ node: { type: 'page_view', pageUrl: 'https://shop.example/a' } }]);
  });

  it.each([
    { cid: '1' },
    { email: 'ada@example.com' },
    { identifiers: '[{"type":"crmId","value":"1"}]' },
    { pageUrl: 'https://shop.example/?cid=1' },
  ])('refuses an identifier that stands in the address: %o', async (identifier) => {
    const { open, of } = await mail();
    const { status, error } = await open({ type: 'x', ...identifier } as never);
    expect(status).toBe(200);
    expect(error).toMatch(/^BAD_USER_INPUT: expected token from createRecipientTokens, received (cid|email|identifiers): /);
    expect(await of('email', 'ada@example.com')).toBeNull();
  });

  it('takes one where the owner says so', async () => {
    const { open, of } = await mail({ config: { pixel: { plaintextIdentifiers: true } } });
    expect((await open({ type: 'x', cid: '1' })).status).toBe(200);
    expect((await of('crmId', '1')).interactions.edges).toHaveLength(1);
  });

  it('shows the picture, with the reason in a header, when something is wrong', async () => {
    const { open } = await mail();
    expect(await open({})).toMatchObject({ status: 200, error: 'BAD_USER_INPUT: type: expected string, received undefined' });
    expect(await open({ type: 'x', properties: '{' })).toMatchObject({
      status: 200,
      error: 'BAD_USER_INPUT: properties: expected a JSON object, received something that is no JSON',
    });
    expect((await open({ type: 'x', touchpoint: 'moon' })).error).toBe(
      'BAD_USER_INPUT: touchpoint: expected one of newsletter; received "moon"',
    );
    expect((await open({ type: 'x' }, { 'sec-gpc': '1' })).error).toMatch(/^FORBIDDEN: /);
  });

  it('counts a forged or expired token, and stores nothing for it', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const { open, tokenFor, gateway } = await mail({ now: () => now });
    const token = await tokenFor('crmId', '1');
    const forged = await open({ type: 'email_open', token: `${token}x` });
    expect(forged.error).toMatch(/^INSUFFICIENT_ASSURANCE: .*issuedCookie/);
    expect(forged.cookie).toBeUndefined();
    now = new Date('2026-03-31T23:59:59Z');
    expect((await open({ type: 'email_open', token })).status).toBe(200);
    now = new Date('2026-04-01T00:00:01Z');
    expect((await open({ type: 'email_open', token })).error).toMatch(/^INSUFFICIENT_ASSURANCE: /);
    expect((await gateway.app.inject('/metrics')).body).toContain('gateway_capture_refused_total{rule="recipientToken"} 2');
  });
});

describe('a recipient token', () => {
  const DELETE = 'mutation ($id: ID!) { eraseCustomer(input: { customerId: $id }) { complete } }';

  it('is good for the type that it was made for, and says nothing of its recipient', async () => {
    const { open, tokenFor, of } = await mail();
    const token = await tokenFor('email', 'ada@example.com');
    const other = await open({ type: 'purchase', properties: '{"total":99999}', token });
    expect(other).toMatchObject({
      status: 200,
      error: 'FORBIDDEN: type: expected email_open, for which the token was made, received "purchase"',
    });
    expect((await open({ type: 'email_open', attributes: '{"favouriteStore":"evil"}', token })).error).toMatch(/^FORBIDDEN: /);
    expect(await of('email', 'ada@example.com')).toBeNull();
  });

  it('brings nobody back who was erased after it was made', async () => {
    let now = new Date('2026-01-01T00:00:00Z');
    const { open, tokenFor, of, ask } = await mail({ now: () => now });
    const token = await tokenFor('email', 'ada@example.com');
    await open({ type: 'email_open', token });
    const { id } = (
      await ask('{ findIt: customerByIdentifier(identifier: { type: "email", value: "ada@example.com" }) { id } }', { role: 'AGENT' })
    ).data.findIt;
    now = new Date('2026-01-02T00:00:00Z');
    await ask(DELETE, { variables: { id }, role: 'ADMIN' });
    now = new Date('2026-01-03T00:00:00Z');
    expect((await open({ type: 'email_open', token })).error).toMatch(/^NOT_FOUND: /);
    expect(await of('email', 'ada@example.com')).toBeNull();
  });
});

describe('a foreign page', () => {
  it.each([
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' },
  ])("that shows the picture, or sends the browser there, writes nothing into the visitor's journey: %o", async (headers) => {
    const { open, ask } = await mail();
    const { cookie = '' } = await open({ type: 'own' });
    const foreign = await open(
      { type: 'purchase', attributes: '{"favouriteStore":"evil"}' },
      { ...(headers as never as Record<string, string>), cookie },
    );
    expect(foreign).toMatchObject({ status: 200, cookie: undefined });
    const { data } = await ask('{ customer { attributes { name } interactions { edges { node { type } } } } }', { cookie });
    expect(data.customer).toEqual({ attributes: [], interactions: { edges: [{ node: { type: 'own' } }] } });
  });

  it('uses up no handoff', async () => {
    const identifiers = { visitorId: { class: 'cookie', capture: [issuedCookie('visitor'), handoff('ct')] } } as const;
    const config = { identifiers, touchpoints: { web: { channel: 'WEB' } } } as const;
    const { ask, open } = await mail({ config, dataSources: {}, schema: 'type Customer { size: String @from(source: "captured") }' });
    const { cookie: giver } = await open({ type: 'x' });
    const { token } = (await ask('mutation { createHandoff(input: { touchpoint: "web" }) { token } }', { cookie: giver })).data
      .createHandoff;
    const { cookie: follower } = await open(
      { type: 'x', touchpoint: 'web' },
      { referer: `https://evil.example/?ct=${token}`, 'x-touchpoint': 'web' },
    );
    const at = { path: `/graphql?ct=${token}`, headers: { 'x-touchpoint': 'web' } };
    const { data } = await ask('{ customer { interactions { edges { node { type } } } } }', { cookie: follower, ...at });
    expect(data.customer.interactions.edges).toHaveLength(2);
  });

  it('is not asked by HEAD', async () => {
    const { gateway } = await mail();
    expect((await gateway.app.inject({ method: 'HEAD', url: '/pixel.gif?type=x' })).statusCode).toBe(404);
  });
});

describe('createRecipientTokens', () => {
  it('makes one for each recipient, for a SERVICE only', async () => {
    const { ask } = await mail();
    const recipients = [
      { type: 'email', value: 'ada@example.com' },
      { type: 'email', value: 'guest' },
    ];
    const { data } = await ask(TOKENS, { variables: { recipients }, role: 'SERVICE' });
    expect(data.createRecipientTokens.tokens).toEqual([expect.any(String), null]);
    expect((await ask(TOKENS, { variables: { recipients }, role: 'AGENT' })).codes).toEqual(['FORBIDDEN']);
    const many = Array.from({ length: 1_001 }, () => recipients[0]);
    expect((await ask(TOKENS, { variables: { recipients: many }, role: 'SERVICE' })).codes).toEqual(['BAD_USER_INPUT']);
  });
});
