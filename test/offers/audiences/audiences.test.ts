import { expect, it } from 'vitest';
import { defineAdapter } from '../../../src/index.ts';
import { ADA, AGENT, BEN, namesOf, offerGateway, see } from '../offer-gateway.ts';

const audiences = {
  rich: 'customer.points > 1000',
  lapsed: 'journey.count("purchase", "365d") > 0 && journey.count("purchase", "90d") == 0',
  buyers: 'journey.count("purchase", "1d") > 0',
  local: 'attributes.favouriteStore == "Leeds"',
};
const ASK = '{ customer { audiences } }';

it('names the audiences of a customer, by profile, journey and attributes', async () => {
  const { ask, ...gateway } = await offerGateway({ offers: {}, config: { audiences } });
  expect((await ask(ASK, ADA)).data.customer.audiences).toEqual(['rich']);
  expect((await ask(ASK, BEN)).data.customer.audiences).toEqual([]);
  await see({ ask, ...gateway }, BEN, 'purchase');
  await ask('mutation { identify(input: { identifiers: [], attributes: { favouriteStore: "Leeds" } }) { outcome } }', BEN);
  expect((await ask(ASK, BEN)).data.customer.audiences.toSorted()).toEqual(['buyers', 'local']);
});

it('lets offers name an audience', async () => {
  const gateway = await offerGateway({ offers: { club: { when: 'audience("rich")' } }, config: { audiences } });
  expect([await namesOf(gateway, ADA), await namesOf(gateway, BEN)]).toEqual([['club'], []]);
});

it('needs a customer who is recognised', async () => {
  const { ask } = await offerGateway({ offers: {}, config: { audiences } });
  for (const path of ['/graphql', '/graphql?email=ada@example.com']) {
    const { data, codes } = await ask(ASK, { path });
    expect([data.customer, codes]).toEqual([{ audiences: null }, ['INSUFFICIENT_ASSURANCE']]);
  }
});

it('leaves out what needs a source that failed, and answers the others', async () => {
  const loyalty = defineAdapter({
    key: 'crmId',
    policy: { retries: 0 },
    load: async () => {
      throw new Error('connection refused');
    },
  });
  const gateway = await offerGateway({ offers: {}, loyalty, config: { audiences: { ...audiences, poor: '!(customer.points > 1000)' } } });
  await see(gateway, ADA, 'purchase');
  const { data, errors } = await gateway.ask(ASK, ADA);
  expect([data.customer.audiences, errors]).toEqual([['buyers'], []]);
});

it('answers many customers in one call to each source', async () => {
  const { ask, calls } = await offerGateway({ offers: {}, config: { audiences } });
  const query = '{ customersByIdentifiers(identifiers: [{ type: "crmId", value: "1" }, { type: "crmId", value: "2" }]) { audiences } }';
  expect((await ask(query, AGENT)).data.customersByIdentifiers).toEqual([{ audiences: ['rich'] }, { audiences: [] }]);
  expect(calls.loyalty.map((keys) => keys.toSorted())).toEqual([['1', '2']]);
});
