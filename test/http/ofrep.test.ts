import { OFREPProvider } from '@openfeature/ofrep-provider';
import { OpenFeature } from '@openfeature/server-sdk';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { GatewayConfigInput } from '../../src/index.ts';
import { ADA, idOf, offerGateway, respond, see } from '../offers/offer-gateway.ts';
import { signToken } from '../support/tokens.ts';

const GOLD = { when: 'customer.tier == "GOLD"', priority: 5, content: { en: { title: 'Gold' }, de: { title: 'Für Gold' } } };
const placements = {
  home: { fallback: 'welcome', min: 'ANONYMOUS' },
  side: { min: 'ANONYMOUS' },
  desk: { viewers: ['AGENT', 'SERVICE'] },
} satisfies GatewayConfigInput['placements'];
const offers = { gold: GOLD, welcome: { placements: ['side'], when: 'locale == "never"' }, call: { placements: ['desk'] } };
const FLAGS = '/ofrep/v1/evaluate/flags';

async function opened() {
  const made = await offerGateway({ placements, offers });
  const evaluate = async (path: string, { payload = {}, headers = {} }: { payload?: object | string; headers?: object } = {}) =>
    made.gateway.app.inject({
      ...{ method: 'POST', url: `${FLAGS}${path}` },
      ...{ payload, headers: { 'content-type': 'application/json', ...headers } },
    });
  const bearer = async (role: 'CUSTOMER' | 'AGENT' | 'SERVICE', subject = '1') => ({
    authorization: `Bearer ${await signToken({ role, subject })}`,
  });
  return { ...made, evaluate, bearer };
}

describe("OpenFeature's published client", () => {
  async function clientOf(headers: Record<string, string>) {
    const made = await opened();
    await made.gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = made.gateway.app.server.address() as { port: number };
    await OpenFeature.setProviderAndWait(
      'offers',
      new OFREPProvider({ baseUrl: `http://127.0.0.1:${port}`, headers: Object.entries(headers) as [string, string][] }),
    );
    onTestFinished(() => OpenFeature.close());
    return { ...made, client: OpenFeature.getClient('offers') };
  }

  it('evaluates a placement: its value is the content of the first offer, its variant the name, with the token beside it', async () => {
    const { authorization } = { authorization: `Bearer ${await signToken({ role: 'CUSTOMER', subject: '1' })}` };
    const { client, ...gateway } = await clientOf({ authorization });
    const details = await client.getObjectDetails('home', { title: 'default' }, { locale: 'de-AT' });
    expect(details).toMatchObject({ value: { title: 'Für Gold' }, variant: 'gold', reason: 'TARGETING_MATCH' });
    const { id, token } = details.flagMetadata as { id: string; token: string };
    expect(id).toMatch(/^[\w-]{22}:gold$/);
    expect(await respond(gateway, ADA, { token, response: 'PRESENTED' })).toBe('COUNTED');
    const missing = await client.getObjectDetails('hero', { title: 'default' });
    expect(missing).toMatchObject({ value: { title: 'default' }, errorCode: 'FLAG_NOT_FOUND' });
  });

  it('evaluates for the customer whom a service names', async () => {
    const { client, ...gateway } = await clientOf({ authorization: `Bearer ${await signToken({ role: 'SERVICE', subject: 'mailer' })}` });
    await see(gateway, ADA);
    const id = await idOf(gateway, ADA);
    for (const targetingKey of ['crmId:1', id]) {
      expect(await client.getObjectValue('home', {}, { targetingKey })).toEqual({ title: 'Gold' });
    }
    expect(await client.getObjectDetails('home', {}, { targetingKey: 'crmId:2' })).toMatchObject({ variant: 'welcome', reason: 'DEFAULT' });
    expect(await client.getObjectDetails('home', {}, { targetingKey: 'someone' })).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
  });
});

