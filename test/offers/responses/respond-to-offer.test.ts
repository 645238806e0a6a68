import { describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../../support/live.ts';
import { signToken } from '../../support/tokens.ts';
import { ADA, ADMIN, AGENT, BEN, namesOf, offerGateway, offersOf, respond, type ShownOffer, see } from '../offer-gateway.ts';

const JOURNEY = '{ customer { interactions(first: 20) { edges { node { id type touchpoint pageUrl offer properties } } } } }';
const offers = { a: { priority: 2 }, b: { priority: 1 } };

async function journeyOf({ ask }: Awaited<ReturnType<typeof offerGateway>>, as: Parameters<typeof ask>[1]) {
  const { data } = await ask(JOURNEY, as);
  return data.customer.interactions.edges.map(({ node }: { node: unknown }) => node);
}

describe('respondToOffer', () => {
  it('counts each response once for each token, as an interaction of the customer', async () => {
    const gateway = await offerGateway({ offers });
    const [offer] = (await offersOf(gateway, ADA)) as [ShownOffer];
    const headers = { 'x-touchpoint': 'web', referer: 'https://shop.example/home?cid=1' };
    for (const response of ['PRESENTED', 'CLICKED', 'ACCEPTED', 'DECLINED']) {
      expect(await respond(gateway, { ...ADA, headers }, { token: offer.token, response })).toBe('COUNTED');
      expect(await respond(gateway, { ...ADA, headers }, { token: offer.token, response })).toBe('REPEATED');
    }
    const stored = await journeyOf(gateway, ADA);
    expect(stored.map(({ type }: { type: string }) => type).toSorted()).toEqual([
      'offer_accepted',
      'offer_clicked',
      'offer_declined',
      'offer_presented',
    ]);
    expect(stored.find(({ type }: { type: string }) => type === 'offer_clicked')).toEqual({
      id: `${offer.id}:clicked`,
      type: 'offer_clicked',
      touchpoint: 'web',
      pageUrl: 'https://shop.example/home',
      offer: offer.id,
      properties: { offerId: offer.id, offer: 'a', placement: 'home' },
    });
    const metrics = (await gateway.gateway.app.inject('/metrics')).body;
    expect(metrics).toContain('gateway_offer_responses_total{placement="home",response="clicked"} 1');
  });

  it('is learned from: offerPerformance has the responses, for admins', async () => {
    const gateway = await offerGateway({ offers });
    for (const as of [ADA, BEN]) {
      const [{ token }] = (await offersOf(gateway, as)) as [ShownOffer];
      await respond(gateway, as, { token, response: 'PRESENTED' });
      if (as === ADA) await respond(gateway, as, { token, response: 'ACCEPTED' });
    }
    const query =
      '{ offerPerformance(placement: "home") { offer placement presented clicked accepted declined acceptRate low high control lift } }';
    const { data } = await gateway.ask(query, ADMIN);
    expect(data.offerPerformance).toEqual([
      {
        ...{ offer: 'a', placement: 'home', presented: 2, clicked: 0, accepted: 1, declined: 0, acceptRate: 0.5 },
        ...{ low: expect.any(Number), high: expect.any(Number), control: null, lift: null },
      },
    ]);
    const { low, high } = data.offerPerformance[0];
    expect(low > 0 && low < 0.5 && high > 0.5 && high < 1).toBe(true);
    expect((await gateway.ask(query, ADA)).codes).toEqual(['FORBIDDEN']);
    expect((await gateway.ask(query)).codes).toEqual(['UNAUTHENTICATED']);
  });

  it('ranks by what was learned at once in this process', async () => {
    const gateway = await offerGateway({
      offers: { a: {}, b: {} },
      placements: { home: { slots: 2, min: 'ANONYMOUS' } },
      config: { decisions: { rank: 'propensity', exploration: 0 } },
      // The clock stands still, so what was read is never too old.
      now: () => new Date('2026-01-26T14:00:00Z'),
    });
    // A hundred customers accept `b` and decline `a`.
    for (let customer = 1; customer <= 100; customer++) {
      const as = { role: 'CUSTOMER', subject: `c${customer}` } as const;
      for (const { name, token } of await offersOf(gateway, as)) {
        await respond(gateway, as, { token, response: 'PRESENTED' });
        if (name === 'b') await respond(gateway, as, { token, response: 'ACCEPTED' });
      }
    }
    // Beta(101, 1) against Beta(1, 101): the other order has a chance of less than 1 in 10^50.
    for (const as of [ADA, BEN]) expect(await namesOf(gateway, as)).toEqual(['b', 'a']);
  });

  it('is an event for those who watch the customer', async () => {
    const gateway = await offerGateway({ offers });
    const url = await gateway.gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const connect = TRANSPORTS.WebSocket as NonNullable<(typeof TRANSPORTS)[string]>;
    const client = connect(url, { token: await signToken(AGENT) });
    const inbox = client.subscribe('subscription { interactionCaptured { type offer } }', undefined);
    const first = inbox.next();
    let isThere = false;
    first.then(() => {
      isThere = true;
    });
    // Events from before the subscription are not sent.
    while (!isThere) {
      await see(gateway, BEN);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [{ id, token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    await respond(gateway, ADA, { token, response: 'CLICKED' });
    let event: { type: string } | undefined;
    do event = (await inbox.next()).data.interactionCaptured;
    while (event?.type === 'page_view');
    expect(event).toEqual({ type: 'offer_clicked', offer: id });
  });

  it('refuses a token that is forged, cut or of something else', async () => {
    const gateway = await offerGateway({ offers });
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    const changed = `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`;
    for (const forged of [changed, token.slice(0, -1), `${token}=`, `${token}A`, ` ${token}`, '', 'x', 'x'.repeat(100_000)]) {
      expect(await respond(gateway, ADA, { token: forged, response: 'CLICKED' })).toBe('NOT_FOUND');
    }
    expect(await respond(gateway, ADA, { token, response: 'CLICKED' })).toBe('COUNTED');
  });

  it("refuses another customer's token, and says the same as for a forged one", async () => {
    const gateway = await offerGateway({ offers });
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    const messageFor = async (given: string) => {
      const query = 'mutation ($t: String!) { respondToOffer(input: { token: $t, response: CLICKED }) { outcome } }';
      return (await gateway.ask(query, { ...BEN, variables: { t: given } })).errors[0]?.message;
    };
    expect(await respond(gateway, BEN, { token, response: 'CLICKED' })).toBe('NOT_FOUND');
    expect(await messageFor(token)).toBe(await messageFor('forged'));
    expect(await journeyOf(gateway, BEN)).toEqual([]);
  });

  it('needs a customer who is recognised, whatever the token', async () => {
    const gateway = await offerGateway({ offers });
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    for (const as of [{}, { path: '/graphql?email=ada@example.com' }])
      for (const given of [token, 'forged'])
        expect(await respond(gateway, as, { token: given, response: 'CLICKED' })).toBe('INSUFFICIENT_ASSURANCE');
  });

  it("takes a visitor's response once the cookie is back", async () => {
    const gateway = await offerGateway({ offers });
    const query = '{ customer { offers(placement: "home") { token } } }';
    const { data, cookie } = await gateway.ask(query);
    const [{ token }] = data.customer.offers;
    expect(await respond(gateway, { cookie: cookie as string }, { token, response: 'PRESENTED' })).toBe('COUNTED');
    expect(await journeyOf(gateway, { cookie: cookie as string })).toEqual([expect.objectContaining({ type: 'offer_presented' })]);
  });

  it('takes the token of a visitor from the person whom they turned out to be', async () => {
    const gateway = await offerGateway({ offers });
    const { data, cookie: visitor } = await gateway.ask('{ customer { offers(placement: "home") { token } } }');
    const [{ token }] = data.customer.offers;
    const cookie = visitor as string;
    await respond(gateway, { cookie }, { token, response: 'PRESENTED' });
    // Logs in with the same browser: the visitor becomes this person.
    await gateway.ask('{ customer { id } }', { ...ADA, cookie });
    expect(await respond(gateway, { ...ADA, cookie }, { token, response: 'CLICKED' })).toBe('COUNTED');
    expect(await respond(gateway, { ...ADA, cookie }, { token, response: 'PRESENTED' })).toBe('REPEATED');
  });

  it('takes an answer from an agent and a service for the customer', async () => {
    const gateway = await offerGateway({ offers });
    const query = '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { id offers(placement: "home") { token } } }';
    const { data } = await gateway.ask(query, AGENT);
    const [{ token }] = data.customerByIdentifier.offers;
    expect(await respond(gateway, AGENT, { token, response: 'PRESENTED' })).toBe('COUNTED');
    expect(await respond(gateway, { role: 'SERVICE' }, { token, response: 'ACCEPTED' })).toBe('COUNTED');
    expect(await respond(gateway, ADA, { token, response: 'ACCEPTED' })).toBe('REPEATED');
    const stored = await journeyOf(gateway, ADA);
    expect(stored.map(({ type }: { type: string }) => type).toSorted()).toEqual(['offer_accepted', 'offer_presented']);
    expect(await respond(gateway, AGENT, { token: 'forged', response: 'ACCEPTED' })).toBe('NOT_FOUND');
  });

  it('takes a late response, and none from before the decision, from the future, or after 30 days', async () => {
    let time = Date.parse('2026-01-26T14:30:00Z');
    const gateway = await offerGateway({ offers, now: () => new Date(time) });
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    const at = (occurredAt: string) => respond(gateway, ADA, { token, response: 'CLICKED', occurredAt });
    expect(await at('2026-01-26T13:59:59Z')).toBe('BAD_USER_INPUT');
    expect(await at('2026-01-26T14:36:00Z')).toBe('BAD_USER_INPUT');
    time = Date.parse('2026-02-25T13:59:00Z');
    expect(await at('2026-01-26T14:31:00Z')).toBe('COUNTED');
    time = Date.parse('2026-02-25T14:00:00Z');
    expect(await respond(gateway, ADA, { token, response: 'ACCEPTED' })).toBe('NOT_FOUND');
  });

  it('keeps nothing of a browser that asks not to be tracked, which learns nothing of it', async () => {
    const gateway = await offerGateway({ offers });
    const headers = { 'sec-gpc': '1' };
    const [{ token }] = (await offersOf(gateway, { ...ADA, headers })) as [ShownOffer];
    expect(await respond(gateway, { ...ADA, headers }, { token, response: 'CLICKED' })).toBe('COUNTED');
    expect(await journeyOf(gateway, ADA)).toEqual([]);
    expect((await gateway.ask('{ offerPerformance { offer } }', ADMIN)).data.offerPerformance).toEqual([]);
  });

  it('survives a change of the secret: the old one still reads tokens', async () => {
    const variables = { GATEWAY_SECRET: 'an-old-secret-of-this-gateway-0123' };
    const ada = { path: '/graphql?cid=1' };
    const before = await offerGateway({ offers, variables });
    const [{ token }] = (await offersOf(before, ada)) as [ShownOffer];
    const rotated = { GATEWAY_SECRET: `a-new-secret-of-this-gateway-45678,${variables.GATEWAY_SECRET}` };
    const after = await offerGateway({ offers, variables: rotated, directory: before.directory });
    expect(await respond(after, ada, { token, response: 'CLICKED' })).toBe('COUNTED');
    const foreign = await offerGateway({
      offers,
      variables: { GATEWAY_SECRET: 'another-secret-of-another-gateway' },
      directory: before.directory,
    });
    expect(await respond(foreign, ada, { token, response: 'ACCEPTED' })).toBe('NOT_FOUND');
  });
});

describe('interactions of the types of responses', () => {
  const record = { type: 'offer_accepted', properties: { offerId: 'x:a' } };
  const message = 'type: expected one that does not begin with offer_; a response to an offer is sent by the mutation respondToOffer';

  it('are rejected by every other door', async () => {
    const { ask, gateway } = await offerGateway({ offers });
    const capture = 'mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted rejected { code message } } }';
    const asGraphql = await ask(capture, {
      ...ADA,
      variables: { i: { interactions: [record, { type: ' offer_x ' }, { type: 'page_view' }] } },
    });
    const rejection = { code: 'BAD_USER_INPUT', message };
    expect(asGraphql.data.captureInteractions).toEqual({ accepted: 1, rejected: [rejection, rejection] });
    const text = JSON.stringify(record);
    for (const [type, payload] of [
      ['application/json', `[${text}]`],
      ['application/x-ndjson', `${text}\n`],
      ['text/plain', `[${text}]`],
    ]) {
      const posted = await gateway.app.inject({
        ...{ method: 'POST', url: '/interactions?cid=1', headers: { 'content-type': type }, payload },
      });
      expect(posted.json()).toEqual({ accepted: 0, duplicates: 0, rejected: [{ index: 0, ...rejection }] });
    }
    const pixel = await gateway.app.inject({ url: '/pixel.gif?type=offer_presented' });
    expect(pixel.headers['x-error']).toBe(`BAD_USER_INPUT: ${message}`);
  });
});
