import { describe, expect, it } from 'vitest';
import { consentOf } from '../../src/capture/consent.ts';
import { issuedCookie, urlParameter } from '../../src/index.ts';
import { type TestGateway, testGateway } from '../support/gateway.ts';
import { signToken } from '../support/tokens.ts';

const REFUSES = { 'sec-gpc': '1' };
const RECORD = { type: 'seen', attributes: { favouriteStore: 'Leeds' } };
const KEPT = '{ customer { favouriteStore interactions(first: 10) { edges { node { type } } } } }';
const CAPTURE = 'mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted rejected { code } } }';
const IDENTIFY = 'mutation ($i: IdentifyInput!) { identify(input: $i) { outcome linked { type } customer { favouriteStore } } }';
const ADA = { role: 'CUSTOMER', subject: '1' } as const;

type Send = (gateway: TestGateway, headers: Record<string, string>) => Promise<unknown>;

/** Every door by which a browser can have something stored. */
const DOORS: Readonly<Record<string, Send>> = {
  'POST /interactions': ({ gateway }, headers) => gateway.app.inject({ method: 'POST', url: '/interactions', payload: [RECORD], headers }),
  '/pixel.gif': ({ gateway }, headers) =>
    gateway.app.inject({ url: `/pixel.gif?type=seen&attributes=${encodeURIComponent(JSON.stringify(RECORD.attributes))}`, headers }),
  captureInteractions: ({ ask }, headers) => ask(CAPTURE, { headers, variables: { i: { interactions: [RECORD] } } }),
  'identify with attributes': ({ ask }, headers) =>
    ask(IDENTIFY, { headers, variables: { i: { identifiers: [], attributes: RECORD.attributes } } }),
};

describe.each(Object.entries(DOORS))('%s', (name, send) => {
  const stores = name.startsWith('identify') ? [] : [{ node: { type: 'seen' } }];

  it('stores nothing of a browser that asks not to be tracked', async () => {
    const opened = await testGateway();
    const authorization = `Bearer ${await signToken(ADA)}`;
    await send(opened, { authorization, ...REFUSES });
    expect((await opened.ask(KEPT, ADA)).data.customer).toEqual({ favouriteStore: null, interactions: { edges: [] } });
    await send(opened, { authorization });
    expect((await opened.ask(KEPT, ADA)).data.customer).toEqual({ favouriteStore: 'Leeds', interactions: { edges: stores } });
  });
});

describe('a browser that asks not to be tracked', () => {
  it('has its records rejected by captureInteractions as by the other doors', async () => {
    const { ask, gateway } = await testGateway();
    const { data } = await ask(CAPTURE, { ...ADA, headers: REFUSES, variables: { i: { interactions: [RECORD, RECORD] } } });
    expect(data.captureInteractions).toEqual({ accepted: 0, rejected: [{ code: 'FORBIDDEN' }, { code: 'FORBIDDEN' }] });
    expect((await gateway.app.inject('/metrics')).body).toContain('gateway_interactions_total{outcome="rejected"} 2');
  });

  it('is still recognised, and its proven identifiers are linked', async () => {
    const { ask } = await testGateway({
      config: {
        identifiers: {
          crmId: { class: 'person', unique: true, capture: [urlParameter('cid', { assurance: 'VERIFIED' })] },
          visitorId: { class: 'cookie', capture: [issuedCookie('visitor')] },
        },
      },
    });
    const { cookie } = await ask('{ customer { id } }', { headers: REFUSES });
    const { data } = await ask('{ customer { assurance identifiers { type } } }', {
      ...{ path: '/graphql?cid=1', headers: REFUSES, cookie: cookie as string },
    });
    expect(data.customer).toEqual({ assurance: 'VERIFIED', identifiers: [{ type: 'crmId' }, { type: 'visitorId' }] });
  });

  it('of an agent says nothing about the customer', async () => {
    const { ask } = await testGateway();
    const interactions = [{ ...RECORD, identifiers: [{ type: 'crmId', value: '1' }] }];
    await ask(CAPTURE, { role: 'AGENT', headers: REFUSES, variables: { i: { interactions } } });
    expect((await ask(KEPT, ADA)).data.customer.favouriteStore).toBe('Leeds');
  });
});

describe('what consent allows', () => {
  const of = (gpc: string | undefined, role: 'CUSTOMER' | 'AGENT' = 'CUSTOMER') =>
    consentOf({ headers: { 'sec-gpc': gpc }, viewer: { roles: [role], authenticated: true, claims: {} } });

  it('is everything without a signal, also where the header is another than 1', () => {
    for (const gpc of [undefined, '0', '']) expect(of(gpc)).toEqual({ mayStore: true, mayBeReadByRules: true, mayLeave: true });
  });

  it('with Global Privacy Control is neither storing nor leaving', () => {
    expect(of('1')).toEqual({ mayStore: false, mayBeReadByRules: true, mayLeave: false });
    expect(of('1', 'AGENT').mayLeave).toBe(true);
  });
});
