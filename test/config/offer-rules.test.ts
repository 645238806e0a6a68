import { describe, expect, it } from 'vitest';
import { compiled, configOf, offerOf, PLACEMENTS, problemsOf } from '../support/offer-project.ts';

describe('rules', () => {
  const reading = (placement: string, rule: string, config = PLACEMENTS) =>
    problemsOf({ 'gateway.config.ts': configOf(config), 'offers/gift.ts': offerOf(`placements: ['${placement}'], when: '${rule}',`) });

  it('read only what every viewer of the placement may see, of customers who are proven that well', async () => {
    expect(await reading('agent', 'customer.risk == "LOW"')).toEqual([]);
    expect(await reading('hero', 'customer.risk == "LOW"')).toEqual([
      'offers/gift.ts:4:41: when: expected a field that these rules can read, received customer.risk: it is for AGENT, and CUSTOMER, SERVICE, ADMIN may see what is decided for placement hero',
    ]);
    expect(await reading('hero', 'customer.address == "x"', "placements: { hero: { min: 'VERIFIED' } },")).toEqual([]);
    expect(await reading('agent', 'customer.address == "x"')).toEqual([
      expect.stringMatching(/when: expected a field .*customer\.address: .*VERIFIED/),
    ]);
  });

  it('of an offer at two placements have a mistake once', async () => {
    const problems = await problemsOf({ 'offers/gift.ts': offerOf("placements: ['hero', 'agent'], when: 'customer.nam == \"x\"',") });
    expect(problems).toEqual([expect.stringMatching(/^offers\/gift\.ts:4:\d+: when: .*customer\.nam; did you mean name\?$/)]);
  });

  it('that are put together from parts have the position of their key', async () => {
    const more = "placements: ['hero'],\n  when: ['customer.nam == \"x\"', 'true'].join(' && '),";
    expect(await problemsOf({ 'offers/gift.ts': offerOf(more) })).toEqual([
      expect.stringMatching(/^offers\/gift\.ts:5:3: when: .*customer\.nam; did you mean name\?$/),
    ]);
  });

  it('of audiences may not need themselves', async () => {
    const config = `${PLACEMENTS}\n  audiences: { a: 'audience("b")', b: '!audience("a")' },`;
    expect(await problemsOf({ 'gateway.config.ts': configOf(config) })).toEqual([
      expect.stringMatching(/^gateway\.config\.ts:5:\d+: audiences\.[ab]: expected audiences without a circle, received \w > \w > \w$/),
    ]);
  });
});

describe('the compiled offers', () => {
  const AUDIENCES = `audiences: {
    lapsed: 'journey.count("purchase", "365d") > 0 && now > timestamp("2020-01-01T00:00:00Z")',
    local: 'customer.store == "Leeds" && attributes.newsletter == true',
    both: 'audience("lapsed") || audience("local")',
    rich: 'customer.points > 5',
    lapsedAndRich: 'audience("lapsed") && audience("rich")',
    online: 'channel == "WEB"',
    sure: 'customer.assurance == "VERIFIED"',
    onlineAndLocal: 'audience("online") && audience("local")',
    willing: 'consent.sharing',
  },`;

  it('say which audiences depend only on what the gateway stores', async () => {
    const { offers } = await compiled({ 'gateway.config.ts': configOf(`${PLACEMENTS} ${AUDIENCES}`) });
    expect(offers?.storedAudiences).toEqual(['lapsed', 'local', 'both']);
  });

  it('have what is counted once, the sources of all rules, and the settings of decisions', async () => {
    const { offers } = await compiled({
      'gateway.config.ts': configOf(`${PLACEMENTS} ${AUDIENCES} decisions: { rank: 'value * 2.0 + priority', control: 0.5 },`),
      'offers/gift.ts': offerOf(`placements: ['hero', 'agent'], when: 'journey.count("purchase", "365d") > 3 && customer.name == "Ada"',`),
    });
    expect(offers?.traits.map(({ of, compute, window }) => [of, compute, window])).toEqual([['purchase', 'count', 365 * 86_400_000]]);
    expect([...(offers?.sources ?? [])].toSorted()).toEqual(['captured', 'crm', 'journey']);
    expect(offers?.settings).toMatchObject({ control: 0.5, exploration: 0.05, ranksByPropensity: false });
    expect(offers?.settings.rank({ propensity: 0.1, value: 4, priority: 3 })).toBe(11);
    expect(offers?.placements.get('hero')).toMatchObject({ offers: [{ name: 'gift' }], fallback: null });
  });

  it('are none without placements and audiences', async () => {
    expect((await compiled({ 'gateway.config.ts': configOf('') })).offers).toBeNull();
    expect((await compiled({ 'gateway.config.ts': configOf(AUDIENCES) })).offers).toMatchObject({ placements: new Map() });
  });
});
