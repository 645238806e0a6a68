import { describe, expect, it } from 'vitest';
import { NOW, ruleSet, type StateOptions, stateOf } from './rule-vocabulary.ts';

/** Everything is known. */
const CUSTOMER = {
  name: 'Ann',
  age: 41,
  spent: 12.5,
  active: true,
  tags: ['new', null, 'rare'],
  memberSince: '2020-05-01',
  seenAt: '2026-06-15T11:30:00Z',
  settings: { dark: true, size: 3, nested: { list: [1, 'two', null] } },
  loyalty: { tier: 'GOLD', points: 1500, spent: 1500.25, since: '2021-01-01T00:00:00+02:00', parent: { tier: 'SILVER' } },
  orders: {
    edges: [
      { cursor: 'a', node: { number: 'A1', total: 120, date: '2026-06-01', lines: [{ sku: 17, quantity: 2 }] } },
      { cursor: 'b', node: { number: 'A2', total: 80.5, date: '2026-05-01', lines: [] } },
      { cursor: 'c', node: null },
    ],
    pageInfo: { hasNextPage: false },
  },
};
const ATTRIBUTES = { vip: true, visits: 3, score: 2.5, page: '/shoes', old: null, cart: { items: [1, 2] }, big: '9007199254740993' };
const JOURNEY = {
  'journey.count purchase 2592000000': 2,
  'journey.last purchase': '2026-06-15T11:59:00.000Z',
  'journey.last page_view': null,
  'journey.last order': '2026-06-15T12:00:30.000Z',
};

function kindOf(text: string, options: StateOptions = {}): string {
  return ruleSet({ rule: text }).over(stateOf({ customer: CUSTOMER, attributes: ATTRIBUTES, journey: JOURNEY, ...options }))('rule').kind;
}

