import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { cookie, type GatewayConfigInput } from '../../../src/index.ts';
import { proxyTo } from '../../support/broken-servers.ts';
import { testGateway } from '../../support/gateway.ts';
import { isMissing, naming, ownName } from '../../support/services.ts';
import { signToken } from '../../support/tokens.ts';
import { TRANSPORTS } from '../../support/transports.ts';
import { PATIENTLY } from '../../support/waiting.ts';

type RateInput = NonNullable<NonNullable<GatewayConfigInput['limits']>['rate']>;

const QUERY = '{ customer { id } }';
const LIMITED = { code: 'RATE_LIMITED', retryAfter: expect.any(Number) };

/** An identifier that anybody can claim, and some can prove. */
const CLAIMED: GatewayConfigInput['identifiers'] = {
  crmId: { class: 'person', unique: true, capture: [cookie('proof', { assurance: 'RECOGNIZED' }), cookie('customer_id')] },
};

/** A clock that stands until it is moved. */
function clock() {
  let time = Date.now();
  const move = (seconds: number) => {
    time += seconds * 1_000;
  };
  return { now: () => new Date(time), move };
}

async function gatewayWith(rate: RateInput, config: Partial<GatewayConfigInput> = {}) {
  const { now, move } = clock();
  const tested = await testGateway({ config: { limits: { rate }, trustProxy: true, ...config }, now });
  return { ...tested, move };
}

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });

describe.each(Object.entries(TRANSPORTS))('a rate, by %s', (_, send) => {
  it.each(['address', 'viewer', 'identifier'] as const)('of one %s refuses the next operation', async (by) => {
    const { gateway } = await gatewayWith({ [by]: '2/10s' });
    const authorization = `Bearer ${await signToken({ role: 'CUSTOMER', subject: 'somebody' })}`;
    const asked = { gateway, headers: { authorization } };
    for (let sent = 0; sent < 2; sent++) expect(await send(asked, { query: QUERY })).toMatchObject({ errors: [] });
    const refused = await send(asked, { query: QUERY });
    expect(refused?.errors).toMatchObject([{ extensions: LIMITED }]);
    expect(refused?.errors[0]?.message).toContain(`expected at most 2 requests in 10 s for one ${by}`);
    expect(refused?.data).toBeUndefined();
    expect(refused?.status ?? 429).toBe(429);
  });
});

describe('a rate of an address', () => {
  it('begins anew when its window is over, as Retry-After says', async () => {
    const { gateway, move } = await gatewayWith({ address: '1/10s' });
    const ask = () => gateway.app.inject({ method: 'POST', url: '/graphql', payload: { query: QUERY } });
    expect((await ask()).statusCode).toBe(200);
    move(3.5);
    const refused = await ask();
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('7');
    expect(refused.json().errors[0].message).toBe('expected at most 1 request in 10 s for one address, received more; try again in 7 s');
    move(6.4);
    expect((await ask()).statusCode).toBe(429);
    move(0.1);
    expect((await ask()).statusCode).toBe(200);
  });

  it('is counted for each client behind a trusted proxy, and for a network of IPv6', async () => {
    const { ask } = await gatewayWith({ address: '1/10s' });
    const statuses = async (...addresses: string[]) => {
      const answers = [];
      for (const address of addresses) answers.push((await ask(QUERY, from(address))).status);
      return answers;
    };
    expect(await statuses('192.0.2.1', '192.0.2.2', '192.0.2.1', '::ffff:192.0.2.2')).toEqual([200, 200, 429, 429]);
    expect(await statuses('2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1')).toEqual([200, 429, 200]);
  });

  it('is not what a client without a trusted proxy says', async () => {
    const { ask } = await gatewayWith({ address: '1/10s' }, { trustProxy: false });
    expect((await ask(QUERY, from('192.0.2.1'))).status).toBe(200);
    expect((await ask(QUERY, from('192.0.2.2'))).status).toBe(429);
  });

  it('refuses before the body is read', async () => {
    const { gateway } = await gatewayWith({ address: '1/10s' });
    const send = (payload: string) =>
      gateway.app.inject({ method: 'POST', url: '/graphql', headers: { 'content-type': 'application/json' }, payload });
    expect((await send('{')).statusCode).toBe(400);
    expect((await send('{')).statusCode).toBe(429);
  });

  it('leaves probes, metrics and pages alone', async () => {
    const { gateway } = await gatewayWith({ address: '1/10s' });
    for (const url of ['/health/live', '/health/ready', '/metrics', '/tag.js']) {
      for (let sent = 0; sent < 3; sent++) expect((await gateway.app.inject(url)).statusCode).toBe(200);
    }
  });
});

