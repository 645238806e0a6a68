import type { ServerResponse } from 'node:http';
import type { JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { bearerClaim, type GatewayConfigInput, issuedCookie } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';
import { startIssuer } from '../support/issuer.ts';
import { closedPort } from '../support/services.ts';

const WHO = '{ customer { id assurance identifiers { type value } } }';
const LOOK_UP = '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { name } }';
const START = new Date('2026-01-01T00:00:00Z');
const seconds = (date: Date) => Math.floor(date.getTime() / 1_000);

const IDENTIFIERS: GatewayConfigInput['identifiers'] = {
  crmId: { class: 'person', unique: true, capture: [bearerClaim('sub')] },
  email: { class: 'person', normalize: 'email', capture: [bearerClaim('email')] },
  phone: { class: 'person', normalize: 'phone', capture: [bearerClaim('phone_number')] },
  visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
};

/** A gateway whose tokens come from an issuer of its own, at a time that the test sets. */
async function withIssuer({ identifiers = IDENTIFIERS, roleClaim }: { identifiers?: typeof IDENTIFIERS; roleClaim?: string } = {}) {
  const issuer = await startIssuer();
  let now = START;
  const viewers = { jwks: issuer.jwks, ...(roleClaim !== undefined && { roleClaim }) };
  const test = await testGateway({ config: { identifiers, viewers }, now: () => now });
  const askAs = async (claims: JWTPayload, query = WHO) =>
    test.ask(query, { headers: { authorization: `Bearer ${await issuer.token(claims, now)}` } });
  const pass = (milliseconds: number) => {
    now = new Date(now.getTime() + milliseconds);
  };
  const metric = async (name: string) => {
    const { body } = await test.gateway.app.inject('/metrics');
    return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)$`, 'm').exec(body)?.[1] ?? 0);
  };
  return { ...test, issuer, askAs, pass, metric };
}

describe('an e-mail address or a phone number in a token', () => {
  const typesOf = (data: { customer: { identifiers: { type: string }[] } }) => data.customer.identifiers.map(({ type }) => type);

  it.each([
    ['email', { email: 'ada@x.io' }],
    ['email', { email: 'ada@x.io', email_verified: false }],
    ['email', { email: 'ada@x.io', email_verified: 'false' }],
    ['email', { email: 'ada@x.io', email_verified: 1 }],
    ['email', { email: 'ada@x.io', email_verified: ['true'] }],
    ['email', { email: 'ada@x.io', phone_number_verified: true }],
    ['phone', { phone_number: '+442079460001', phone_number_verified: false }],
    ['phone', { phone_number: '+442079460001', email_verified: true }],
  ])('makes nobody the %s owner without its verified claim: %j', async (type, claims) => {
    const { ask, askAs } = await withIssuer();
    const identifiers = [{ type, value: 'email' in claims ? claims.email : claims.phone_number }];
    const victim = await ask('mutation ($i: [IdentifierInput!]!) { identify(input: { identifiers: $i }) { customer { id } } }', {
      role: 'SERVICE',
      variables: { i: identifiers },
    });
    const thief = await askAs({ sub: 'thief', ...claims });
    expect(thief.data.customer.id).not.toBe(victim.data.identify.customer.id);
    expect(typesOf(thief.data)).toEqual(['crmId']);
    expect((await askAs(claims, '{ customer { assurance } }')).data.customer.assurance).toBe('CLAIMED');
  });

  it.each([
    ['email', { email: 'ada@x.io', email_verified: true }],
    // As Apple and Amazon Cognito write it.
    ['email', { email: 'ada@x.io', email_verified: 'true' }],
    ['phone', { phone_number: '+442079460001', phone_number_verified: true }],
  ])('proves the %s with it: %j', async (type, claims) => {
    const { askAs } = await withIssuer();
    const { data } = await askAs({ sub: '1', ...claims });
    expect([data.customer.assurance, typesOf(data)]).toEqual(['VERIFIED', ['crmId', type]]);
  });

  it("proves it without, where the owner says that the issuer verifies all; also at a lower assurance of the owner's", async () => {
    const always = { ...IDENTIFIERS, email: { class: 'person' as const, capture: [bearerClaim('email', { verified: 'always' })] } };
    const { askAs } = await withIssuer({ identifiers: always });
    expect((await askAs({ email: 'ada@x.io' })).data.customer.assurance).toBe('VERIFIED');
    const lower = { ...IDENTIFIERS, email: { class: 'person' as const, capture: [bearerClaim('email', { assurance: 'RECOGNIZED' })] } };
    const other = await withIssuer({ identifiers: lower });
    const query = '{ customer { assurance } }';
    expect((await other.askAs({ email: 'ada@x.io' }, query)).data.customer.assurance).toBe('CLAIMED');
    expect((await other.askAs({ email: 'ada@x.io', email_verified: true }, query)).data.customer.assurance).toBe('RECOGNIZED');
  });

  it.each([[true], [1.5], [['1']], [{ id: 1 }], [null], ['null'], ['{{ user.id }}']])('names nobody by a claim that is %j', async (sub) => {
    const identifiers = { crmId: { class: 'person' as const, capture: [bearerClaim('number')] } };
    const { askAs } = await withIssuer({ identifiers });
    expect((await askAs({ number: sub })).data).toEqual({ customer: null });
  });
});

describe('a token that does not name its key', () => {
  it('is good by any key of its issuer, and by none of a stranger', async () => {
    const { issuer, ask, askAs } = await withIssuer();
    await issuer.rotate({ keepOld: true, withoutId: true });
    const assurance = '{ customer { assurance } }';
    expect((await askAs({ sub: '1' }, assurance)).data.customer.assurance).toBe('VERIFIED');
    expect((await askAs({ sub: '1', nbf: seconds(START) + 3_600 }, assurance)).data.customer.assurance).toBe('ANONYMOUS');
    const stranger = await startIssuer();
    await stranger.rotate({ withoutId: true });
    const authorization = `Bearer ${await stranger.token({ sub: '1' }, START)}`;
    expect((await ask(assurance, { headers: { authorization } })).data.customer.assurance).toBe('ANONYMOUS');
  });
});

describe("the issuer's clock", () => {
  const assurance = '{ customer { assurance } }';

  it.each([
    ['not before', 'nbf', 59, 'VERIFIED'],
    ['not before', 'nbf', 62, 'ANONYMOUS'],
    ['issued at', 'iat', 59, 'VERIFIED'],
    ['issued at', 'iat', 62, 'ANONYMOUS'],
    ['expires', 'exp', -58, 'VERIFIED'],
    ['expires', 'exp', -61, 'ANONYMOUS'],
  ])('may differ by a minute: %s (%s) %i s from now is %s', async (_, claim, offset, expected) => {
    const { askAs } = await withIssuer();
    expect((await askAs({ sub: '1', [claim]: seconds(START) + offset }, assurance)).data.customer.assurance).toBe(expected);
  });
});

describe('the role in a token', () => {
  it.each<[string, JWTPayload]>([
    ['realm_access.roles', { realm_access: { roles: ['offline_access', 'agent'] } }],
    ['resource_access.gateway.roles', { resource_access: { gateway: { roles: 'openid agent' } } }],
    ['https://shop.example/roles', { 'https://shop.example/roles': ['AGENT'] }],
    ['realm_access.roles', { 'realm_access.roles': 'agent', realm_access: { roles: ['service'] } }],
  ])('is read at %s', async (roleClaim, claims) => {
    const { askAs } = await withIssuer({ roleClaim });
    const { data, codes } = await askAs(
      { sub: 'summer', ...claims },
      '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { notes } }',
    );
    expect([codes, data.customerByIdentifier.notes]).toEqual([[], 'likes tea']);
  });

  it('lets a viewer do what any of its roles may', async () => {
    const { askAs } = await withIssuer({});
    const desk = { sub: 'summer', scope: 'openid admin agent' };
    const { data } = await askAs(desk, '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id notes } }');
    expect(data.customerByIdentifier.notes).toBe('likes tea');
    const erase = `mutation { eraseCustomer(input: { customerId: "${data.customerByIdentifier.id}" }) { complete } }`;
    expect((await askAs({ ...desk, scope: 'agent' }, erase)).errors[0]?.message).toBe(
      "eraseCustomer is for SERVICE and ADMIN, the token's role is AGENT",
    );
    expect((await askAs(desk, erase)).data.eraseCustomer).toEqual({ complete: true });
    const documents = 'mutation { createRecipientTokens(input: { recipients: [] }) { tokens } }';
    expect((await askAs(desk, documents)).errors[0]?.message).toBe(
      "createRecipientTokens is for SERVICE, the token's roles are AGENT and ADMIN",
    );
  });

  it.each<JWTPayload>([
    {},
    { realm_access: null },
    { realm_access: 'roles' },
    { realm_access: { roles: { agent: true } } },
    { realm_access: { roles: [['agent']] } },
  ])('is a customer for %j', async (claims) => {
    const { askAs } = await withIssuer({ roleClaim: 'realm_access.roles' });
    expect((await askAs({ sub: 'summer', ...claims }, LOOK_UP)).codes).toEqual(['FORBIDDEN']);
  });
});

describe('keys that cannot be fetched', () => {
  const FAILURES: [string, (response: ServerResponse) => void][] = [
    ['500', (response) => response.writeHead(500).end('no')],
    ['no JSON', (response) => response.writeHead(200).end('<html>')],
    ['no keys', (response) => response.writeHead(200).end('{"keys":7}')],
    ['a redirect', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['a closed connection', (response) => response.destroy()],
  ];

  it.each(FAILURES)('for %s: a token counts as none, is counted, logged once a minute, and said', async (_, fail) => {
    const { issuer, ask, askAs, pass, metric, log } = await withIssuer();
    issuer.answerWith(fail);
    const answer = await askAs({ sub: '1', email: 'secret.person@x.io' }, '{ customer { assurance } }');
    expect([answer.status, answer.data.customer.assurance]).toEqual([200, 'ANONYMOUS']);
    const refused = await askAs({ sub: 'summer', scope: 'agent' }, LOOK_UP);
    expect(refused.codes).toEqual(['UNAUTHENTICATED']);
    expect(refused.errors[0]?.message).toMatch(/issuer's keys can't be fetched; try again/);
    // Without a token, the message is the usual one.
    expect((await ask(LOOK_UP)).errors[0]?.message).toMatch(/send a valid bearer token/);
    for (let time = 0; time < 10; time++) {
      pass(5_000);
      await askAs({ sub: '1' });
    }
    expect(await metric('gateway_issuer_keys_failures_total')).toBe(issuer.fetches());
    expect(await metric('gateway_capture_refused_total')).toBe(12);
    const lines = () => log.filter((line) => line.includes('viewers.jwks'));
    expect(lines()).toHaveLength(1);
    pass(60_000);
    await askAs({ sub: '1' });
    expect(lines()).toHaveLength(2);
    expect(log.join('')).not.toContain('secret.person');
    expect(log.join('')).not.toContain('eyJ');
    expect(log.join('')).not.toContain('"INTERNAL"');
  });

  it('for nobody who listens: the same', async () => {
    const issuer = await startIssuer();
    const config = { identifiers: IDENTIFIERS, viewers: { jwks: `http://127.0.0.1:${await closedPort()}/jwks` } };
    const { ask } = await testGateway({ config });
    const answer = await ask(LOOK_UP, { headers: { authorization: `Bearer ${await issuer.token({ scope: 'agent' })}` } });
    expect([answer.status, answer.codes]).toEqual([200, ['UNAUTHENTICATED']]);
  });

  it("are asked for again when the gateway's clock, which was fast, is put right", async () => {
    const { issuer, askAs, pass } = await withIssuer();
    const assurance = async () => (await askAs({ sub: '1' })).data.customer.assurance;
    issuer.answerWith((response) => response.writeHead(503).end());
    expect(await assurance()).toBe('ANONYMOUS');
    issuer.answerWith();
    pass(-3_600_000);
    expect(await assurance()).toBe('VERIFIED');
    await issuer.rotate();
    pass(-3_600_000);
    expect(await assurance()).toBe('VERIFIED');
  });

  it('are not read without end', async () => {
    const { issuer, askAs, metric } = await withIssuer();
    const keys = await (await fetch(issuer.jwks)).text();
    issuer.answerWith((response) => response.end(keys + ' '.repeat(1_000_000)));
    expect((await askAs({ sub: '1' })).data.customer.assurance).toBe('ANONYMOUS');
    expect(await metric('gateway_issuer_keys_failures_total')).toBe(1);
  });

  it('are asked for with a pause that grows to 30 s, and at once when that is over', async () => {
    const { issuer, askAs, pass } = await withIssuer();
    issuer.answerWith((response) => response.writeHead(503).end());
    const triedAt: number[] = [];
    for (let second = 0; second <= 62; second++) {
      const before = issuer.fetches();
      await askAs({ sub: '1' }, '{ __typename }');
      if (issuer.fetches() > before) triedAt.push(second);
      pass(1_000);
    }
    expect(triedAt).toEqual([0, 1, 3, 7, 15, 31, 61]);
    issuer.answerWith();
    pass(30_000);
    expect((await askAs({ sub: '1' })).data.customer.assurance).toBe('VERIFIED');
  });

  it('go on serving once they were there, for as long as it takes', async () => {
    const { issuer, askAs, pass, metric } = await withIssuer();
    expect((await askAs({ sub: '1' })).data.customer.assurance).toBe('VERIFIED');
    issuer.answerWith((response) => response.writeHead(500).end());
    for (let day = 0; day < 5; day++) {
      pass(24 * 3_600_000);
      expect((await askAs({ sub: '1' })).data.customer.assurance).toBe('VERIFIED');
    }
    expect(await metric('gateway_capture_refused_total')).toBe(0);
  });

  it('are fetched once for all who need them at the same time', async () => {
    const { issuer, askAs } = await withIssuer();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => askAs({ sub: `c${index}` })));
    expect(new Set(answers.map(({ data }) => data.customer.assurance))).toEqual(new Set(['VERIFIED']));
    expect(issuer.fetches()).toBe(1);
  });

  it('that are new are found', async () => {
    const { issuer, askAs, pass } = await withIssuer();
    await askAs({ sub: '1' });
    await issuer.rotate();
    pass(30_000);
    expect((await askAs({ sub: '1' })).data.customer.assurance).toBe('VERIFIED');
    expect(issuer.fetches()).toBe(2);
  });

  it('that nobody has make it look again at most once in 30 s', async () => {
    const { issuer, ask, askAs, pass } = await withIssuer();
    await askAs({ sub: '1' });
    const stranger = await startIssuer();
    await stranger.rotate();
    const authorization = `Bearer ${await stranger.token({ sub: '1' }, new Date('2030-01-01'))}`;
    for (let time = 0; time < 12; time++) {
      pass(5_000);
      const { data } = await ask('{ customer { assurance } }', { headers: { authorization } });
      expect(data.customer.assurance).toBe('ANONYMOUS');
    }
    expect(issuer.fetches()).toBe(3);
  });
});

