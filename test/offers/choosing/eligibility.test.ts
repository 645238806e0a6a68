import { describe, expect, it } from 'vitest';
import { defineAdapter } from '../../../src/index.ts';
import { ADA, AGENT, offerGateway } from '../offer-gateway.ts';

/** Everybody may be shown something here; a slot for each offer. */
const HOME = { home: { slots: 50, min: 'ANONYMOUS' } } as const;
/** A rule of each value for Ada, a gold member whose CRM is down. Some read the customer, some do not. */
const RULES = {
  none: undefined,
  channelTrue: 'channel == "WEB"',
  channelFalse: 'channel == "EMAIL"',
  localeAbsent: 'locale == "de"',
  assurance: 'customer.assurance != "VERIFIED" || true',
  tierTrue: 'customer.tier == "GOLD"',
  tierFalse: 'customer.tier == "SILVER"',
  nameUnknown: 'customer.name == "Ada"',
  storeAbsent: 'attributes.favouriteStore == "York"',
  hasStore: 'has(customer.favouriteStore)',
  unknownOrTrue: 'customer.name == "Ada" || customer.tier == "GOLD"',
  unknownAndFalse: 'customer.name == "Ada" && customer.tier == "SILVER"',
  unknownAndAbsent: 'customer.name == "Ada" && attributes.favouriteStore == "York"',
  unknownOrAbsent: 'customer.name == "Ada" || attributes.favouriteStore == "York"',
  notUnknown: '!(customer.name == "Ada")',
  neverSeen: 'journey.last("purchase") < 1000',
  noPurchase: 'journey.count("purchase", "30d") == 0',
  inAudience: 'audience("gold")',
  inUnknownAudience: 'audience("adas")',
  notInUnknownAudience: '!audience("adas")',
  trueOrUnknownAudience: 'customer.tier == "GOLD" || audience("adas")',
} as const;
type Name = keyof typeof RULES;
const OF_NOBODY: readonly Name[] = ['assurance', 'channelTrue', 'none'];
const OF_ADA: readonly Name[] = ['inAudience', 'noPurchase', 'tierTrue', 'trueOrUnknownAudience', 'unknownOrTrue'];
const UNKNOWN: readonly Name[] = ['inUnknownAudience', 'nameUnknown', 'notInUnknownAudience', 'notUnknown', 'unknownOrAbsent'];

const down = defineAdapter({ key: 'crmId', load: async () => Promise.reject(new Error('down')), policy: { retries: 0 } });
const headers = { 'x-touchpoint': 'web' };

function gatewayOfRules() {
  return offerGateway({
    placements: HOME,
    config: { audiences: { gold: 'customer.tier == "GOLD"', adas: 'customer.name == "Ada"' } },
    offers: Object.fromEntries(Object.entries(RULES).map(([name, when]) => [name, when === undefined ? {} : { when }])),
    dataSources: { crm: down, loyalty: defineAdapter({ key: 'crmId', load: async (keys) => keys.map(() => ({ tier: 'GOLD' })) }) },
  });
}

describe('a rule over a customer whose CRM is down', () => {
  const query = '{ customer { assurance offers(placement: "home") { name } } }';
  it.each([
    ['ANONYMOUS', {}, OF_NOBODY],
    ['CLAIMED', { path: '/graphql?email=ada@example.com' }, OF_NOBODY],
    ['RECOGNIZED', { path: '/graphql?cid=1' }, [...OF_NOBODY, ...OF_ADA]],
    ['VERIFIED', ADA, [...OF_NOBODY, ...OF_ADA]],
  ] as const)('lets its offer through only where it is true: %s', async (assurance, as, expected) => {
    const { ask } = await gatewayOfRules();
    const { data, errors } = await ask(query, { ...as, headers });
    const names = data.customer.offers.map(({ name }: { name: string }) => name).sort();
    expect([data.customer.assurance, names, errors]).toEqual([assurance, [...expected].sort(), []]);
  });

  it('is unknown only where the source could still make it true, and names the source', async () => {
    const { ask } = await gatewayOfRules();
    await ask('mutation { captureInteractions(input: { interactions: [{ type: "page_view" }] }) { accepted } }', ADA);
    const { data } = await ask('{ customer { id } }', ADA);
    const explain = 'query ($id: ID!) { explainOffers(customerId: $id, placement: "home") { offers { name step reason } } }';
    const explained = await ask(explain, { ...AGENT, headers, variables: { id: data.customer.id } });
    const offers: { name: Name; step: string; reason: string | null }[] = explained.data.explainOffers.offers;
    const at = (step: string) =>
      offers
        .filter((each) => each.step === step)
        .map(({ name }) => name)
        .sort();
    expect(at('RANKED')).toEqual([...OF_NOBODY, ...OF_ADA].sort());
    expect(at('UNKNOWN')).toEqual([...UNKNOWN].sort());
    for (const { step, reason } of offers) if (step === 'UNKNOWN') expect(reason).toContain('crm');
    const others = new Set<string>([...OF_NOBODY, ...OF_ADA, ...UNKNOWN]);
    expect(at('INELIGIBLE')).toEqual(
      Object.keys(RULES)
        .filter((name) => !others.has(name))
        .sort(),
    );
  });
});

describe('a rule over the journey', () => {
  const offers = {
    lately: { when: 'journey.count("purchase", "30d") >= 2' },
    ever: { when: 'journey.last("purchase") < 100 * 24 * 60 * 60 * 1000' },
  };
  const options = { placements: HOME, offers, now: () => new Date('2026-06-30T12:00:00Z') };
  const capture = 'mutation ($i: [InteractionInput!]!) { captureInteractions(input: { interactions: $i }) { accepted } }';
  const namesOf = async ({ ask }: Awaited<ReturnType<typeof offerGateway>>, as: Parameters<typeof ask>[1]) =>
    (await ask('{ customer { offers(placement: "home") { name } } }', as)).data.customer.offers
      .map(({ name }: { name: string }) => name)
      .sort();

  it('counts what arrives late by when it happened, once however often it is sent', async () => {
    const gateway = await offerGateway(options);
    const send = (id: string, occurredAt: string) =>
      gateway.ask(capture, { ...ADA, variables: { i: [{ id, type: 'purchase', occurredAt }] } });
    await send('a', '2026-06-20T00:00:00Z');
    await send('a', '2026-06-20T00:00:00Z');
    expect(await namesOf(gateway, ADA)).toEqual(['ever']);
    // Before the window.
    await send('b', '2026-05-30T00:00:00Z');
    expect(await namesOf(gateway, ADA)).toEqual(['ever']);
    await send('c', '2026-06-01T00:00:00Z');
    expect(await namesOf(gateway, ADA)).toEqual(['ever', 'lately']);
  });

  it('counts what a visitor did as soon as it is known who they are', async () => {
    const gateway = await offerGateway(options);
    const { cookie } = await gateway.ask('{ customer { id } }');
    const visitor = { cookie: cookie as string };
    for (const as of [ADA, visitor]) await gateway.ask(capture, { ...as, variables: { i: [{ type: 'purchase' }] } });
    expect([await namesOf(gateway, ADA), await namesOf(gateway, visitor)]).toEqual([['ever'], ['ever']]);
    expect(await namesOf(gateway, { ...ADA, ...visitor })).toEqual(['ever', 'lately']);
  });
});