describe('a rate of a viewer', () => {
  it('counts each subject and each role for itself, and no request without a token', async () => {
    const { ask } = await gatewayWith({ viewer: '1/10s' });
    expect((await ask(QUERY, { role: 'AGENT', subject: 'ann' })).status).toBe(200);
    expect((await ask(QUERY, { role: 'AGENT', subject: 'ann' })).status).toBe(429);
    expect((await ask(QUERY, { role: 'AGENT', subject: 'bob' })).status).toBe(200);
    expect((await ask(QUERY, { role: 'CUSTOMER', subject: 'ann' })).status).toBe(200);
    for (let sent = 0; sent < 3; sent++) expect((await ask(QUERY)).status).toBe(200);
  });
});

describe('a rate of an identifier', () => {
  it('holds from whichever address the identifier is claimed', async () => {
    const { ask } = await gatewayWith({ identifier: '1/10s' }, { identifiers: CLAIMED });
    expect((await ask(QUERY, { ...from('192.0.2.1'), cookie: 'customer_id=17850' })).status).toBe(200);
    expect((await ask(QUERY, { ...from('192.0.2.2'), cookie: 'customer_id=17850' })).status).toBe(429);
    expect((await ask(QUERY, { ...from('192.0.2.1'), cookie: 'customer_id=17851' })).status).toBe(200);
  });

  it('is not used up by somebody who only claims the identifier', async () => {
    const { ask } = await gatewayWith({ identifier: '1/10s' }, { identifiers: CLAIMED });
    for (let sent = 0; sent < 3; sent++) await ask(QUERY, { cookie: 'customer_id=17850' });
    expect((await ask(QUERY, { cookie: 'proof=17850; customer_id=17850' })).status).toBe(200);
    expect((await ask(QUERY, { cookie: 'proof=17850' })).status).toBe(429);
  });

  it('starts no visitor and uses up no handoff', async () => {
    const { ask } = await gatewayWith({ identifier: '5/10s' });
    expect((await ask('{ __typename }')).cookie).toBeUndefined();
  });
});

describe('each door', () => {
  const interaction = [{ type: 'view', id: 'a' }];

  it('answers in its own form', async () => {
    const { gateway } = await gatewayWith({ address: '1/10s' });
    expect((await gateway.app.inject('/pixel.gif?type=view')).statusCode).toBe(200);
    const posted = await gateway.app.inject({ method: 'POST', url: '/interactions', payload: interaction });
    expect(posted.statusCode).toBe(429);
    expect(posted.headers['retry-after']).toBe('10');
    expect(posted.json()).toMatchObject({ error: LIMITED });
    const pixel = await gateway.app.inject('/pixel.gif?type=view');
    expect([pixel.statusCode, pixel.headers['content-type']]).toEqual([200, 'image/gif']);
    expect(pixel.headers['x-error']).toMatch(/^RATE_LIMITED: /);
    const invalidated = await gateway.app.inject({ method: 'POST', url: '/invalidate', payload: {} });
    expect(invalidated.json()).toMatchObject({ error: LIMITED });
  });

  it('has a rate of its own where the configuration names it', async () => {
    const { gateway, ask } = await gatewayWith({ address: { graphql: '1/10s', interactions: '2/10s' } });
    const post = async () => (await gateway.app.inject({ method: 'POST', url: '/interactions', payload: interaction })).statusCode;
    expect([(await ask(QUERY)).status, (await ask(QUERY)).status]).toEqual([200, 429]);
    expect([await post(), await post(), await post()].map((status) => status === 429)).toEqual([false, false, true]);
    for (let sent = 0; sent < 3; sent++) {
      expect((await gateway.app.inject('/pixel.gif?type=view')).headers['x-error'] ?? '').not.toContain('RATE_LIMITED');
    }
  });

  it.each(['viewer', 'identifier'] as const)('counts by %s', async (by) => {
    const { gateway } = await gatewayWith({ [by]: '1/10s' });
    const authorization = `Bearer ${await signToken({ role: 'SERVICE', subject: '1' })}`;
    const send = (method: 'GET' | 'POST', url: string, payload?: object) =>
      gateway.app.inject({ method, url: `${url}?type=view&cid=7`, headers: { authorization }, payload });
    expect((await send('POST', '/interactions', interaction)).statusCode).not.toBe(429);
    expect((await send('POST', '/interactions', interaction)).statusCode).toBe(429);
    expect((await send('GET', '/pixel.gif')).headers['x-error']).toMatch(/^RATE_LIMITED: /);
    expect((await send('POST', '/invalidate', {})).statusCode).toBe(429);
  });

  it('counts what it refuses in a metric', async () => {
    const { gateway, ask } = await gatewayWith({ address: { graphql: '1/10s' } });
    await ask(QUERY);
    await ask(QUERY);
    const { body } = await gateway.app.inject('/metrics');
    expect(body).toContain('gateway_requests_refused_total{door="graphql",reason="address"} 1');
  });
});

