import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRuleSet } from '../../../src/offers/rules/compile-rule-set.ts';
import type { Verdict } from '../../../src/offers/rules/rule-set.ts';
import { ruleSet, ruleText, stateOf, vocabulary } from './rule-vocabulary.ts';

const WORDS = [
  ...[
    'customer',
    'attributes',
    'journey',
    'consent',
    'touchpoint',
    'now',
    'e',
    'cel',
    'constructor',
    '__proto__',
    'google',
    'type',
    'string',
  ],
  ...['name', 'age', 'spent', 'loyalty', 'tier', 'orders', 'edges', 'node', 'tags', 'settings', 'assurance', 'tracking'],
  ...['has', 'audience', 'exists', 'map', 'filter', 'all', 'bind', 'size', 'count', 'last', 'matches', 'dyn', 'in', 'true', 'null'],
  ...['1', '2.5', '-3', '1u', '"loyal"', '"30d"', 'b"a"', "'x'", '"\\u0000"'],
  ...[
    '.',
    '.',
    '.',
    '(',
    ')',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '?',
    '&&',
    '||',
    '!',
    '==',
    '!=',
    '<',
    '>=',
    '+',
    '-',
    '*',
    '/',
    '%',
  ],
];
/** Rules that are nearly right: what is right is often said at their beginning. */
const RIGHT = [
  'customer.age > 1',
  'customer.name == "x"',
  'has(customer.loyalty.tier)',
  'customer.tags.exists(e, e == "x")',
  'customer.orders.edges.all(e, has(e.node))',
  'attributes.a == 1',
  'journey.count("a", "1d") > 1',
  'audience("loyal")',
  'consent.tracking',
  'customer.settings.x.y[0]',
];
const KINDS: readonly Verdict['kind'][] = ['TRUE', 'FALSE', 'ABSENT', 'UNKNOWN'];
const words = vocabulary({ loyal: 'customer.loyalty.points > 1' });

describe('any text', () => {
  it('is a rule with a verdict, or has a problem with a sentence', () => {
    let rules = 0;
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.constantFrom(...RIGHT), fc.constantFrom(' && ', ' || ', ' == ', ' ? ', ' : ')), {
          maxLength: 9,
        }),
        (parts) => {
          const problems: string[] = [];
          const set = compileRuleSet([ruleText(parts.join(' '))], words, ({ message }) => problems.push(message));
          if (set === null) {
            expect(problems.length).toBeGreaterThan(0);
            for (const problem of problems) expect(problem).toMatch(/^(when|audiences\.loyal): expected .+/);
            return;
          }
          rules++;
          expect(problems).toEqual([]);
          const customer = { age: 3, name: 'x', loyalty: { tier: 'GOLD', points: 3 }, tags: ['x'], settings: { x: { y: [true] } } };
          expect(KINDS).toContain(set.over(stateOf({ customer, journey: { 'journey.count a 86400000': 2 } }))('rule').kind);
        },
      ),
      { numRuns: 5_000 },
    );
    expect(rules).toBeGreaterThan(100);
  });

  it('of characters too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const problems: string[] = [];
        const set = compileRuleSet([ruleText(text)], words, ({ message }) => problems.push(message));
        expect(set === null).toBe(problems.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('whatever a source answers', () => {
  const texts = [
    ...['customer.age > 1', 'customer.spent * 2 > 1', 'customer.name.startsWith("x")', 'customer.active', '"x" in customer.tags'],
    ...['customer.memberSince < now', 'customer.seenAt < now', 'customer.settings.a == 1', 'customer.settings > 1', 'customer.big > 1'],
    ...['customer.loyalty.tier == "GOLD"', 'has(customer.loyalty.parent.points)', 'customer.loyalty.parent.parent.points > 1'],
    ...['customer.orders.edges.exists(e, e.node.lines.exists(l, l.quantity > 1))', 'customer.orders.edges.size() > 1'],
    ...['attributes.a == 1', 'attributes.a > 1', 'attributes.a.b[0] == "x"', '"a" in attributes', 'has(attributes.a.b)', 'attributes.a'],
    ...['journey.count("a", "1d") > 1', 'journey.last("a") > 1'],
  ];
  const set = ruleSet(Object.fromEntries(texts.map((text) => [text, text])));
  const names = ['age', 'spent', 'name', 'active', 'tags', 'memberSince', 'seenAt', 'settings', 'big', 'loyalty', 'orders'];
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withTypedArray: true,
    maxDepth: 3,
  });
  const nested = fc.oneof(
    anything,
    fc.record({ tier: anything, points: anything, parent: fc.record({ points: anything, parent: anything }) }),
    fc.record({
      edges: fc.array(
        fc.oneof(anything, fc.record({ node: fc.record({ lines: fc.array(fc.oneof(anything, fc.record({ quantity: anything }))) }) })),
      ),
    }),
    fc.record({ a: fc.oneof(anything, fc.record({ b: fc.array(anything) })) }),
  );

  it('every rule has a verdict', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        fc.record(Object.fromEntries(names.map((name) => [name, nested]))),
        nested,
        fc.oneof(nested, fc.record({ 'journey.count a 86400000': anything, 'journey.last a': anything })),
        (customer, attributes, journey) => {
          const verdict = set.over(stateOf({ customer, attributes, journey }));
          for (const name of texts) {
            const { kind } = verdict(name);
            expect(KINDS).toContain(kind);
            seen.add(kind);
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect([...seen].sort()).toEqual([...KINDS].sort());
  });
});
