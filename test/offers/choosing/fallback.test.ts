import { describe, expect, it } from 'vitest';
import {
  ADA,
  ADMIN,
  BEN,
  BY_PRIORITY,
  namesOf,
  type OfferGatewayOptions,
  offerGateway,
  offersOf,
  respond,
  type ShownOffer,
} from '../offer-gateway.ts';

const placements = { home: { fallback: 'welcome', min: 'ANONYMOUS' }, side: { fallback: 'gift', min: 'ANONYMOUS' } } as const;
/** As an offer, it would be shown to nobody. */
const OVER = { when: 'false', starts: '2020-01-01', ends: '2020-02-01', caps: [{ count: 1 }] };
const now = () => new Date('2026-01-26T14:00:00Z');

async function present(gateway: Awaited<ReturnType<typeof offerGateway>>, as: Parameters<typeof offersOf>[1], placement = 'home') {
  const [{ token, name }] = (await offersOf(gateway, as, { placement })) as [ShownOffer];
  expect(await respond(gateway, as ?? {}, { token, response: 'PRESENTED' })).toBe('COUNTED');
  return name;
}

describe('the fallback of a placement', () => {
  it('is given where no offer is, whatever its own rule, dates and caps say', async () => {
    let time = now().getTime();
    const offers = { welcome: { ...OVER, placements: [] }, gift: { placements: [] } };
    const gateway = await offerGateway({ placements, offers, now: () => new Date(time) });
    for (let hour = 0; hour < 3; hour++) {
      expect(await present(gateway, ADA)).toBe('welcome');
      time += 3_600_000;
    }
  });

  it('takes part as any other offer where it names the placement itself, and is still given where no offer is', async () => {
    const gateway = await offerGateway({
      placements,
      offers: {
        welcome: { priority: 5, caps: [{ count: 1 }] },
        other: { priority: 1, when: 'customer.tier == "GOLD"' },
        gift: { placements: [] },
      },
      now,
    });
    expect([await present(gateway, ADA), await present(gateway, BEN)]).toEqual(['welcome', 'welcome']);
    // Its cap is reached for both; only Ada is a gold member.
    expect([await namesOf(gateway, ADA), await namesOf(gateway, BEN)]).toEqual([['other'], ['welcome']]);
  });

  it.each(['customer', 'everybody'] as const)('counts for the caps that it has as an offer elsewhere: of %s', async (of) => {
    const offers = { gift: { caps: [{ count: 1, of }] }, welcome: { placements: [] } };
    const gateway = await offerGateway({ placements, offers, now });
    expect(await present(gateway, ADA, 'side')).toBe('gift');
    expect([await namesOf(gateway, ADA), await namesOf(gateway, BEN)]).toEqual([['welcome'], [of === 'everybody' ? 'welcome' : 'gift']]);
  });
});

it('offerPerformance compares what a control group did with the fallback, and ends before the midnight of `until`', async () => {
  let time = Date.parse('2026-01-26T23:30:00Z');
  const options: OfferGatewayOptions = {
    placements: { home: placements.home },
    offers: { gift: {}, welcome: { placements: [] } },
    config: { decisions: { ...BY_PRIORITY, control: 0.5 } },
  };
  const gateway = await offerGateway({ ...options, now: () => new Date(time) });
  const shown = { gift: 0, welcome: 0 };
  // Of those with an offer all accept; in the control group the first one does.
  for (let customer = 1; customer <= 40; customer++) {
    const as = { path: `/graphql?cid=${customer}` };
    const [{ name, token }] = (await offersOf(gateway, as)) as [ShownOffer];
    await respond(gateway, as, { token, response: 'PRESENTED' });
    if (name === 'gift' || shown.welcome === 0) await respond(gateway, as, { token, response: 'ACCEPTED' });
    shown[name as keyof typeof shown]++;
  }
  const rate = 1 / shown.welcome;
  const query = `query ($since: DateTime, $until: DateTime) {
    offerPerformance(since: $since, until: $until) { offer presented accepted acceptRate control lift } }`;
  const performance = async (since: string, until: string) =>
    (await gateway.ask(query, { ...ADMIN, variables: { since, until } })).data.offerPerformance;
  const first = {
    offer: 'gift',
    presented: shown.gift,
    accepted: shown.gift,
    acceptRate: 1,
    control: rate,
    lift: expect.closeTo(1 / rate - 1, 9),
  };
  const second = { offer: 'welcome', presented: 0, accepted: 0, acceptRate: null, control: rate, lift: null };
  expect(await performance('2026-01-26T12:00:00Z', '2026-01-27T00:00:00Z')).toEqual([first, second]);
  expect(await performance('2026-01-25T00:00:00Z', '2026-01-26T00:00:00Z')).toEqual([]);
  expect(await performance('2026-01-27T00:00:00Z', '2026-01-28T00:00:00Z')).toEqual([]);
  time = Date.parse('2026-01-27T00:30:00Z');
  await present(gateway, { path: '/graphql?cid=1' });
  expect(await performance('2026-01-27T00:00:00Z', '2026-01-27T00:30:00Z')).toHaveLength(1);
});
