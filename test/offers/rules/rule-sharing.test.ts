import { describe, expect, it } from 'vitest';
import type { Gathered } from '../../../src/offers/rules/rule-set.ts';
import { problemsOf, ruleSet, stateOf, vocabulary } from './rule-vocabulary.ts';

/** Traits whose reads are counted; terms keep nothing of the journey, so a read is an evaluation. */
function countedJourney(values: Readonly<Record<string, unknown>>) {
  const reads: string[] = [];
  const journey = new Proxy(values, {
    get: (target, name) => {
      reads.push(String(name));
      return target[String(name)];
    },
  });
  return { journey, reads };
}

describe('terms', () => {
  it('are evaluated once for all rules that have them, however these are written', () => {
    const { journey, reads } = countedJourney({ 'journey.count purchase 86400000': 3 });
    const rules = {
      one: 'journey.count("purchase", "1d") > 2',
      two: "true && (journey.count('purchase','1d')>2)",
      three: '!(journey.count("purchase", "1d") > 2) || channel == "EMAIL"',
      four: 'audience("buyers")',
      five: '(audience("buyers") ? 1 : 2) == 1',
      six: '!(channel == "EMAIL" || !audience("buyers"))',
    };
    const set = ruleSet(rules, vocabulary({ buyers: '(journey.count("purchase", "1d")) > 2' }));
    const verdict = set.over(stateOf({ journey }));
    const kinds = Object.keys(rules).map((name) => verdict(name).kind);
    expect(kinds).toEqual(['TRUE', 'TRUE', 'FALSE', 'TRUE', 'TRUE', 'TRUE']);
    expect(reads).toEqual(['journey.count purchase 86400000']);
    expect(set.termCount).toBe(3);
    set.over(stateOf({ journey }))('one');
    expect(reads).toHaveLength(2);
  });

  it('are evaluated only when they are needed', () => {
    const { journey, reads } = countedJourney({ 'journey.count a 86400000': 1, 'journey.count b 86400000': 1 });
    const verdict = ruleSet({
      and: 'channel == "EMAIL" && journey.count("a", "1d") > 0',
      or: 'channel == "WEB" || journey.count("b", "1d") > 0',
      not: '!(channel == "WEB" || journey.count("b", "1d") > 0)',
    }).over(stateOf({ journey }));
    expect([verdict('and').kind, verdict('or').kind, verdict('not').kind]).toEqual(['FALSE', 'TRUE', 'FALSE']);
    expect(reads).toEqual([]);
  });

  it('do not read a field whose source failed when another part decides', () => {
    const asked: string[] = [];
    const values: Readonly<Record<string, Gathered>> = { age: { value: 41 }, spent: { failed: 'crm' } };
    const customer = new (class extends Map<string, Gathered> {
      override get(name: string) {
        asked.push(name);
        return values[name];
      }
    })();
    const verdict = ruleSet({ rule: 'customer.age > 50 && customer.spent > 1', other: 'customer.age > 1 && customer.spent > 1' }).over(
      stateOf({ customer }),
    );
    expect(verdict('rule').kind).toBe('FALSE');
    expect(asked).toEqual(['age']);
    expect(verdict('other')).toMatchObject({ kind: 'UNKNOWN', source: 'crm' });
  });

  it('that are the same for everybody are evaluated at the start, with all that they decide', () => {
    const set = ruleSet({
      rule: '(1 < 2 && 2 in [1, 2]) || customer.age > 1',
      off: 'false && has(customer.name)',
      rest: 'true && customer.spent > 1',
    });
    expect(set.readsOf('rule')).toEqual({ customer: [], attributes: false, traits: [], sources: [], audiences: [], isOfRequest: false });
    expect(set.over(stateOf())('rule')).toEqual({ kind: 'TRUE' });
    expect(set.over(stateOf())('off')).toEqual({ kind: 'FALSE', term: 'false' });
    expect(set.readsOf('rest').customer).toEqual(['spent']);
    expect(set.reads.customer).toEqual(['spent']);
  });
});

