import { describe, expect, it } from 'vitest';
import { memorySource, testGateway } from '../../support/gateway.ts';

const AGENT = { role: 'AGENT', subject: 'desk' } as const;
const SCHEMA = `
  scalar Date
  scalar JSON
  type Customer {
    name: String @from(source: "crm")
    age: Int @from(source: "crm")
    memberSince: Date @from(source: "crm", path: "member.since")
    settings: JSON @from(source: "crm")
    favouriteStore: String @from(source: "captured")
    visits: Int @computed(of: "visit", count: true)
    loyalty: Loyalty @from(source: "loyalty")
    orders(first: Int = 2, after: String): OrderConnection @from(source: "orders")
    tickets: [Ticket!] @from(source: "support")
  }
  enum Tier { SILVER GOLD }
  type Loyalty { tier: Tier points: Int spent: Float }
  type Order { number: String! total: Float lines: [OrderLine!] }
  type OrderLine { sku: String! quantity: Int }
  type Ticket { subject: String open: Boolean }
`;

/** A gateway with an offer for each rule. */
async function shop(rules: Readonly<Record<string, string>>) {
  const orders = [
    { number: 'A3', total: '10.5', lines: [{ sku: 'tea', quantity: 2 }] },
    { number: 'A2', total: 20, lines: [] },
    { number: 'A1', total: 900, lines: [] },
  ];
  const customer = { name: 'Ada', age: '41', member: { since: '2020-05-01' }, settings: { dark: true, size: 3 } };
  return testGateway({
    schema: SCHEMA,
    dataSources: {
      crm: memorySource({ 1: customer }).adapter,
      loyalty: memorySource({ 1: { tier: 'GOLD', points: 1_200, spent: '1200.50' } }).adapter,
      orders: memorySource({ 1: orders }, { many: true }).adapter,
      support: memorySource(
        {},
        {
          many: true,
          load: async () => {
            throw new Error('down');
          },
        },
      ).adapter,
    },
    config: {
      placements: { home: { slots: 20, min: 'RECOGNIZED' } },
      decisions: { rank: 'priority', exploration: 0 },
      audiences: { regulars: 'customer.visits >= 2', gold: 'customer.loyalty.tier == "GOLD" && audience("regulars")' },
    },
    offers: Object.fromEntries(
      Object.keys(rules).map((name) => [name, { placements: ['home'], when: rules[name] as string, content: { en: { title: name } } }]),
    ),
  });
}

const CAPTURE = 'mutation ($i: CaptureInteractionsInput!) { captureInteractions(input: $i) { accepted } }';
const IDENTIFY = 'mutation ($i: IdentifyInput!) { identify(input: $i) { customer { id } } }';
const EXPLAIN = 'query ($id: ID!) { explainOffers(customerId: $id, placement: "home") { offers { name step reason } } }';

/** How far each offer came, for a customer with two visits and a favourite store. */
async function stepsOf(rules: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { ask } = await shop(rules);
  const asked = { role: 'CUSTOMER', subject: '1' } as const;
  await ask(CAPTURE, { ...asked, variables: { i: { interactions: [{ type: 'visit' }, { type: 'visit' }] } } });
  const identified = { identifiers: [{ type: 'crmId', value: '1' }], attributes: { favouriteStore: 'Leeds' } };
  const { id } = (await ask(IDENTIFY, { ...AGENT, variables: { i: identified } })).data.identify.customer;
  const { data, errors } = await ask(EXPLAIN, { ...AGENT, variables: { id } });
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  const offers = data.explainOffers.offers as { readonly name: string; readonly step: string; readonly reason: string | null }[];
  return Object.fromEntries(offers.map(({ name, step, reason }) => [name, reason === null ? step : `${step}: ${reason}`]));
}

describe('rules of a shop', () => {
  it('read fields, records, pages, what was captured and what was counted', async () => {
    const rules = {
      leaf: 'customer.name == "Ada" && customer.age > 40',
      day: 'customer.memberSince < timestamp("2020-05-02T00:00:00Z")',
      json: 'customer.settings.dark && customer.settings.size == 3',
      record: 'customer.loyalty.tier == "GOLD" && customer.loyalty.spent > 1200',
      page: 'customer.orders.edges.exists(e, e.node.total > 15) && customer.orders.pageInfo.hasNextPage',
      lines: 'customer.orders.edges.exists(e, e.node.lines.exists(l, l.sku == "tea" && l.quantity == 2))',
      attribute: 'attributes.favouriteStore == "Leeds" && customer.favouriteStore == "Leeds"',
      trait: 'customer.visits == 2 && journey.count("visit", "1d") == 2 && journey.last("visit") < 60000000',
      audience: 'audience("gold")',
      mine: 'customer.assurance == "VERIFIED" && consent.personalisation',
    };
    expect(await stepsOf(rules)).toEqual(Object.fromEntries(Object.keys(rules).map((name) => [name, 'RANKED'])));
  });

  it('say why they are not true', async () => {
    expect(
      await stepsOf({
        defaults: 'customer.orders.edges.size() == 3',
        absent: 'customer.age > 1 && attributes.size == "M"',
        failed: 'customer.age > 1 && customer.tickets.exists(t, t.open)',
        decided: 'customer.age > 99 && customer.tickets.exists(t, t.open)',
        never: 'journey.last("purchase") > 1000',
      }),
    ).toEqual({
      // As a query without arguments: the first two.
      defaults: 'INELIGIBLE: customer.orders.edges.size() == 3 is false',
      absent: 'INELIGIBLE: attributes.size == "M" reads something that this customer does not have',
      failed: 'UNKNOWN: customer.tickets.exists(t, t.open) needs the data source support, which failed',
      decided: 'INELIGIBLE: customer.age > 99 is false',
      never: 'INELIGIBLE: journey.last("purchase") > 1000 reads something that this customer does not have',
    });
  });
});
