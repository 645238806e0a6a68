import { describe, expect, it } from 'vitest';
import {
  ADA,
  BEN,
  explained,
  HOME,
  idOf,
  namesOf,
  type OfferGatewayOptions,
  offerGateway,
  offersOf,
  respond,
  type ShownOffer,
  see,
  WELCOME,
} from '../offer-gateway.ts';

const MINUTE = 60_000;

type Offers = OfferGatewayOptions['offers'];

it.each(['1.1h', '0.7d', '16.1s'])(
  'a cap may have a window of %s, whose milliseconds are no whole number in floating point',
  async (per) => {
    const gateway = await offerGateway({
      offers: { one: { caps: [{ count: 1, per: per as '1.1h', of: 'everybody' }] } },
      config: { retention: { decisions: '1.1d' } },
      // The window does not end in the middle of the test.
      now: () => new Date('2026-01-26T14:00:00Z'),
    });
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    expect(await respond(gateway, ADA, { token, response: 'PRESENTED' })).toBe('COUNTED');
    expect(await namesOf(gateway, BEN)).toEqual([]);
  },
);

describe("a cap of a customer's presentations", () => {
  const offers: Offers = { once: { caps: [{ count: 1, per: '7d' }], priority: 9 }, welcome: WELCOME };

  it('is reached when it was presented, and only for that customer', async () => {
    let time = Date.parse('2026-01-26T14:00:00Z');
    const gateway = await offerGateway({ placements: HOME, offers, now: () => new Date(time) });
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    // A reload does not lose the offer: what is reserved is used again.
    expect(await namesOf(gateway, ADA)).toEqual(['once']);
    await respond(gateway, ADA, { token, response: 'PRESENTED' });
    expect([await namesOf(gateway, ADA), await namesOf(gateway, BEN)]).toEqual([['welcome'], ['once']]);
    time += 7 * 24 * 60 * MINUTE + 1;
    expect(await namesOf(gateway, ADA)).toEqual(['once']);
  });

  it('is the reason that explainOffers answers, which reserves nothing', async () => {
    const gateway = await offerGateway({ placements: HOME, offers });
    await see(gateway, ADA);
    const id = await idOf(gateway, ADA);
    for (let times = 0; times < 3; times++)
      expect((await explained(gateway, id)).offers).toEqual([expect.objectContaining({ step: 'RANKED' })]);
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    await respond(gateway, ADA, { token, response: 'PRESENTED' });
    expect((await explained(gateway, id)).offers).toEqual([
      expect.objectContaining({ name: 'once', step: 'FILTERED', reason: 'its cap of 1 presentation in 7 days is reached' }),
    ]);
  });
});

describe('a cap of all presentations', () => {
  const offers: Offers = { last: { caps: [{ count: 1, of: 'everybody' }], priority: 9 }, welcome: WELCOME };

  it('gives a reserved presentation to another customer after 10 minutes, if it was not reported', async () => {
    let time = Date.parse('2026-01-26T14:00:00Z');
    const gateway = await offerGateway({ placements: HOME, offers, now: () => new Date(time) });
    expect([await namesOf(gateway, ADA), await namesOf(gateway, BEN)]).toEqual([['last'], ['welcome']]);
    time += 10 * MINUTE + 1;
    expect([await namesOf(gateway, BEN), await namesOf(gateway, ADA)]).toEqual([['last'], ['welcome']]);
  });

  it('is given out once to 200 customers who ask two gateways on one store at the same time', async () => {
    // On a busy machine the last answer takes longer than operations may.
    const options = { placements: HOME, offers, config: { limits: { time: '5m' } } } as const;
    const one = await offerGateway(options);
    const two = await offerGateway({ ...options, directory: one.directory });
    const asked = Array.from({ length: 200 }, (_, index) =>
      namesOf(index % 2 === 0 ? one : two, { role: 'CUSTOMER', subject: `c${index}` }),
    );
    const given = (await Promise.all(asked)).flat();
    expect(given.filter((name) => name === 'last')).toEqual(['last']);
    expect(given.filter((name) => name === 'welcome')).toHaveLength(199);
  });

  it('reserves nothing for explainOffers, and only what is given where fewer are asked for', async () => {
    const gateway = await offerGateway({
      placements: { ...HOME, home: { ...HOME.home, slots: 2 } },
      offers: { ...offers, first: { priority: 10 } },
    });
    await see(gateway, ADA);
    await explained(gateway, await idOf(gateway, ADA));
    expect(await namesOf(gateway, ADA, { first: 1 })).toEqual(['first']);
    expect(await namesOf(gateway, BEN)).toEqual(['first', 'last']);
    expect(await namesOf(gateway, ADA)).toEqual(['first']);
  });

  it('takes an offer out of a kept choice when its reservation is gone and another customer has the last one', async () => {
    let time = Date.parse('2026-01-26T14:00:00Z');
    const gateway = await offerGateway({
      placements: { ...HOME, home: { ...HOME.home, sticky: '1h' } },
      ...{ offers, now: () => new Date(time) },
    });
    expect(await namesOf(gateway, ADA)).toEqual(['last']);
    time += 9 * MINUTE;
    // Asked again, it is reserved for ten more minutes.
    expect(await namesOf(gateway, ADA)).toEqual(['last']);
    time += 9 * MINUTE;
    expect(await namesOf(gateway, BEN)).toEqual(['welcome']);
    time += 2 * MINUTE;
    expect([await namesOf(gateway, BEN), await namesOf(gateway, ADA)]).toEqual([['last'], ['welcome']]);
  });
});

it('adds up what two customers were presented, after they turned out to be one', async () => {
  const offers = { twice: { caps: [{ count: 2 }], priority: 9 }, welcome: WELCOME };
  const gateway = await offerGateway({ placements: HOME, offers });
  const { data, cookie: visitor } = await gateway.ask('{ customer { offers(placement: "home") { token } } }');
  const cookie = visitor as string;
  await respond(gateway, { cookie }, { token: data.customer.offers[0].token, response: 'PRESENTED' });
  const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
  await respond(gateway, ADA, { token, response: 'PRESENTED' });
  expect(await namesOf(gateway, ADA)).toEqual(['twice']);
  await gateway.ask('{ customer { id } }', { ...ADA, cookie });
  expect(await namesOf(gateway, ADA)).toEqual(['welcome']);
});
