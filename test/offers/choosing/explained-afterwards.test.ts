import { describe, expect, it, vi } from 'vitest';
import { PATIENTLY } from '../../support/waiting.ts';
import { ADA, AGENT, BEN, BY_PRIORITY, idOf, offerGateway, offersOf, respond, type ShownOffer, see, WELCOME } from '../offer-gateway.ts';

const HOME = { home: { slots: 2, fallback: 'welcome', min: 'ANONYMOUS' } } as const;
const offers = { gold: { priority: 9, when: 'customer.tier == "GOLD"' }, any: { priority: 2 }, welcome: WELCOME };
const DECISIONS = `query ($id: ID!, $first: Int) {
  explainOffers(customerId: $id, placement: "home") {
    offers { name }
    decisions(first: $first) { id decidedAt stickyUntil touchpoint viewer isControl isFallback inputs offers { name version score propensity } }
  }
}`;
const MERGE = 'mutation ($ids: [ID!]!) { mergeCustomers(input: { customerIds: $ids, reason: "one person" }) { customer { id } } }';

interface Kept {
  readonly id: string;
  readonly offers: readonly { readonly name: string }[];
}

type Gateway = Awaited<ReturnType<typeof offerGateway>>;

async function decisionsOf({ ask }: Pick<Gateway, 'ask'>, id: string, first?: number): Promise<Kept[]> {
  const { data, errors } = await ask(DECISIONS, { ...AGENT, variables: { id, first } });
  expect(errors).toEqual([]);
  return data.explainOffers.decisions;
}

/** Decisions are written without anybody waiting for them. */
const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, PATIENTLY);

describe('decisions of explainOffers', () => {
  it('say yesterday’s offers, when and where they were given, and with which version and numbers', async () => {
    let time = Date.parse('2026-01-26T14:30:00Z');
    const options = { placements: HOME, offers, config: { decisions: { ...BY_PRIORITY, rank: 'priority * propensity' } } };
    const gateway = await offerGateway({ ...options, now: () => new Date(time) });
    await see(gateway, ADA);
    const id = await idOf(gateway, ADA);
    const given = await offersOf(gateway, { ...ADA, headers: { 'x-touchpoint': 'web' } });
    const decision = {
      id: given[0]?.id.split(':')[0],
      ...{ decidedAt: '2026-01-26T14:30:00.000Z', stickyUntil: null, touchpoint: 'web', viewer: 'CUSTOMER' },
      ...{ isControl: false, isFallback: false, inputs: expect.stringMatching(/^[\w-]{22}$/) },
      offers: given.map(({ name }) => ({ name, version: expect.any(String), score: expect.any(Number), propensity: expect.any(Number) })),
    };
    await eventually(async () => expect(await decisionsOf(gateway, id)).toEqual([decision]));

    // The next day the customer is asked about by an agent, of whom a decision is kept as well, and the rules are others.
    time += 24 * 3_600_000;
    const later = await offerGateway({
      ...options,
      offers: { ...offers, any: { when: 'false' } },
      ...{ directory: gateway.directory, now: () => new Date(time) },
    });
    const byAgent = 'query ($id: ID!) { node(id: $id) { ... on Customer { offers(placement: "home") { name } } } }';
    expect((await later.ask(byAgent, { ...AGENT, variables: { id } })).data.node.offers).toEqual([{ name: 'gold' }]);
    const newer = { viewer: 'AGENT', touchpoint: null, decidedAt: '2026-01-27T14:30:00.000Z', offers: [{ name: 'gold' }] };
    await eventually(async () => expect(await decisionsOf(later, id)).toMatchObject([newer, { id: decision.id }]));
    expect((await decisionsOf(later, id, 1)).map((each) => each.offers.map(({ name }) => name))).toEqual([['gold']]);
  });

  it('have the fallback and the control group, and what other ids of the customer got', async () => {
    const control = { decisions: { ...BY_PRIORITY, control: 1 } };
    const gateway = await offerGateway({ placements: HOME, offers, config: control });
    for (const as of [ADA, BEN]) {
      await see(gateway, as);
      await offersOf(gateway, as);
    }
    const ids = [await idOf(gateway, ADA), await idOf(gateway, BEN)];
    expect((await gateway.ask(MERGE, { ...AGENT, variables: { ids } })).errors).toEqual([]);
    const fallback = { isControl: true, isFallback: true, offers: [{ name: 'welcome', score: null, propensity: null }] };
    await eventually(async () => expect(await decisionsOf(gateway, ids[1] as string)).toMatchObject([fallback, fallback]));
  });

  it('are found by the offerId of a response', async () => {
    const gateway = await offerGateway({ placements: HOME, offers });
    const [{ token }] = (await offersOf(gateway, ADA)) as [ShownOffer];
    await respond(gateway, ADA, { token, response: 'CLICKED' });
    const journey = '{ customer { interactions(first: 9) { edges { node { offer } } } } }';
    const { data } = await gateway.ask(journey, ADA);
    const [decision] = data.customer.interactions.edges[0].node.offer.split(':');
    const id = await idOf(gateway, ADA);
    await eventually(async () => expect((await decisionsOf(gateway, id)).map((each) => each.id)).toEqual([decision]));
  });

  it('are refused in a number that no list has, and count as much as is asked for', async () => {
    const gateway = await offerGateway({ placements: HOME, offers });
    await see(gateway, ADA);
    const id = await idOf(gateway, ADA);
    for (const first of [0, -1, 101])
      expect((await gateway.ask(DECISIONS, { ...AGENT, variables: { id, first } })).codes).toEqual(['BAD_USER_INPUT']);
    const refused = await gateway.ask(DECISIONS, { ...ADA, variables: { id } });
    expect([refused.data, refused.codes]).toEqual([{ explainOffers: null }, ['FORBIDDEN']]);
  });
});