describe('a token that is not taken', () => {
  const viewers = { issuer: 'https://login.example/', audience: 'profile' };
  const good = { iss: viewers.issuer, aud: viewers.audience, sub: 'tom', scope: 'agent' };
  const world = async () => {
    const issuer = await startIssuer();
    const test = await testGateway({ config: { identifiers: IDENTIFIERS, viewers: { ...viewers, jwks: issuer.jwks } } });
    const askWith = (token: string) => test.ask(LOOK_UP, { headers: { authorization: `Bearer ${token}` } });
    return { issuer, askWith, askAs: async (claims: JWTPayload) => askWith(await issuer.token(claims)) };
  };

  it.each([
    ['another audience', { aud: 'other' }, 'its claim "aud" is not viewers.audience'],
    ['no audience', { aud: undefined }, 'it has no claim "aud", which is compared with viewers.audience'],
    ['another program', { aud: undefined, client_id: 'other' }, 'it has no claim "aud", which is compared with viewers.audience'],
    ['an issuer without its slash', { iss: 'https://login.example' }, 'its claim "iss" is not viewers.issuer'],
    ['no issuer', { iss: undefined }, 'it has no claim "iss", which is compared with viewers.issuer'],
    ['its time over', { exp: 1 }, 'it is over (its claim "exp")'],
  ])('says why, and nothing of what it has: %s', async (_, claims, why) => {
    const { askAs } = await world();
    const { codes, errors } = await askAs({ ...good, ...claims });
    expect(codes).toEqual(['UNAUTHENTICATED']);
    expect(errors[0]?.message).toContain(`the one that came is refused: ${why}`);
    expect(errors[0]?.message).not.toMatch(/other|login\.example/);
  });

  it('says the same of every one without the signature, whatever its claims', async () => {
    const { askAs, askWith, issuer } = await world();
    const forged = await (await startIssuer()).token({ ...good, aud: 'other' });
    expect((await askWith(forged)).errors[0]?.message).toContain('no key of viewers.jwks has signed it');
    expect((await askWith('ya29.opaque')).errors[0]?.message).toContain('it is no signed JWT');
    expect((await askAs(good)).codes).toEqual([]);
    expect(issuer.fetches()).toBeGreaterThan(0);
  });

  it('is not one for the program that is named as the audience, where the issuer names no API', async () => {
    const { askAs } = await world();
    expect((await askAs({ ...good, aud: undefined, client_id: 'profile' })).codes).toEqual([]);
    // The API counts where there is one.
    expect((await askAs({ ...good, aud: 'other', client_id: 'profile' })).codes).toEqual(['UNAUTHENTICATED']);
  });
});