describe('a rule reads', () => {
  it.each([
    // Numbers: both kinds together.
    'customer.age == 41 && customer.age != 40 && customer.age > 40.5',
    'customer.age == 41.0 && customer.age in [40, 41] && customer.spent in [12.5]',
    'customer.spent > 12 && customer.spent * 2 == 25.0 && 2 * customer.spent == 25',
    'customer.spent != 12 && customer.spent == customer.spent && customer.age + customer.age == 82',
    'customer.age / 2 == 20 && customer.age / 2.0 == 20.5 && customer.age % 2 == 1',
    'customer.age + customer.spent > 53 && customer.age - 0.5 < customer.age',
    // Texts, lists, times.
    'customer.name.startsWith("A") && size(customer.name) == 3 && "nn" in [customer.name.substring(1)]',
    'customer.tags.size() == 2 && "rare" in customer.tags && customer.tags[1] == "rare"',
    'customer.memberSince == timestamp("2020-05-01T00:00:00Z") && customer.memberSince < now - duration("720h")',
    'customer.seenAt < now && now - customer.seenAt == duration("30m") && customer.seenAt.getHours() == 11',
    'customer.loyalty.since == timestamp("2020-12-31T22:00:00Z")',
    // Objects, lists of objects, pages.
    'customer.loyalty.tier == "GOLD" && customer.loyalty.parent.tier == "SILVER"',
    'customer.orders.edges.exists(e, e.node.total > 100) && !customer.orders.pageInfo.hasNextPage',
    'customer.orders.edges.filter(e, has(e.node) && e.node.total > 50.0).size() == 2',
    'customer.orders.edges.exists(e, e.node.lines.exists(l, l.sku == "17" && l.quantity == 2))',
    'customer.orders.edges[0].node.date > timestamp("2026-05-31T00:00:00Z")',
    'cel.bind(first, customer.orders.edges[0].node, first.number == "A1" && first.total == 120)',
    // JSON.
    'customer.settings.dark && customer.settings.size == 3 && customer.settings.size < 3.5',
    'customer.settings.nested.list[0] == 1 && customer.settings.nested.list[1] == "two" && customer.settings.nested.list[2] == null',
    'attributes.vip && attributes.visits == 3 && attributes.visits > 2.5 && attributes.visits in [1, 3]',
    'attributes.score == 2.5 && attributes.score > 2 && attributes.score != 2 && attributes.score * 2 == 5.0',
    'attributes.page == "/shoes" && attributes["page"].contains("shoe") && "page" in attributes',
    'attributes.cart.items.size() == 2 && attributes.cart.items.exists(i, i > 1)',
    'attributes.big == "9007199254740993"',
    // A comparison of different kinds is false.
    'attributes.page != 3 && !(attributes.visits == "3") && attributes.vip != 1',
    // What is not there.
    '!has(attributes.old) && !("old" in attributes) && !has(attributes.none) && !has(customer.loyalty.parent.points)',
    '!has(customer.purchases) && has(customer.name) && has(customer.loyalty.parent.tier)',
    // The rest.
    'journey.count("purchase", "30d") == 2 && journey.last("purchase") == 60000 && journey.last("purchase") < 86400000',
    'consent.tracking && !consent.sharing && consent["personalisation"]',
    'touchpoint == "web" && channel == "WEB" && locale.startsWith("en")',
    'customer.assurance == "RECOGNIZED" && now == timestamp("2026-06-15T12:00:00Z")',
  ])('%s', (text) => {
    expect(kindOf(text)).toBe('TRUE');
  });

  it('values in every form in which sources answer them', () => {
    expect(kindOf('customer.age == 41', { customer: { age: '41' } })).toBe('TRUE');
    expect(kindOf('customer.age == 41', { customer: { age: 41n } })).toBe('TRUE');
    expect(kindOf('customer.spent == 12.5', { customer: { spent: '12.5' } })).toBe('TRUE');
    expect(kindOf('customer.spent == 12', { customer: { spent: 12n } })).toBe('TRUE');
    expect(kindOf('customer.name == "17850"', { customer: { name: 17850 } })).toBe('TRUE');
    expect(kindOf('customer.active', { customer: { active: 1 } })).toBe('TRUE');
    expect(kindOf('customer.seenAt == now', { customer: { seenAt: NOW } })).toBe('TRUE');
    expect(kindOf('customer.seenAt == now', { customer: { seenAt: '2026-06-15T14:00:00+0200' } })).toBe('TRUE');
    expect(kindOf('customer.visits == 3', { customer: { visits: 3 } })).toBe('TRUE');
    expect(kindOf('customer.big == 9007199254740993', { customer: { big: 9007199254740993n } })).toBe('TRUE');
    expect(kindOf('customer.big == 9007199254740993', { customer: { big: '9007199254740993' } })).toBe('TRUE');
    expect(kindOf('customer.memberSince < now', { customer: { memberSince: new Date('2020-05-01') } })).toBe('TRUE');
  });

  it('by has() whether there is a value, also in an object that is not there', () => {
    for (const text of [
      'has(customer.loyalty)',
      'has(customer.loyalty.tier)',
      'has(customer.loyalty.parent.tier)',
      'has(attributes.cart.total.net)',
    ]) {
      expect(kindOf(text, { customer: {}, attributes: {} }), text).toBe('FALSE');
      expect(kindOf(`!${text}`, { customer: {}, attributes: {} }), text).toBe('TRUE');
      expect(kindOf(text, { customer: { loyalty: new Error('loyalty') }, attributes: new Error('captured') }), text).toBe('UNKNOWN');
    }
  });

  it('nothing of an interaction’s future', () => {
    expect(kindOf('journey.last("order") == 0')).toBe('TRUE');
  });
});

describe('a rule that reads what is not there is ABSENT', () => {
  it.each([
    'customer.purchases > 1',
    'customer.loyalty.discount > 0.1',
    'customer.loyalty.parent.parent.tier == "GOLD"',
    'customer.tags[7] == "x"',
    'customer.orders.edges.all(e, e.node.total > 1.0)',
    'attributes.none == 1',
    'attributes.old == 1',
    'attributes.cart.total > 1',
    'journey.last("page_view") > 1',
  ])('%s', (text) => {
    expect(kindOf(text)).toBe('ABSENT');
    expect(kindOf(`!(${text})`)).toBe('ABSENT');
  });

  it.each(['touchpoint', 'channel', 'locale'])('%s', (name) => {
    expect(kindOf(`${name}.size() > 0`, { [name]: null })).toBe('ABSENT');
  });
});