describe('POST /ofrep/v1/evaluate/flags/{placement}', () => {
  it('answers the fallback with the reason DEFAULT, and no value where there is no offer', async () => {
    const { evaluate } = await opened();
    const home = await evaluate('/home');
    expect([home.statusCode, home.json()]).toEqual([
      200,
      { key: 'home', reason: 'DEFAULT', variant: 'welcome', value: { title: 'welcome' }, metadata: expect.any(Object) },
    ]);
    expect([home.headers['cache-control'], home.headers['x-content-type-options']]).toEqual(['no-store', 'nosniff']);
    const side = await evaluate('/side');
    expect([side.statusCode, side.json()]).toEqual([200, { key: 'side', reason: 'DEFAULT' }]);
  });

  it('ignores the targeting key of a customer, who can name nobody else', async () => {
    const { evaluate, bearer } = await opened();
    const context = { targetingKey: 'crmId:1' };
    expect((await evaluate('/home', { payload: { context } })).json().variant).toBe('welcome');
    expect((await evaluate('/home', { payload: { context }, headers: await bearer('CUSTOMER', '2') })).json().variant).toBe('welcome');
  });

  it('recognises a visitor by the cookie that it sets', async () => {
    const { evaluate } = await opened();
    expect((await evaluate('/home')).headers['set-cookie']).toMatch(/^visitor=/);
  });

  it('answers mistakes with the error codes of OpenFeature', async () => {
    const { evaluate } = await opened();
    const answers = await Promise.all([
      evaluate('/hero'),
      evaluate('/home', { payload: '{"context":' }),
      evaluate('/home', { payload: '[]' }),
      evaluate('/home', { payload: { context: 7 } }),
      evaluate('/home', { payload: { context: { locale: 7 } } }),
      evaluate('', { payload: '{"context":' }),
    ]);
    expect(answers.map((answer) => [answer.statusCode, answer.json().key, answer.json().errorCode])).toEqual([
      [404, 'hero', 'FLAG_NOT_FOUND'],
      [400, 'home', 'PARSE_ERROR'],
      [400, 'home', 'INVALID_CONTEXT'],
      [400, 'home', 'INVALID_CONTEXT'],
      [400, 'home', 'INVALID_CONTEXT'],
      [400, undefined, 'PARSE_ERROR'],
    ]);
    for (const answer of answers) expect(answer.json().errorDetails).toMatch(/\w/);
  });

  it('refuses placements of other viewers, and pages of foreign origins', async () => {
    const { evaluate, bearer } = await opened();
    expect((await evaluate('/desk')).statusCode).toBe(401);
    expect((await evaluate('/desk', { headers: await bearer('CUSTOMER') })).statusCode).toBe(403);
    expect((await evaluate('/home', { headers: { origin: 'https://evil.example' } })).statusCode).toBe(403);
  });
});

describe('POST /ofrep/v1/evaluate/flags', () => {
  it('evaluates all placements that the viewer may ask for, and is not modified while they are the same', async () => {
    const { evaluate, bearer } = await opened();
    const headers = await bearer('CUSTOMER');
    const first = await evaluate('', { headers });
    expect(first.json().flags.map(({ key, variant }: { key: string; variant?: string }) => [key, variant])).toEqual([
      ['home', 'gold'],
      ['side', undefined],
    ]);
    const { etag } = first.headers as { etag: string };
    expect(etag).toMatch(/^"[\w-]+"$/);
    // Clients keep the tag themselves; no cache keeps what is personal.
    expect(first.headers['cache-control']).toBe('private, no-store');
    for (const known of [etag, `"other", W/${etag}`, '*']) {
      const again = await evaluate('', { headers: { ...headers, 'if-none-match': known } });
      expect([again.statusCode, again.body, again.headers.etag]).toEqual([304, '', etag]);
    }
    const other = await evaluate('', { headers: { ...(await bearer('CUSTOMER', '2')), 'if-none-match': etag } });
    expect(other.statusCode).toBe(200);
  });
});
