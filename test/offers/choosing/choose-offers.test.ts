import { describe, expect, it } from 'vitest';
import { defineAdapter } from '../../../src/index.ts';
import { TRANSPORTS } from '../../support/live.ts';
import { signToken } from '../../support/tokens.ts';
import { ADA, AGENT, BEN, explained, HOME, idOf, namesOf, offerGateway, offersOf, see } from '../offer-gateway.ts';

const GOLD = { when: 'customer.tier == "GOLD"', priority: 5 };
const WELCOME = { placements: ['nowhere'], content: { en: { title: 'Hello' } } };
/** `welcome` stands for the placement's fallback only. */
const placements = { ...HOME, nowhere: {} };

describe('Customer.offers', () => {
  it('gives the best offer whose rule is true, and the fallback to all other customers', async () => {
    const gateway = await offerGateway({ placements, offers: { gold: GOLD, welcome: WELCOME } });
    expect(await namesOf(gateway, ADA)).toEqual(['gold']);
    expect(await namesOf(gateway, BEN)).toEqual(['welcome']);
    expect(await namesOf(gateway)).toEqual(['welcome']);
  });

  it('answers id, placement, content and a token that holds for 30 days', async () => {
    const now = () => new Date('2026-01-26T14:30:00Z');
    const [offer] = await offersOf(await offerGateway({ placements, offers: { gold: GOLD, welcome: WELCOME }, now }), ADA);
    expect(offer).toMatchObject({ name: 'gold', placement: 'home', content: { title: 'gold' } });
    expect(offer?.id).toMatch(/^[\w-]{22}:gold$/);
    expect(offer?.token).toMatch(/^[\w-]{50,700}$/);
    // From the beginning of the hour: the decision and its token are the same until its end.
    expect(offer?.expiresAt).toBe('2026-02-25T14:00:00.000Z');
  });

  it('gives the same decision with the same token for an hour, and another one afterwards', async () => {
    let time = Date.parse('2026-01-26T14:01:00Z');
    const gateway = await offerGateway({ placements, offers: { gold: GOLD, welcome: WELCOME }, now: () => new Date(time) });
    const [first] = await offersOf(gateway, ADA);
    time = Date.parse('2026-01-26T14:59:00Z');
    expect((await offersOf(gateway, ADA))[0]).toEqual(first);
    time = Date.parse('2026-01-26T15:00:00Z');
    const [later] = await offersOf(gateway, ADA);
    expect(later?.name).toBe('gold');
    expect([later?.id === first?.id, later?.token === first?.token]).toEqual([false, false]);
  });

  it('asks each source once in an operation that selects its fields, offers at two placements, and audiences', async () => {
    const gateway = await offerGateway({
      placements: { ...placements, side: { min: 'ANONYMOUS' } },
      config: { audiences: { rich: 'customer.points > 1000' } },
      offers: { gold: { ...GOLD, placements: ['home', 'side'] }, welcome: WELCOME },
    });
    const query = '{ customer { name tier a: offers(placement: "home") { name } b: offers(placement: "side") { name } audiences } }';
    const { data, errors } = await gateway.ask(query, ADA);
    expect([data.customer, errors]).toEqual([
      { name: 'Ada', tier: 'GOLD', a: [{ name: 'gold' }], b: [{ name: 'gold' }], audiences: ['rich'] },
      [],
    ]);
    expect(gateway.calls).toEqual({ crm: [['1']], loyalty: [['1']] });
  });

  it.each([undefined, '1h'] as const)(
    'asks a source that selects fields once, for whole records, also where sticky is %s',
    async (sticky) => {
      const asked: unknown[] = [];
      const loyalty = defineAdapter({
        key: 'crmId',
        selectsFields: true,
        load: async (keys, { fields }) => {
          asked.push(fields);
          return keys.map(() => ({ tier: 'GOLD', points: 7 }));
        },
      });
      const home = { ...HOME.home, sticky };
      const gateway = await offerGateway({ placements: { ...placements, home }, loyalty, offers: { gold: GOLD, welcome: WELCOME } });
      await gateway.ask('{ customer { points offers(placement: "home") { name } } }', ADA);
      expect(asked).toEqual([null]);
      await gateway.ask('{ customer { points } }', BEN);
      expect(asked).toEqual([null, ['points']]);
    },
  );

  it('joins the requests of customers at the same time into one call to a source', async () => {
    const gateway = await offerGateway({ placements, offers: { gold: GOLD, welcome: WELCOME } });
    const all = await Promise.all([namesOf(gateway, ADA), namesOf(gateway, BEN)]);
    expect(all).toEqual([['gold'], ['welcome']]);
    expect(gateway.calls.loyalty.flat().toSorted()).toEqual(['1', '2']);
  });

  it('says which sources were read for rules', async () => {
    const gateway = await offerGateway({ placements, offers: { gold: GOLD, welcome: WELCOME } });
    const { data } = await gateway.ask('{ customer { offers(placement: "home") { name } sources { name status } } }', ADA);
    expect(data.customer.sources).toEqual([{ name: 'loyalty', status: 'FRESH' }]);
  });

  it('gives as many as there are slots, fewer where fewer are asked for', async () => {
    const offers = { a: { priority: 3 }, b: { priority: 2 }, c: { priority: 1 } };
    const gateway = await offerGateway({ placements: { home: { slots: 2, min: 'ANONYMOUS' } }, offers });
    expect(await namesOf(gateway, ADA)).toEqual(['a', 'b']);
    expect(await namesOf(gateway, ADA, { first: 1 })).toEqual(['a']);
    expect(await namesOf(gateway, ADA, { first: 200 })).toEqual(['a', 'b']);
    for (const first of [0, -1, 201]) {
      const { data, errors } = await gateway.ask(`{ customer { offers(placement: "home", first: ${first}) { name } } }`, ADA);
      expect([data.customer.offers, errors[0]?.message, errors[0]?.extensions.code]).toEqual([
        null,
        `first: expected 1 to 200, received ${first}`,
        'BAD_USER_INPUT',
      ]);
    }
  });

  it.each([
    ['en-GB', 'Hello'],
    ['de-AT', 'Servus'],
    ['de-DE-1996', 'Hallo'],
    ['DE_at', 'Servus'],
    ['fr', 'Hello'],
    ['', 'Hello'],
    [null, 'Hello'],
  ])('answers content for the locale %j: %s', async (locale, title) => {
    const content = { en: { title: 'Hello' }, de: { title: 'Hallo' }, 'de-AT': { title: 'Servus' } };
    const [offer] = await offersOf(await offerGateway({ offers: { hello: { content } } }), ADA, { locale });
    expect(offer?.content).toEqual({ title });
  });

  it('lets rules read the locale, and refuses one that is too long', async () => {
    const gateway = await offerGateway({ offers: { german: { when: 'locale == "de"' } } });
    expect([await namesOf(gateway, ADA, { locale: 'de' }), await namesOf(gateway, ADA)]).toEqual([['german'], []]);
    const { codes } = await gateway.ask('query ($l: String) { customer { offers(placement: "home", locale: $l) { name } } }', {
      ...{ ...ADA, variables: { l: 'x'.repeat(101) } },
    });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  it('names what exists where a placement does not', async () => {
    const gateway = await offerGateway({ placements, offers: { gold: GOLD, welcome: WELCOME } });
    const { data, errors } = await gateway.ask('{ customer { name offers(placement: "hero") { name } } }', ADA);
    expect(data.customer).toEqual({ name: 'Ada', offers: null });
    expect(errors[0]).toMatchObject({
      message: 'placement: expected one of home, nowhere; received "hero"',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('is refused for a placement of other viewers, which is not named to them either', async () => {
    const gateway = await offerGateway({
      placements: { home: { min: 'ANONYMOUS' }, desk: { viewers: ['AGENT'] } },
      offers: { call: { placements: ['desk'], when: 'customer.notes == "likes tea"' }, other: {} },
    });
    const query = (placement: string) => `{ customer { offers(placement: "${placement}") { name } } }`;
    const refused = await gateway.ask(query('desk'), ADA);
    expect([refused.data.customer.offers, refused.codes]).toEqual([null, ['FORBIDDEN']]);
    expect((await gateway.ask(query('none'), ADA)).errors[0]?.message).toBe('placement: expected one of home; received "none"');
    const asAgent = '{ customerByIdentifier(identifier: { type: "crmId", value: "1" }) { offers(placement: "desk") { name } } }';
    expect((await gateway.ask(asAgent, AGENT)).data.customerByIdentifier.offers).toEqual([{ name: 'call' }]);
  });
});

describe('an operation with offers', () => {
  it('costs 1 and as many as are asked for, or 10', async () => {
    const gateway = await offerGateway({ offers: { a: {} }, config: { limits: { cost: 5 } } });
    for (const [argument, cost] of [
      [', first: 4', 6],
      [', first: 0', 12],
      ['', 12],
    ] as const) {
      const { errors } = await gateway.ask(`{ customer { offers(placement: "home"${argument}) { id content token } } }`, ADA);
      expect(errors[0]?.extensions).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', limit: 'cost', cost });
    }
    expect(await namesOf(gateway, ADA, { first: 3 })).toEqual(['a']);
  });

  it('costs 1 more for each source that rules read', async () => {
    const offers = { a: { when: 'customer.name == "Ada" && attributes.vip' }, b: { when: 'journey.count("purchase", "1d") > 0' } };
    const gateway = await offerGateway({ offers, config: { limits: { cost: 3 } } });
    const { errors } = await gateway.ask('{ customer { offers(placement: "home", first: 1) { id } } }', ADA);
    // The customer 1, the offers 1 and their number, and the sources crm, captured and journey.
    expect(errors[0]?.extensions).toMatchObject({ code: 'OPERATION_TOO_COMPLEX', cost: 1 + 2 + 3 });
  });

  it('may be a subscription: each event is answered with the offers of its moment', async () => {
    const offers = { usual: { priority: 1 }, thanks: { priority: 9, when: 'journey.count("purchase", "1d") > 0' } };
    const gateway = await offerGateway({ offers });
    const url = await gateway.gateway.app.listen({ port: 0, host: '127.0.0.1' });
    const connect = TRANSPORTS.WebSocket as NonNullable<(typeof TRANSPORTS)[string]>;
    const client = connect(url, { token: await signToken(ADA) });
    const inbox = client.subscribe('subscription { customerChanged { offers(placement: "home") { name } } }', undefined);
    // Events from before the subscription are not sent, so one is sent again until the first arrives.
    const first = inbox.next();
    let isThere = false;
    first.then(() => {
      isThere = true;
    });
    while (!isThere) {
      await see(gateway, ADA);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await first).data.customerChanged.offers).toEqual([{ name: 'usual' }]);
    await see(gateway, ADA, 'purchase');
    let offered: unknown;
    do offered = (await inbox.next()).data.customerChanged.offers[0].name;
    while (offered === 'usual');
    expect(offered).toBe('thanks');
  });
});

describe('explainOffers', () => {
  it('is for agents and services, and for customers who exist', async () => {
    const gateway = await offerGateway({ offers: { gold: GOLD, silver: { when: 'customer.tier == "SILVER"' } } });
    await see(gateway, ADA);
    const id = await idOf(gateway, ADA);
    const query = 'query ($id: ID!) { explainOffers(customerId: $id, placement: "home") { offers { name step reason score } } }';
    const asked = async (as: object, of = id) => {
      const { data, codes } = await gateway.ask(query, { ...as, variables: { id: of } });
      return data?.explainOffers?.offers ?? codes;
    };
    expect(await asked(AGENT)).toEqual([
      { name: 'gold', step: 'RANKED', reason: null, score: 5 },
      { name: 'silver', step: 'INELIGIBLE', reason: expect.stringContaining('customer.tier == "SILVER"'), score: null },
    ]);
    expect(await asked(ADA)).toEqual(['FORBIDDEN']);
    expect(await asked({})).toEqual(['UNAUTHENTICATED']);
    expect(await asked(AGENT, '00000000-0000-4000-8000-000000000000')).toEqual(['NOT_FOUND']);
  });
});

it('explainOffers explains to an agent what only customers are shown, and not what only services are', async () => {
  const gateway = await offerGateway({
    placements: { home: { viewers: ['CUSTOMER'], min: 'ANONYMOUS' }, mailing: { viewers: ['SERVICE'] } },
    offers: { gold: GOLD, mail: { placements: ['mailing'] } },
  });
  await see(gateway, ADA);
  const id = await idOf(gateway, ADA);
  expect((await explained(gateway, id)).offers).toMatchObject([{ name: 'gold', step: 'RANKED' }]);
  const query = 'query ($id: ID!) { explainOffers(customerId: $id, placement: "mailing") { offers { name } } }';
  expect((await gateway.ask(query, { ...AGENT, variables: { id } })).codes).toEqual(['FORBIDDEN']);
  const shown = 'query ($id: ID!) { node(id: $id) { ... on Customer { offers(placement: "home") { name } } } }';
  expect((await gateway.ask(shown, { ...AGENT, variables: { id } })).codes).toEqual(['FORBIDDEN']);
});

it('explainOffers says of a field that only customers may see that the agent may not see it, and not that its source failed', async () => {
  const gateway = await offerGateway({
    schema: `type Customer {
      name: String @from(source: "crm") @access(roles: [CUSTOMER])
      tier: String @from(source: "loyalty")
    }`,
    placements: { home: { viewers: ['CUSTOMER'], min: 'ANONYMOUS' } },
    offers: { adas: { when: 'customer.name == "Ada"' } },
  });
  await see(gateway, ADA);
  expect(await namesOf(gateway, ADA)).toEqual(['adas']);
  expect((await explained(gateway, await idOf(gateway, ADA))).offers).toEqual([
    expect.objectContaining({ step: 'UNKNOWN', reason: 'customer.name == "Ada" reads customer.name, which this viewer may not see' }),
  ]);
});

describe('customers who are not proven', () => {
  const offers = {
    any: { when: 'touchpoint == "web" || locale == "en"', priority: 1 },
    gold: GOLD,
    visitor: { when: 'journey.count("page_view", "1d") >= 0', priority: 9 },
    welcome: WELCOME,
  };

  it('get the offers whose rules read nothing of the customer, and never an error; no source is asked', async () => {
    const gateway = await offerGateway({ placements, offers });
    const claimed = { path: '/graphql?email=ada@example.com' };
    for (const as of [{}, claimed]) {
      expect(await namesOf(gateway, as, { locale: 'en' })).toEqual(['any']);
      expect(await namesOf(gateway, as)).toEqual(['welcome']);
    }
    expect(gateway.calls).toEqual({ crm: [], loyalty: [] });
  });

  it('get the fallback only, where the placement needs more', async () => {
    const gateway = await offerGateway({ placements: { ...placements, home: { ...HOME.home, min: 'RECOGNIZED' } }, offers });
    expect(await namesOf(gateway, {}, { locale: 'en' })).toEqual(['welcome']);
    expect(await namesOf(gateway, ADA, { locale: 'en' })).toEqual(['visitor']);
  });
});

describe('a data source that failed', () => {
  const down = defineAdapter({
    key: 'crmId',
    policy: { retries: 0 },
    load: async () => {
      throw new Error('connection refused');
    },
  });

  it('makes rules that read it unknown, which is not eligible; the others hold, and nothing else fails', async () => {
    const gateway = await offerGateway({
      ...{ placements, loyalty: down },
      offers: {
        gold: GOLD,
        silver: { when: '!(customer.tier == "GOLD")', priority: 9 },
        ada: { when: 'customer.name == "Ada"' },
        welcome: WELCOME,
      },
    });
    const { data, errors } = await gateway.ask('{ customer { name offers(placement: "home") { name } } }', ADA);
    expect([data.customer, errors]).toEqual([{ name: 'Ada', offers: [{ name: 'ada' }] }, []]);
  });

  it('is named by explainOffers', async () => {
    const gateway = await offerGateway({ placements, loyalty: down, offers: { gold: GOLD, welcome: WELCOME } });
    await see(gateway, ADA);
    const { offers } = await explained(gateway, await idOf(gateway, ADA));
    expect(offers).toEqual([expect.objectContaining({ name: 'gold', step: 'UNKNOWN', reason: expect.stringContaining('loyalty') })]);
  });
});

describe('the control group', () => {
  it('gets the fallback, keeps getting it, and explainOffers says so', async () => {
    const gateway = await offerGateway({
      placements,
      offers: { gold: GOLD, welcome: WELCOME },
      config: { decisions: { rank: 'priority', exploration: 0, control: 1 } },
    });
    await see(gateway, ADA);
    expect(await namesOf(gateway, ADA)).toEqual(['welcome']);
    const { isControl, offers } = await explained(gateway, await idOf(gateway, ADA));
    expect(isControl).toBe(true);
    expect(offers).toEqual([expect.objectContaining({ name: 'gold', step: 'FILTERED' })]);
    expect((await gateway.gateway.app.inject('/metrics')).body).toContain(
      'gateway_offer_decisions_total{placement="home",outcome="control"} 1',
    );
  });
});

describe('a sticky placement', () => {
  const sticky = { home: { slots: 1, sticky: '1h', min: 'ANONYMOUS' } } as const;

  it('gives the same decision for as long as it says, whatever has become better since', async () => {
    let time = Date.parse('2026-01-26T14:55:00Z');
    const gateway = await offerGateway({
      placements: sticky,
      offers: { usual: { priority: 1 }, fresh: { priority: 9, when: 'journey.count("purchase", "1d") > 0' } },
      now: () => new Date(time),
    });
    const [first] = await offersOf(gateway, ADA);
    expect(first?.name).toBe('usual');
    await see(gateway, ADA, 'purchase');
    time += 59 * 60_000;
    expect(await offersOf(gateway, ADA)).toEqual([first]);
    time += 60_000;
    expect(await namesOf(gateway, ADA)).toEqual(['fresh']);
  });

  it('is explained with what the customer gets, also where a decision of now finds another offer', async () => {
    let time = Date.parse('2026-01-26T14:30:00Z');
    const gateway = await offerGateway({
      placements: { home: { ...sticky.home, fallback: 'welcome' }, nowhere: {} },
      offers: {
        usual: { priority: 1, when: 'customer.tier == "GOLD"' },
        fresh: { priority: 9, when: 'journey.count("purchase", "1d") > 0' },
        welcome: WELCOME,
      },
      now: () => new Date(time),
    });
    const chosenFor = async (as: typeof ADA | typeof BEN) => {
      const { chosen, keptUntil, offers } = await explained(gateway, await idOf(gateway, as));
      return { chosen, keptUntil, ranked: offers.flatMap(({ name, step }) => (step === 'RANKED' ? [name] : [])) };
    };
    await see(gateway, BEN);
    await see(gateway, ADA);
    expect(await chosenFor(BEN)).toEqual({ chosen: ['welcome'], keptUntil: null, ranked: [] });
    expect(await chosenFor(ADA)).toEqual({ chosen: ['usual'], keptUntil: null, ranked: ['usual'] });
    expect(await namesOf(gateway, ADA)).toEqual(['usual']);
    await see(gateway, ADA, 'purchase');
    expect(await chosenFor(ADA)).toEqual({ chosen: ['usual'], keptUntil: '2026-01-26T15:30:00.000Z', ranked: ['fresh', 'usual'] });
    expect(await namesOf(gateway, ADA)).toEqual(['usual']);
    time += 60 * 60_000;
    expect(await chosenFor(ADA)).toEqual({ chosen: ['fresh'], keptUntil: null, ranked: ['fresh', 'usual'] });
  });

  it('says which sources were read for rules, also where it looks for a kept choice first', async () => {
    const gateway = await offerGateway({ placements: sticky, offers: { gold: GOLD } });
    const query = '{ customer { offers(placement: "home") { name } sources { name status } } }';
    const all = [await gateway.ask(query, ADA), await gateway.ask(query, ADA)].map(({ data }) => data.customer);
    expect(all).toEqual([
      { offers: [{ name: 'gold' }], sources: [{ name: 'loyalty', status: 'FRESH' }] },
      { offers: [{ name: 'gold' }], sources: [] },
    ]);
  });

  it('decides anew when the offer is over', async () => {
    let time = Date.parse('2026-01-26T23:30:00Z');
    const gateway = await offerGateway({
      placements: sticky,
      offers: { today: { priority: 9, ends: '2026-01-26' }, always: {} },
      now: () => new Date(time),
    });
    expect(await namesOf(gateway, ADA)).toEqual(['today']);
    time += 31 * 60_000;
    const [second] = await offersOf(gateway, ADA);
    expect(second?.name).toBe('always');
    time += 58 * 60_000;
    expect(await offersOf(gateway, ADA)).toEqual([second]);
  });

  it('gives one decision to requests of a customer that reach two gateways at the same time', async () => {
    let time = Date.parse('2026-01-26T14:00:00Z');
    // Each decision is made at a time of its own, so two would have different ids.
    const now = () => new Date(time++);
    const offers = { a: {}, b: {}, c: {} };
    const one = await offerGateway({ placements: sticky, offers, now });
    const two = await offerGateway({ placements: sticky, offers, now, directory: one.directory });
    const given = await Promise.all(Array.from({ length: 20 }, (_, index) => offersOf(index % 2 === 0 ? one : two, ADA)));
    expect(new Set(given.map(([offer]) => offer?.id)).size).toBe(1);
  });

  it('keeps nothing of a browser that asks not to be tracked', async () => {
    let time = Date.parse('2026-01-26T14:00:00Z');
    const gateway = await offerGateway({
      placements: sticky,
      offers: { usual: { priority: 1 }, fresh: { priority: 9, when: 'attributes.wants == "fresh"' } },
      now: () => new Date(time),
    });
    const untracked = { ...ADA, headers: { 'sec-gpc': '1' } };
    const [first] = await offersOf(gateway, untracked);
    expect(first?.name).toBe('usual');
    time += 59 * 60_000;
    // It is the same choice for an hour, without being kept.
    expect(await offersOf(gateway, untracked)).toEqual([first]);
    const identify = 'mutation { identify(input: { identifiers: [], attributes: { wants: "fresh" } }) { outcome } }';
    await gateway.ask(identify, ADA);
    time += 1_000;
    expect(await namesOf(gateway, ADA)).toEqual(['fresh']);
  });
});

it('has nothing to choose without placements: the refusal says so, and no other field notices', async () => {
  const gateway = await offerGateway({ placements: {}, offers: {} });
  const { data, errors } = await gateway.ask('{ customer { name offers(placement: "home") { name } audiences } }', ADA);
  expect(data.customer).toEqual({ name: 'Ada', offers: null, audiences: [] });
  expect(errors.map(({ message }) => message)).toEqual(['placement: expected one of none configured; received "home"']);
  expect((await gateway.gateway.app.inject({ method: 'POST', url: '/ofrep/v1/evaluate/flags' })).statusCode).toBe(404);
});