describe('a rule without an answer for these values is ABSENT, and never fails', () => {
  it.each([
    'attributes.page > 3',
    'attributes.page + 1 == 2',
    'attributes.page',
    'attributes.visits && true == true',
    'attributes.cart.items.total == 1',
    'customer.settings.dark > 1',
    'customer.age / (customer.age - 41) == 1',
    'customer.tags[customer.age - 42] == "x"',
    'timestamp(customer.name) < now',
    'int(customer.name) == 1',
    'customer.name.substring(9) == "x"',
    'now.getHours("Nowhere/Atall") == 1',
  ])('%s', (text) => {
    expect(kindOf(text)).toBe('ABSENT');
  });

  it('a list of thousands of items', () => {
    const tags = Array.from({ length: 1_001 }, () => 'x');
    expect(ruleSet({ rule: 'customer.tags.size() > 1' }).over(stateOf({ customer: { tags } }))('rule')).toMatchObject({
      kind: 'ABSENT',
      isUnfit: true,
    });
    expect(kindOf('customer.tags.size() == 1000', { customer: { tags: tags.slice(1) } })).toBe('TRUE');
  });
});

describe('a value that does not fit its type is a failure of its source', () => {
  it.each([
    ['customer.age > 1', { age: 'many' }, 'crm'],
    ['customer.age > 1', { age: 1.5 }, 'crm'],
    ['customer.age > 1', { age: { years: 3 } }, 'crm'],
    ['customer.spent > 1', { spent: 'NaN' }, 'crm'],
    ['customer.visits > 1', { visits: -1 }, 'crm'],
    ['customer.seenAt < now', { seenAt: '2026-06-15 14:00:00' }, 'crm'],
    ['customer.memberSince < now', { memberSince: 'last year' }, 'crm'],
    ['customer.spent > 1', { spent: [] }, 'crm'],
    ['customer.active', { active: 'maybe' }, 'crm'],
    ['customer.name == "x"', { name: { first: 'x' } }, 'crm'],
    ['customer.name == "x"', { name: 2 ** 60 }, 'crm'],
    ['customer.tags.size() > 1', { tags: 'new' }, 'crm'],
    ['"x" in customer.tags', { tags: [{}] }, 'crm'],
    ['customer.loyalty.points > 1', { loyalty: 'GOLD' }, 'loyalty'],
    ['customer.loyalty.points > 1', { loyalty: { points: 'x' } }, 'loyalty'],
    ['customer.loyalty.tier == "GOLD"', { loyalty: { tier: 'PLATINUM' } }, 'loyalty'],
    ['customer.orders.edges.exists(e, e.node.total > 1.0)', { orders: { edges: [{ node: { total: 'x' } }] } }, 'orders'],
  ])('%s', (rule, customer, source) => {
    expect(ruleSet({ rule }).over(stateOf({ customer }))('rule')).toEqual({ kind: 'UNKNOWN', term: rule, source });
  });

  it('by the name that came with the value', () => {
    const customer = new Map([['age', { value: 'many', source: 'second' }]]);
    expect(ruleSet({ rule: 'customer.age > 1' }).over(stateOf({ customer }))('rule')).toMatchObject({ source: 'second' });
  });

  it('only where a rule reads it', () => {
    const customer = { loyalty: { points: 'x', tier: 'GOLD' } };
    expect(kindOf('customer.loyalty.tier == "GOLD"', { customer })).toBe('TRUE');
    expect(kindOf('has(customer.loyalty.tier) || customer.loyalty.points > 1', { customer })).toBe('TRUE');
  });

  it('also of attributes and of the journey', () => {
    expect(kindOf('attributes.vip', { attributes: new Error('captured') })).toBe('UNKNOWN');
    expect(kindOf('has(attributes.vip)', { attributes: new Error('captured') })).toBe('UNKNOWN');
    expect(kindOf('journey.count("purchase", "30d") > 1', { journey: new Error('computed') })).toBe('UNKNOWN');
    expect(kindOf('journey.count("purchase", "30d") > 1', { journey: {} })).toBe('UNKNOWN');
    expect(kindOf('journey.last("purchase") > 1', { journey: { 'journey.last purchase': 'yesterday' } })).toBe('UNKNOWN');
  });
});