describe('without limits.rate', () => {
  it('nothing is counted', async () => {
    const { ask } = await testGateway();
    for (let sent = 0; sent < 200; sent++) expect((await ask('{ __typename }')).status).toBe(200);
  });
});

it.each(['100', '0/10s', '100/0s', '1/500ms', '-1/1s', 'a/b', '1.5/1s'])('the rate %s is refused', async (text) => {
  await expect(testGateway({ config: { limits: { rate: { address: text as '1/1s' } } } })).rejects.toThrow(
    /limits\.rate\.address.*expected a rate such as '100\/10s'/s,
  );
});

describe.skipIf(isMissing('Redis'))(`with ${naming('Redis')}`, () => {
  const shared = 'redis://127.0.0.1:6379/9';
  /** Counted in Redis by nobody else: an address of the block for documentation. */
  const someone = () =>
    from(`2001:db8:${Math.floor(Math.random() * 0xffff).toString(16)}:${Math.floor(Math.random() * 0xffff).toString(16)}::1`);

  it('gateways share a rate', async () => {
    const one = await gatewayWith({ address: '5/60s' }, { shared });
    const other = await gatewayWith({ address: '5/60s' }, { shared });
    // Until the connections are there, each gateway counts for itself.
    await vi.waitFor(async () => {
      const client = someone();
      const statuses: number[] = [];
      for (let sent = 0; sent < 4; sent++) for (const { ask } of [one, other]) statuses.push((await ask(QUERY, client)).status);
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    }, PATIENTLY);
  });

  it('each gateway counts for itself while Redis is lost, and says so once', async () => {
    const proxy = await proxyTo(6379);
    const { ask, log } = await gatewayWith({ address: '2/60s' }, { shared: `redis://127.0.0.1:${proxy.port}/9` });
    await proxy.cut();
    // Within the first requests the loss is noticed, and what Redis counted before is unknown to the gateway.
    const client = someone();
    const statuses: number[] = [];
    for (let sent = 0; sent < 5; sent++) statuses.push((await ask(QUERY, client)).status);
    expect(statuses.slice(0, 2)).toEqual([200, 200]);
    expect(statuses.at(-1)).toBe(429);
    expect(log.filter((line) => line.includes('each process counts for itself'))).toHaveLength(1);
  });

  it('no identifier is in Redis', async () => {
    const redis = new Redis(shared);
    onTestFinished(() => redis.disconnect());
    const { ask } = await gatewayWith({ identifier: '5/60s' }, { shared, identifiers: CLAIMED });
    const value = ownName('customer');
    await vi.waitFor(async () => {
      await ask(QUERY, { cookie: `customer_id=${value}` });
      const names = await redis.keys('customer-profile-gateway:rate:identifier:*');
      expect(names.length).toBeGreaterThan(0);
      expect(names.filter((name) => name.includes(value))).toEqual([]);
    }, PATIENTLY);
  });
});
