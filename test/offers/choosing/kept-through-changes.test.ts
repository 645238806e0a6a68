import { describe, expect, it } from 'vitest';
import {
  ADA,
  ADMIN,
  AGENT,
  BEN,
  BY_PRIORITY,
  HOME,
  idOf,
  namesOf,
  type OfferGateway,
  offerGateway,
  offersOf,
  respond,
  type ShownOffer,
  see,
  WELCOME,
} from '../offer-gateway.ts';

const MERGE = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids, reason: "one person" }) { customer { id } } }';
const SPLIT = `mutation ($id: ID!) {
  splitCustomer(input: { customerId: $id, identifiers: [{ type: "crmId", value: "2" }], reason: "two people" }) { splitOff { id } }
}`;
const PERFORMANCE = '{ offerPerformance { offer presented clicked accepted } }';

async function merge({ ask }: OfferGateway, ids: readonly string[]): Promise<string> {
  const { data, errors } = await ask(MERGE, { ...AGENT, variables: { ids } });
  expect(errors).toEqual([]);
  return data.mergeCustomers.customer.id;
}

async function responsesOf({ ask }: OfferGateway, as: Parameters<OfferGateway['ask']>[1]): Promise<string[]> {
  const { data } = await ask('{ customer { interactions(first: 50) { edges { node { type } } } } }', as);
  const types: string[] = data.customer.interactions.edges.map(({ node }: { node: { type: string } }) => node.type);
  return types.filter((type) => type.startsWith('offer_')).sort();
}

describe('a half of all customers in the control group', () => {
  const options = {
    placements: HOME,
    offers: { gift: { priority: 2 }, welcome: WELCOME },
    config: { decisions: { ...BY_PRIORITY, control: 0.5 } },
  };

  it('is the same after a change of the secret, and so is every decision of the hour', async () => {
    const now = () => new Date('2026-01-26T14:30:00Z');
    const shownWith = async (secret: string, directory?: string) => {
      const gateway = await offerGateway({ ...options, now, variables: { GATEWAY_SECRET: secret }, ...(directory && { directory }) });
      const shown = [];
      for (let customer = 1; customer <= 40; customer++) shown.push(...(await offersOf(gateway, { path: `/graphql?cid=${customer}` })));
      return { directory: gateway.directory, shown: shown.map(({ id }) => id) };
    };
    const before = await shownWith('an-old-secret-of-this-gateway-0123');
    const after = await shownWith('a-new-secret-of-this-gateway-45678', before.directory);
    expect(after.shown).toEqual(before.shown);
    // All forty in one of the two happens once in 10^11 times.
    expect(new Set(before.shown.map((id) => id.split(':')[1]))).toEqual(new Set(['gift', 'welcome']));
  });

  it('does not change by a merge for the id that stays', async () => {
    const gateway = await offerGateway(options);
    for (let n = 0; n < 8; n++) {
      const [first, second] = [`a${n}`, `b${n}`].map((subject) => ({ role: 'CUSTOMER', subject }) as const) as [typeof ADA, typeof ADA];
      await see(gateway, first);
      await see(gateway, second);
      const before = new Map([
        [await idOf(gateway, first), await namesOf(gateway, first)] as const,
        [await idOf(gateway, second), await namesOf(gateway, second)] as const,
      ]);
      const expected = before.get(await merge(gateway, [...before.keys()]));
      expect([await namesOf(gateway, first), await namesOf(gateway, second)]).toEqual([expected, expected]);
    }
  });
});

