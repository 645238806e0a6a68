import { type IncomingHttpHeaders, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { cookie, handoff, header, issuedCookie, urlParameter } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';

const WHO = '{ customer { id identifiers { type value } } }';
const RAISED = { assurance: 'RECOGNIZED' } as const;
const config = {
  identifiers: {
    crmId: {
      class: 'person' as const,
      unique: true,
      capture: [handoff('ct'), cookie('number', RAISED), urlParameter('cid', RAISED), header('x-number', RAISED)],
    },
    phone: { class: 'person' as const, normalize: 'phone' as const, region: 'GB', capture: [cookie('phone', RAISED)] },
    visitorId: { class: 'cookie' as const, capture: [issuedCookie('visitor')] },
  },
};
const crmIdOf = ({ data }: { data: { customer: { identifiers: { type: string; value: string }[] } | null } }) =>
  data.customer?.identifiers.find(({ type }) => type === 'crmId')?.value;

describe('of several values in one place the first usable one counts', () => {
  it.each([
    ['two cookies', { cookie: 'number=null; number=17850; number=2' }],
    ['a cookie that is empty, and one in quotes', { cookie: 'number=; number="17850"' }],
    ['a cookie in quotes, percent-encoded', { cookie: 'number="%317850"' }],
    ['a cookie with broken percent-encoding behind', { cookie: 'number=17850; number=100%' }],
    ['two parameters', { path: '/graphql?cid=&cid=%7B%7Bid%7D%7D&cid=17850&cid=2' }],
    ["one of the page's parameters", { path: '/graphql?cid=null', headers: { referer: 'https://shop.example/?cid=undefined&cid=17850' } }],
    ['a header that a proxy joined', { headers: { 'x-number': 'null, 17850,2' } }],
  ])('%s', async (_, options) => {
    const { ask } = await testGateway({ config });
    expect(crmIdOf(await ask(WHO, options))).toBe('17850');
  });

  it('two headers, as they came', async () => {
    const { gateway } = await testGateway({ config });
    await gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = gateway.app.server.address() as { port: number };
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'x-number': ['(null)', '17850'] };
      const sent = request(
        { port, host: '127.0.0.1', path: '/graphql', method: 'POST', headers: headers as IncomingHttpHeaders },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve(text));
        },
      );
      sent.on('error', reject).end(JSON.stringify({ query: WHO }));
    });
    expect(crmIdOf(JSON.parse(answer))).toBe('17850');
  });

  it('a value that the type does not accept', async () => {
    const { ask } = await testGateway({ config });
    const { data } = await ask(WHO, { cookie: 'phone=call me; phone="020 7946 0001"' });
    expect(data.customer.identifiers).toEqual([{ type: 'phone', value: '+442079460001' }]);
  });

  it.each([
    ['before ours', (ours: string) => `visitor=GA1.2.123; ${ours}`],
    ['empty, before ours', (ours: string) => `visitor=; ${ours}`],
    ['behind ours', (ours: string) => `${ours}; visitor=GA1.2.123`],
    ['nowhere, and ours in quotes', (ours: string) => ours.replace(/=(.*)/, '="$1"')],
  ])("a foreign cookie of the visitor cookie's name stands %s", async (_, cookies) => {
    const { ask, gateway } = await testGateway({ config });
    const first = await ask('{ customer { id } }');
    const again = await ask('{ customer { id assurance } }', { cookie: cookies(first.cookie as string) });
    expect(again.data.customer).toEqual({ id: first.data.customer.id, assurance: 'RECOGNIZED' });
    expect(again.cookie).toBeUndefined();
    expect((await gateway.app.inject('/metrics')).body).not.toContain('gateway_capture_refused_total{');
  });

  it('a handoff behind one that is worth nothing', async () => {
    const touchpoints = { app: { channel: 'MOBILE' as const } };
    const { ask } = await testGateway({ config: { ...config, touchpoints } });
    const create = 'mutation { createHandoff(input: { touchpoint: "app" }) { token } }';
    const { token } = (await ask(create, { path: '/graphql?cid=1' })).data.createHandoff;
    const { token: next } = (await ask(create, { path: '/graphql?cid=2' })).data.createHandoff;
    const open = (path: string) => ask(WHO, { path, headers: { 'x-touchpoint': 'app' } });
    expect(crmIdOf(await open(`/graphql?ct=worth.nothing&ct=${token}&ct=${next}`))).toBe('1');
    // The one behind it was not used up.
    expect(crmIdOf(await open(`/graphql?ct=${token}&ct=${next}`))).toBe('2');
  });

  it('an issued cookie with something after its signature is none', async () => {
    const { ask } = await testGateway({ config });
    const { cookie: issued } = await ask('{ customer { id } }');
    for (const spoiled of [`${issued}.x`, `${issued}=`, `${issued}x`]) {
      expect((await ask('{ customer { assurance } }', { cookie: spoiled })).data.customer.assurance).toBe('ANONYMOUS');
    }
  });
});
