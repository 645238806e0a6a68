import { describe, expect, it } from 'vitest';
import { bearerClaim, cookie, handoff, header, issuedCookie, urlParameter } from '../../src/index.ts';
import { testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

const identifiers = {
  crmId: { class: 'person' as const, unique: true, capture: [bearerClaim('sub'), handoff('ct'), cookie('number'), urlParameter('cid')] },
  device: { class: 'device' as const, capture: [header('x-install-id', { assurance: 'RECOGNIZED' as const })] },
  agentOnly: { class: 'person' as const, capture: [header('x-caller', { from: 'AGENT', assurance: 'RECOGNIZED' })] },
  visitorId: { class: 'cookie' as const, capture: [issuedCookie('visitor')] },
};
const ID = '{ customer { id assurance } }';
const at = (touchpoint: string) => ({ headers: { 'x-touchpoint': touchpoint } });
const CHANNELS_WITH = ['WEB', 'EMAIL', 'SOCIAL', 'MESSAGING', 'OTHER'] as const;
const CHANNELS_WITHOUT = ['MOBILE', 'CALL_CENTRE', 'STORE'] as const;

function config(touchpoints: NonNullable<NonNullable<Parameters<typeof testGateway>[0]>['config']>['touchpoints']) {
  return { config: { identifiers, touchpoints } };
}

describe('visitors of a touchpoint', () => {
  it.each(CHANNELS_WITH)('are started on %s', async (channel) => {
    const { ask } = await testGateway(config({ here: { channel } }));
    const { data, cookie: issued } = await ask(ID, at('here'));
    expect([data.customer.assurance, issued]).toEqual(['ANONYMOUS', expect.stringMatching(/^visitor=/)]);
  });

  it.each(CHANNELS_WITHOUT)('are not started on %s, on any way to run an operation', async (channel) => {
    const { ask } = await testGateway(config({ here: { channel } }));
    const { data, cookie: issued } = await ask(ID, at('here'));
    expect([data.customer, issued]).toEqual([null, undefined]);
  });

  it('are what the owner says: visitors: true or false', async () => {
    const { ask } = await testGateway(
      config({ app: { channel: 'MOBILE', visitors: true }, kiosk: { channel: 'WEB', visitors: false }, web: { channel: 'WEB' } }),
    );
    expect((await ask(ID, at('app'))).data.customer.assurance).toBe('ANONYMOUS');
    expect((await ask(ID, at('kiosk'))).data.customer).toBeNull();
    expect((await ask(ID)).data.customer.assurance).toBe('ANONYMOUS');
  });

  it('who have their cookie already are recognised there, too', async () => {
    const { ask } = await testGateway(config({ web: { channel: 'WEB' }, app: { channel: 'MOBILE' } }));
    const first = await ask(ID, at('web'));
    const second = await ask(ID, { ...at('app'), cookie: first.cookie as string });
    expect(second.data.customer).toEqual({ id: first.data.customer.id, assurance: 'RECOGNIZED' });
  });

  it("are the matter of the request's own touchpoint, whatever touchpoint an interaction names", async () => {
    const { gateway } = await testGateway(config({ web: { channel: 'WEB' }, app: { channel: 'MOBILE' } }));
    const send = (own: string, named: string) =>
      gateway.app.inject({
        ...{ method: 'POST', url: '/interactions', headers: { 'x-touchpoint': own } },
        payload: [{ type: 'page_view', touchpoint: named }],
      });
    const fromApp = await send('app', 'web');
    expect([fromApp.statusCode, fromApp.json().accepted, fromApp.headers['set-cookie']]).toEqual([207, 0, undefined]);
    const fromWeb = await send('web', 'app');
    expect([fromWeb.statusCode, fromWeb.json().accepted]).toEqual([200, 1]);
    expect(String(fromWeb.headers['set-cookie'])).toMatch(/^visitor=/);
  });

  it('an interaction without anybody is rejected there, with the names of the rules that could prove one', async () => {
    const { ask, gateway } = await testGateway(config({ app: { channel: 'MOBILE' } }));
    const { data } = await ask(
      'mutation { captureInteractions(input: { interactions: [{ type: "open" }] }) { accepted rejected { code message } customer { id } } }',
      at('app'),
    );
    const expected = [{ code: 'INSUFFICIENT_ASSURANCE', message: expect.stringContaining('bearerClaim("sub")') }];
    expect(data.captureInteractions).toEqual({ accepted: 0, rejected: expected, customer: null });
    const [{ message }] = data.captureInteractions.rejected;
    for (const rule of ['handoff("ct")', 'header("x-install-id")', 'issuedCookie("visitor")']) expect(message).toContain(rule);
    for (const rule of ['x-caller', 'number', 'cid']) expect(message).not.toContain(rule);

    const post = (headers: Record<string, string>) =>
      gateway.app.inject({
        method: 'POST',
        url: '/interactions',
        headers: { 'x-touchpoint': 'app', ...headers },
        payload: [{ type: 'open' }],
      });
    expect((await post({})).json()).toMatchObject({ accepted: 0, rejected: [{ message }] });
    expect((await post({ 'x-install-id': 'install-1' })).json()).toMatchObject({ accepted: 1, rejected: [] });
    expect((await post({ authorization: `Bearer ${await signToken({ role: 'CUSTOMER', subject: '1' })}` })).json().accepted).toBe(1);
    const pixel = await gateway.app.inject({ url: '/pixel.gif?type=open', headers: { 'x-touchpoint': 'app' } });
    expect(pixel.headers['set-cookie']).toBeUndefined();
  });

  it('resetVisitor starts none there, and gives a fresh cookie in place of one that the request brought', async () => {
    const { ask } = await testGateway(config({ web: { channel: 'WEB' }, app: { channel: 'MOBILE' } }));
    const reset = 'mutation { resetVisitor { customer { id } } }';
    const without = await ask(reset, at('app'));
    expect([without.data, without.cookie]).toEqual([{ resetVisitor: { customer: null } }, undefined]);
    const { cookie: old } = await ask(ID, at('web'));
    const fresh = await ask(reset, { ...at('app'), cookie: old as string });
    expect([fresh.cookie, fresh.cookie === old]).toEqual([expect.stringMatching(/^visitor=/), false]);
  });
});
