import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  ADA,
  AGENT,
  BEN,
  idOf,
  namesOf,
  type OfferGateway,
  type OfferGatewayOptions,
  offerGateway,
  offersOf,
  respond,
  type ShownOffer,
  see,
} from '../offers/offer-gateway.ts';
import { itOfSqlite, STORE } from '../support/stores.ts';
import { signToken } from '../support/tokens.ts';
import { PATIENTLY } from '../support/waiting.ts';

const WELCOME = { placements: ['nowhere'] };
const SCARCE: OfferGatewayOptions['offers'] = { scarce: { caps: [{ count: 10, of: 'everybody' }] }, welcome: WELCOME };

/** Asks for offers as a stranger without a cookie jar. @returns the names, or the code of the error. */
async function asked({ ask }: Pick<OfferGateway, 'ask'>, cookie?: string): Promise<string[]> {
  const { data, codes } = await ask('{ customer { offers(placement: "home") { name } } }', cookie === undefined ? {} : { cookie });
  return data?.customer?.offers.map(({ name }: ShownOffer) => name) ?? codes;
}

describe('a stranger who wants all of an offer that everybody shares', () => {
  it('reserves none of it without a cookie jar, unless the placement is for anonymous visitors', async () => {
    const gateway = await offerGateway({ placements: { home: { fallback: 'welcome' }, nowhere: {} }, offers: SCARCE });
    for (let times = 0; times < 20; times++) expect(await asked(gateway)).toEqual(['welcome']);
    expect(await namesOf(gateway, ADA)).toEqual(['scarce']);
  });

  it('reserves none of it with any number of cookies where a placement is for customers who have logged in', async () => {
    const gateway = await offerGateway({ placements: { home: { fallback: 'welcome', min: 'VERIFIED' }, nowhere: {} }, offers: SCARCE });
    for (let times = 0; times < 20; times++) {
      const { cookie } = await gateway.ask('{ customer { id } }');
      expect(await asked(gateway, cookie)).toEqual(['welcome']);
    }
    expect(await namesOf(gateway, ADA)).toEqual(['scarce']);
  });

  it('gets no more of it than the rate of an address allows', async () => {
    const gateway = await offerGateway({
      placements: { home: { fallback: 'welcome', min: 'ANONYMOUS' }, nowhere: {} },
      offers: SCARCE,
      config: { limits: { rate: { address: '6/10m' } } },
    });
    const names = [];
    for (let times = 0; times < 20; times++) names.push(...(await asked(gateway)));
    expect(names).toEqual([...Array(6).fill('scarce'), ...Array(14).fill('RATE_LIMITED')]);
  });

  it('has one reservation for each placement, by whatever touchpoint and in whatever language they ask', async () => {
    const gateway = await offerGateway({
      placements: { home: { fallback: 'welcome', min: 'ANONYMOUS' }, nowhere: {} },
      offers: SCARCE,
      config: { touchpoints: { web: { channel: 'WEB' }, ios: { channel: 'MOBILE', visitors: true } } },
    });
    const { cookie } = await gateway.ask('{ customer { id } }');
    const as = { cookie: cookie as string };
    for (let times = 0; times < 20; times++) {
      const headers = { 'x-touchpoint': times % 2 === 0 ? 'web' : 'ios', 'accept-language': `l${times}` };
      expect(await namesOf(gateway, { ...as, headers }, { locale: `l${times}` })).toEqual(['scarce']);
    }
    const others = await Promise.all(Array.from({ length: 10 }, (_, n) => namesOf(gateway, { role: 'CUSTOMER', subject: `c${n}` })));
    expect(others.filter(([name]) => name === 'scarce')).toHaveLength(9);
  });
});

it('nobody learns from offers what a field says that they may not read: not by a claim, and not by an id', async () => {
  const gateway = await offerGateway({
    placements: { home: { fallback: 'welcome', min: 'ANONYMOUS' }, nowhere: {} },
    offers: { gold: { when: 'customer.tier == "GOLD"' }, welcome: WELCOME },
  });
  await see(gateway, ADA);
  const id = await idOf(gateway, ADA);
  expect(await namesOf(gateway, ADA)).toEqual(['gold']);
  const query = `{ customer { offers(placement: "home") { name } } node(id: "${id}") { ... on Customer { offers(placement: "home") { name } } } }`;
  for (const as of [{ path: '/graphql?email=ada@example.com' }, {}, BEN]) {
    const { data } = await gateway.ask(query, as);
    expect(data).toEqual({ customer: { offers: [{ name: 'welcome' }] }, node: null });
  }
  const entities = `{ _entities(representations: [{ __typename: "Customer", id: "${id}" }]) { ... on Customer { offers(placement: "home") { name } } } }`;
  expect((await gateway.ask(entities, BEN)).data).toEqual({ _entities: [null] });
  expect((await gateway.ask(`{ explainOffers(customerId: "${id}", placement: "home") { isControl } }`, ADA)).codes).toEqual(['FORBIDDEN']);
});