describe('a set says what it reads', () => {
  const set = ruleSet(
    {
      fields: 'customer.loyalty.tier == "GOLD" && has(customer.name) && customer["age"] > 1 && customer.assurance == "VERIFIED"',
      attributes: '"vip" in attributes',
      journey: 'journey.count("purchase", "30d") > 0 && journey.last("page_view") < 1000',
      audience: 'channel == "WEB" && audience("loyal")',
      within: '(audience("loyal") ? 1 : 2) == 1',
      loops: 'customer.orders.edges.exists(e, e.node.total > 1.0)',
      nothing: 'touchpoint == "web" && consent.tracking',
    },
    vocabulary({ loyal: 'audience("buyers") && customer.loyalty.points > 10', buyers: 'journey.count("purchase", "365d") > 0' }),
  );

  it('of each rule, with its audiences', () => {
    const nothing = { customer: [], attributes: false, traits: [], sources: [], audiences: [], isOfRequest: false };
    expect(set.readsOf('fields')).toEqual({
      ...nothing,
      customer: ['loyalty', 'name', 'age'],
      sources: ['loyalty', 'crm'],
      isOfRequest: true,
    });
    expect(set.readsOf('attributes')).toEqual({ ...nothing, attributes: true });
    expect(set.readsOf('journey')).toEqual({ ...nothing, traits: ['journey.count purchase 2592000000', 'journey.last page_view'] });
    const ofAudience = {
      customer: ['loyalty'],
      traits: ['journey.count purchase 31536000000'],
      sources: ['loyalty'],
      audiences: ['loyal', 'buyers'],
    };
    expect(set.readsOf('audience')).toEqual({ ...nothing, ...ofAudience, isOfRequest: true });
    expect(set.readsOf('within')).toEqual({ ...nothing, ...ofAudience });
    expect(set.readsOf('loops')).toEqual({ ...nothing, customer: ['orders'], sources: ['orders'] });
    expect(set.readsOf('nothing')).toEqual({ ...nothing, isOfRequest: true });
  });

  it('of all rules, with the traits that are to be counted', () => {
    expect([...set.reads.customer].sort()).toEqual(['age', 'loyalty', 'name', 'orders']);
    expect(set.traits).toEqual([
      { name: 'journey.count purchase 2592000000', of: 'purchase', compute: 'count', path: [], window: 30 * 86_400_000 },
      { name: 'journey.last page_view', of: 'page_view', compute: 'last', path: ['occurredAt'], window: null },
      { name: 'journey.count purchase 31536000000', of: 'purchase', compute: 'count', path: [], window: 365 * 86_400_000 },
    ]);
    expect(set.traits.map(({ name }) => name)).toEqual(set.reads.traits);
  });

  it('with which arguments a field is read', () => {
    expect(set.argumentsOf('orders')).toEqual({ first: 20 });
    expect(set.argumentsOf('name')).toEqual({});
    expect(() => set.argumentsOf('nothing')).toThrow('expected a field that rules read, received "nothing"');
  });
});

describe('audiences that name others twice', () => {
  it('stay as small as their text', () => {
    const audiences: Record<string, string> = { a0: 'customer.age > 0' };
    for (let i = 1; i <= 40; i++)
      audiences[`a${i}`] = `(audience("a${i - 1}") && customer.age > ${i}) || (!audience("a${i - 1}") && customer.spent > ${i})`;
    const words = vocabulary(audiences);
    expect(problemsOf('audience("a40")', words)).toEqual([]);
    const set = ruleSet({ rule: 'audience("a40")' }, words);
    expect(set.termCount).toBe(81);
    expect(set.over(stateOf({ customer: { age: 50, spent: 0 } }))('rule').kind).toBe('TRUE');
    const verdict = set.over(stateOf({ customer: { age: 50, spent: 0 } }))('rule');
    expect(JSON.stringify(verdict).length).toBeLessThan(2_000);
  });
});

describe('many rules', () => {
  /** Milliseconds of processor time for all rules over one customer, on a machine that may be ten times as slow. */
  const BUDGET = 50;
  const term = (i: number) =>
    [
      `customer.age > ${i}`,
      `customer.loyalty.points > ${i}`,
      `customer.loyalty.spent * 2 < ${i}`,
      `customer.name == "x${i}"`,
      `attributes.n > ${i}`,
    ][i % 5] as string;
  const state = () => stateOf({ customer: { age: 41, name: 'Ann', loyalty: { points: 200, spent: 99.5 } }, attributes: { n: 3 } });

  it.each([
    ['share 50 terms', 50],
    ['have a thousand terms', 1_000],
  ])('of a thousand that %s', (_, terms) => {
    const names = Array.from({ length: 1_000 }, (_each, i) => `rule${i}`);
    const set = ruleSet(Object.fromEntries(names.map((name, i) => [name, `${term(i % terms)} && !(${term((7 * i + 1) % terms)})`])));
    expect(set.termCount).toBe(terms);
    const evaluate = () => {
      const verdict = set.over(state());
      return names.filter((name) => verdict(name).kind === 'TRUE').length;
    };
    let isTrue = 0;
    for (let i = 0; i < 20; i++) isTrue = evaluate();
    expect(isTrue).toBeGreaterThan(0);
    const before = process.cpuUsage();
    for (let i = 0; i < 20; i++) evaluate();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 20_000).toBeLessThan(BUDGET);
  });
});