describe('a response', () => {
  // The hour does not turn in the middle of a test.
  const now = () => new Date('2026-01-26T14:30:00Z');
  const options = { placements: HOME, offers: { gift: { priority: 2, caps: [{ count: 5 }] }, welcome: WELCOME }, now };

  it('counts for an offer whose file is gone', async () => {
    const before = await offerGateway(options);
    const [{ token }] = (await offersOf(before, ADA)) as [ShownOffer];
    const gone = await offerGateway({ ...options, offers: { welcome: WELCOME }, directory: before.directory });
    expect(await respond(gone, ADA, { token, response: 'PRESENTED' })).toBe('COUNTED');
    expect(await respond(gone, ADA, { token, response: 'PRESENTED' })).toBe('REPEATED');
    const { data } = await gone.ask(PERFORMANCE, ADMIN);
    expect(data.offerPerformance).toEqual([{ offer: 'gift', presented: 1, clicked: 0, accepted: 0 }]);
  });

  it('counts once for its token through a merge and a split, in the journey of one customer, and never for the other part', async () => {
    const gateway = await offerGateway(options);
    await see(gateway, ADA);
    await see(gateway, BEN);
    const [[adas], [bens]] = [await offersOf(gateway, ADA), await offersOf(gateway, BEN)] as [[ShownOffer], [ShownOffer]];
    const ids = [await idOf(gateway, ADA), await idOf(gateway, BEN)];
    const id = await merge(gateway, ids);
    // What Ben has reserved is used again, by the decision of the two together.
    await offersOf(gateway, ADA);
    expect(await respond(gateway, ADA, { token: bens.token, response: 'PRESENTED' })).toBe('COUNTED');
    expect(await respond(gateway, BEN, { token: bens.token, response: 'PRESENTED' })).toBe('REPEATED');
    expect((await gateway.ask(SPLIT, { ...AGENT, variables: { id } })).errors).toEqual([]);
    expect(await respond(gateway, BEN, { token: bens.token, response: 'PRESENTED' })).toBe('REPEATED');
    expect(await respond(gateway, BEN, { token: bens.token, response: 'CLICKED' })).toBe('COUNTED');
    expect(await respond(gateway, BEN, { token: adas.token, response: 'CLICKED' })).toBe('NOT_FOUND');
    expect(await respond(gateway, ADA, { token: adas.token, response: 'ACCEPTED' })).toBe('COUNTED');
    expect([...(await responsesOf(gateway, ADA)), ...(await responsesOf(gateway, BEN))].sort()).toEqual([
      'offer_accepted',
      'offer_clicked',
      'offer_presented',
    ]);
    const { data } = await gateway.ask(PERFORMANCE, ADMIN);
    expect(data.offerPerformance).toEqual([{ offer: 'gift', presented: 2, clicked: 1, accepted: 1 }]);
  });

  it('of an agent counts for a customer of whom nothing is stored, in any process and after a restart', async () => {
    const gateway = await offerGateway(options);
    const { directory } = gateway;
    const query = '{ customerByIdentifier(identifier: { type: "crmId", value: "2" }) { id offers(placement: "home") { token } } }';
    const { id, offers } = (await gateway.ask(query, AGENT)).data.customerByIdentifier;
    const [{ token }] = offers;
    const [own] = (await offersOf(gateway, BEN)) as [ShownOffer];
    const other = await offerGateway({ ...options, directory });
    expect(await respond(other, AGENT, { token, response: 'ACCEPTED' })).toBe('COUNTED');
    expect(await respond(gateway, BEN, { token, response: 'ACCEPTED' })).toBe('REPEATED');
    expect([await idOf(other, BEN), await responsesOf(other, BEN)]).toEqual([id, ['offer_accepted']]);
    // It is one decision: the customer's own token is for the same response, and stays the same.
    expect(await respond(other, BEN, { token: own.token, response: 'ACCEPTED' })).toBe('REPEATED');
    expect(await offersOf(other, BEN)).toEqual([own]);
  });

  it('is one, whether a visitor, an agent or the person whom the visitor turned out to be gives it', async () => {
    const gateway = await offerGateway(options);
    const cookie = (await gateway.ask('{ customer { id } }')).cookie as string;
    const [{ token }] = (await offersOf(gateway, { cookie })) as [ShownOffer];
    expect(await respond(gateway, { cookie }, { token, response: 'PRESENTED' })).toBe('COUNTED');
    // The browser gets another cookie with the log-in.
    const successor = (await gateway.ask('{ customer { id } }', { ...ADA, cookie })).cookie as string;
    expect(successor).not.toBe(cookie);
    expect(await respond(gateway, AGENT, { token, response: 'PRESENTED' })).toBe('REPEATED');
    expect(await respond(gateway, AGENT, { token, response: 'ACCEPTED' })).toBe('COUNTED');
    expect(await respond(gateway, { cookie: successor }, { token, response: 'ACCEPTED' })).toBe('REPEATED');
    expect(await respond(gateway, { cookie: successor }, { token, response: 'CLICKED' })).toBe('COUNTED');
    expect(await respond(gateway, ADA, { token, response: 'CLICKED' })).toBe('REPEATED');
    expect(await responsesOf(gateway, ADA)).toEqual(['offer_accepted', 'offer_clicked', 'offer_presented']);
  });
});

