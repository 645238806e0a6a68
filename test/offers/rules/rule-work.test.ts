import { describe, expect, it } from 'vitest';
import { ruleSet, type StateOptions, stateOf } from './rule-vocabulary.ts';

const kindOf = (text: string, options: StateOptions) => ruleSet({ rule: text }).over(stateOf(options))('rule').kind;
const list = (length: number) => Array.from({ length }, (_, index) => index);
const stateWith = (length: number): StateOptions => {
  const items = list(length);
  // Equal, and not the same: a comparison looks at all of them.
  return {
    attributes: { a: items, b: list(length), c: list(length), holder: { items } },
    customer: { settings: { items }, tags: items.map(String) },
  };
};

describe('a rule that looks at a list for each item of another', () => {
  // An attribute has 4,096 characters, so a customer can fill it with 2,000 items.
  it.each([
    '!attributes.a.exists(x, attributes.b.exists(y, x + y == -1))',
    'attributes.a.all(x, !(-1 in attributes.b))',
    'attributes.a.all(x, attributes.b == attributes.c)',
    'attributes.a.map(x, attributes.b.map(y, x + y)).size() > 0',
    'attributes.a.all(x, attributes.holder.items.size() > 0)',
    'attributes.a.all(x, customer.settings.items.size() > 0)',
    'customer.tags.all(x, attributes.b.size() > 0)',
  ])('is decided for lists of 100 items, and can not be worked out for those of 900: %s', (text) => {
    expect(kindOf(text, stateWith(100))).toBe('TRUE');
    expect(kindOf(text, stateWith(900))).toBe('ABSENT');
  });

  it('costs the other rules nothing', () => {
    const rules = ruleSet({
      crossing: 'attributes.a.all(x, attributes.b.size() > 0)',
      once: 'attributes.b.all(x, x >= 0) && customer.tags.size() == 900',
      either: 'attributes.a.all(x, attributes.b.size() > 0) || 899 in attributes.b',
    });
    const verdictOf = rules.over(stateOf(stateWith(900)));
    expect(['crossing', 'once', 'either', 'once'].map((name) => verdictOf(name).kind)).toEqual(['ABSENT', 'TRUE', 'TRUE', 'TRUE']);
  });
});

it('a rule may look once at each item of the lists within the items of a list, however many there are, as every other rule may', () => {
  const edges = list(900).map((at) => ({ node: { number: `${at}`, lines: list(200).map((sku) => ({ sku, quantity: at })) } }));
  const text = '!customer.orders.edges.exists(e, e.node.lines.exists(l, l.quantity == -1))';
  const rules = ruleSet({ one: text, other: text.replace('-1', '-2') });
  const verdictOf = rules.over(stateOf({ customer: { orders: { edges } } }));
  expect([verdictOf('one').kind, verdictOf('other').kind]).toEqual(['TRUE', 'TRUE']);
});