it('values that a client sends where offers are chosen are in no log line and no metric', async () => {
  const { gateway, ask, log } = await offerGateway({ offers: { gold: { when: 'locale == "x-SECRET1"' } } });
  const as = { ...ADA, variables: {} };
  await ask('{ customer { offers(placement: "SECRET3", locale: "x-SECRET1") { name } } }', as);
  await ask('mutation ($i: RespondToOfferInput!) { respondToOffer(input: $i) { outcome } }', {
    ...as,
    variables: { i: { token: 'SECRET2', response: 'CLICKED' } },
  });
  const authorization = `Bearer ${await signToken({ role: 'SERVICE', subject: 'program' })}`;
  for (const targetingKey of ['crmId:SECRET4', 'unknown:SECRET5', 'SECRET6', 'email:secret7@example.com'])
    for (const url of ['/ofrep/v1/evaluate/flags/home', '/ofrep/v1/evaluate/flags', '/ofrep/v1/evaluate/flags/SECRET8']) {
      const payload = { context: { targetingKey, locale: 'x-SECRET1', plan: 'SECRET9' } };
      await gateway.app.inject({ method: 'POST', url, headers: { authorization }, payload });
    }
  const metrics = (await gateway.app.inject('/metrics')).body;
  expect(metrics).toContain('home');
  expect([...log, metrics].filter((text) => /secret/i.test(text))).toEqual([]);
});

// It looks for the bytes in the store's files.
itOfSqlite('of an erased customer no decision, reservation, response or audience is in any file, and their tokens are dead', async () => {
  const { gateway, ask, directory } = await offerGateway({
    offers: { one: { caps: [{ count: 3 }, { count: 9, of: 'everybody' }] }, two: { caps: [{ count: 3 }], priority: 0 } },
    placements: { home: { slots: 2, sticky: '1h' } },
    config: { audiences: { SECRETS: 'journey.count("page_view", "30d") > 0' } },
  });
  const as = { role: 'CUSTOMER', subject: 'SECRET' } as const;
  await see({ ask }, as);
  const id = await idOf({ ask }, as);
  const offers = await offersOf({ ask }, as);
  const [{ token, id: offerId }] = offers as [ShownOffer];
  expect(offers).toHaveLength(2);
  expect(await respond({ ask }, as, { token, response: 'PRESENTED' })).toBe('COUNTED');
  const hidden = ['SECRET', offerId.slice(0, offerId.indexOf(':'))];
  const found = () =>
    readdirSync(directory).flatMap((name) => {
      const bytes = readFileSync(join(directory, name));
      return hidden.filter((text) => bytes.includes(text));
    });
  // The audience is evaluated a little later.
  await vi.waitFor(() => expect(found()).toEqual(expect.arrayContaining(hidden)), PATIENTLY);
  await vi.waitFor(async () => expect(await rowsOf(directory, id)).toMatchObject({ audience_event: 1, audience_member: 1 }), PATIENTLY);
  expect(await rowsOf(directory, id)).toEqual({ offer_decision: 1, offer_exposure: 2, audience_event: 1, audience_member: 1 });

  const erase = 'mutation ($i: EraseCustomerInput!) { eraseCustomer(input: $i) { complete } }';
  const { data } = await ask(erase, { role: 'SERVICE', variables: { i: { customerId: id } } });
  expect(data.eraseCustomer.complete).toBe(true);
  expect(await respond({ ask }, AGENT, { token, response: 'CLICKED' })).toBe('NOT_FOUND');
  expect(await respond({ ask }, as, { token, response: 'CLICKED' })).toBe('NOT_FOUND');
  await gateway.close();
  expect(await rowsOf(directory, id)).toEqual({ offer_decision: 0, offer_exposure: 0, audience_event: 0, audience_member: 0 });
  expect(found()).toEqual([]);
});

/** How many rows of offers and audiences lie under the id of a customer. */
async function rowsOf(directory: string, id: string): Promise<Record<string, unknown>> {
  const tables = ['offer_decision', 'offer_exposure', 'audience_event', 'audience_member'];
  const countOf = async (table: string) =>
    [table, (await STORE.rows(directory, 'gateway', `select 1 from ${table} where customer_id = '${id}'`)).length] as const;
  return Object.fromEntries(await Promise.all(tables.map(countOf)));
}