describe('a response with a cookie that was replaced', () => {
  it('is still its owner’s for a minute, says nothing of them, and is nobody else’s', async () => {
    let time = Date.parse('2026-01-26T14:30:00Z');
    const gateway = await offerGateway({ placements: HOME, offers: { gift: {}, welcome: WELCOME }, now: () => new Date(time) });
    const cookie = (await gateway.ask('{ customer { id } }')).cookie as string;
    const [{ token }] = (await offersOf(gateway, { cookie })) as [ShownOffer];
    const [bens] = (await offersOf(gateway, BEN)) as [ShownOffer];
    await gateway.ask('{ customer { id } }', { ...ADA, cookie });
    const presented =
      'mutation ($t: String!) { respondToOffer(input: { token: $t, response: PRESENTED }) { outcome customer { assurance } } }';
    const { data, errors } = await gateway.ask(presented, { cookie, variables: { t: token } });
    expect([data.respondToOffer, errors]).toEqual([{ outcome: 'COUNTED', customer: { assurance: 'ANONYMOUS' } }, []]);
    expect(await respond(gateway, { cookie }, { token, response: 'PRESENTED' })).toBe('REPEATED');
    expect(await respond(gateway, { cookie }, { token: bens.token, response: 'CLICKED' })).toBe('NOT_FOUND');
    expect(await respond(gateway, { cookie }, { token: 'forged', response: 'CLICKED' })).toBe('NOT_FOUND');
    expect([await responsesOf(gateway, ADA), await responsesOf(gateway, BEN)]).toEqual([['offer_presented'], []]);
    time += 61_000;
    expect(await respond(gateway, { cookie }, { token, response: 'CLICKED' })).toBe('INSUFFICIENT_ASSURANCE');
  });
});

it('within an hour in which nothing was learned, every customer has the same propensities to the last digit, however old the evidence', async () => {
  let time = Date.parse('2026-01-26T14:00:00Z');
  const gateway = await offerGateway({
    placements: { home: { slots: 3, min: 'ANONYMOUS' } },
    offers: { a: {}, b: {}, c: {} },
    config: { decisions: { rank: 'propensity', exploration: 0, halfLife: '1d' } },
    now: () => new Date(time),
  });
  for (let customer = 1; customer <= 10; customer++) {
    const as = { path: `/graphql?cid=${customer}` };
    for (const { token, name } of await offersOf(gateway, as)) {
      await respond(gateway, as, { token, response: name === 'a' ? 'CLICKED' : 'PRESENTED' });
    }
  }
  const id = await idOf(gateway, { path: '/graphql?cid=1' });
  const query = 'query ($id: ID!) { explainOffers(customerId: $id, placement: "home") { offers { name propensity } } }';
  const at = async (when: string) => {
    time = Date.parse(when);
    return (await gateway.ask(query, { ...AGENT, variables: { id } })).data.explainOffers.offers;
  };
  const first = await at('2026-01-27T15:00:00.000Z');
  expect(await at('2026-01-27T15:59:59.999Z')).toEqual(first);
  expect(await at('2026-01-27T16:00:00.000Z')).not.toEqual(first);
});

describe('a page that is loaded again at the turn of the hour', () => {
  const options = { placements: HOME, offers: { once: { caps: [{ count: 1, of: 'everybody' as const }], priority: 9 }, welcome: WELCOME } };

  it('shows the same capped offer, with another token, and nobody else gets it meanwhile', async () => {
    let time = Date.parse('2026-01-26T14:59:50Z');
    const gateway = await offerGateway({ ...options, now: () => new Date(time) });
    const [before] = (await offersOf(gateway, ADA)) as [ShownOffer];
    time += 20_000;
    const [after] = (await offersOf(gateway, ADA)) as [ShownOffer];
    expect([before.name, after.name, after.id === before.id]).toEqual(['once', 'once', false]);
    expect(await namesOf(gateway, BEN)).toEqual(['welcome']);
    expect(await respond(gateway, ADA, { token: after.token, response: 'PRESENTED' })).toBe('COUNTED');
    time += 3_600_000;
    expect([await namesOf(gateway, ADA), await namesOf(gateway, BEN)]).toEqual([['welcome'], ['welcome']]);
  });

  it('shows another offer when the first was presented, as a page of the same hour does', async () => {
    let time = Date.parse('2026-01-26T14:59:50Z');
    const gateway = await offerGateway({ ...options, now: () => new Date(time) });
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    await respond(gateway, ADA, { token, response: 'PRESENTED' });
    expect(await namesOf(gateway, ADA)).toEqual(['welcome']);
    time += 20_000;
    expect(await namesOf(gateway, ADA)).toEqual(['welcome']);
    expect(await respond(gateway, ADA, { token, response: 'ACCEPTED' })).toBe('COUNTED');
  });
});
