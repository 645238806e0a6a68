import { describe, expect, it } from 'vitest';
import { ruleSet, stateOf, vocabulary } from './rule-vocabulary.ts';

/** A term for each verdict, over the state below. */
const TERMS = {
  TRUE: 'customer.age > 1',
  FALSE: 'customer.age > 99',
  ABSENT: 'customer.name == "Ann"',
  UNKNOWN: 'customer.purchases > 3',
} as const;
type Kind = keyof typeof TERMS;
const KINDS = Object.keys(TERMS) as Kind[];
const STATE = stateOf({ customer: { age: 41, name: null, purchases: new Error('computed') } });

function verdictOf(text: string): string {
  return ruleSet({ rule: text }).over(STATE)('rule').kind;
}

/** By the tables of Kleene's logic, with ABSENT for what can't become true. Rows are the left side. */
const AND: Readonly<Record<Kind, Readonly<Record<Kind, Kind>>>> = {
  TRUE: { TRUE: 'TRUE', FALSE: 'FALSE', ABSENT: 'ABSENT', UNKNOWN: 'UNKNOWN' },
  FALSE: { TRUE: 'FALSE', FALSE: 'FALSE', ABSENT: 'FALSE', UNKNOWN: 'FALSE' },
  ABSENT: { TRUE: 'ABSENT', FALSE: 'FALSE', ABSENT: 'ABSENT', UNKNOWN: 'ABSENT' },
  UNKNOWN: { TRUE: 'UNKNOWN', FALSE: 'FALSE', ABSENT: 'ABSENT', UNKNOWN: 'UNKNOWN' },
};
const OR: typeof AND = {
  TRUE: { TRUE: 'TRUE', FALSE: 'TRUE', ABSENT: 'TRUE', UNKNOWN: 'TRUE' },
  FALSE: { TRUE: 'TRUE', FALSE: 'FALSE', ABSENT: 'ABSENT', UNKNOWN: 'UNKNOWN' },
  ABSENT: { TRUE: 'TRUE', FALSE: 'ABSENT', ABSENT: 'ABSENT', UNKNOWN: 'UNKNOWN' },
  UNKNOWN: { TRUE: 'TRUE', FALSE: 'UNKNOWN', ABSENT: 'UNKNOWN', UNKNOWN: 'UNKNOWN' },
};
const NOT: Readonly<Record<Kind, Kind>> = { TRUE: 'FALSE', FALSE: 'TRUE', ABSENT: 'ABSENT', UNKNOWN: 'UNKNOWN' };

describe('the verdict of a rule', () => {
  // The same term twice would be one term.
  const right = {
    ...TERMS,
    TRUE: 'customer.age > 2',
    FALSE: 'customer.age > 98',
    ABSENT: 'customer.name == "Bo"',
    UNKNOWN: 'customer.purchases > 4',
  };

  it.each(KINDS.flatMap((a) => KINDS.map((b) => [a, b] as const)))('is that of the truth table for %s and %s', (a, b) => {
    expect(verdictOf(`${TERMS[a]} && ${right[b]}`)).toBe(AND[a][b]);
    expect(verdictOf(`${TERMS[a]} || ${right[b]}`)).toBe(OR[a][b]);
  });

  it.each(KINDS)('is that of the truth table for not %s', (kind) => {
    expect(verdictOf(TERMS[kind])).toBe(kind);
    expect(verdictOf(`!(${TERMS[kind]})`)).toBe(NOT[kind]);
    expect(verdictOf(`!!(${TERMS[kind]})`)).toBe(kind);
  });

  it('stays open below a negation, where a failed source could still make the rule true', () => {
    // If purchases was 3 or less, the part in brackets would be false.
    expect(verdictOf(`!(${TERMS.UNKNOWN} && ${TERMS.ABSENT})`)).toBe('UNKNOWN');
    expect(verdictOf(`!(${TERMS.UNKNOWN} || ${TERMS.ABSENT})`)).toBe('ABSENT');
  });

  it('names the term that decided, and the source that failed', () => {
    const set = ruleSet({
      one: 'customer.age > 1 && customer.age>99',
      either: 'customer.age > 99 || customer.age < 9',
      not: '!(customer.age > 1)',
      open: 'customer.purchases > 3 && customer.age > 1',
      absent: "customer.age > 1 && customer.name == 'Ann'",
    });
    const verdict = set.over(STATE);
    expect(verdict('one')).toEqual({ kind: 'FALSE', term: 'customer.age > 99' });
    expect(verdict('either')).toEqual({ kind: 'FALSE', term: 'customer.age > 99 || customer.age < 9' });
    expect(verdict('not')).toEqual({ kind: 'FALSE', term: '!(customer.age > 1)' });
    expect(verdict('open')).toEqual({ kind: 'UNKNOWN', term: 'customer.purchases > 3', source: 'computed' });
    expect(verdict('absent')).toEqual({ kind: 'ABSENT', term: 'customer.name == "Ann"' });
  });

  it('is TRUE for a rule without a text', () => {
    expect(ruleSet({ all: null }).over(STATE)('all')).toEqual({ kind: 'TRUE' });
  });

  it('is not there for a rule of another set', () => {
    const set = ruleSet({ all: null });
    expect(() => set.over(STATE)('other')).toThrow('expected a rule of this set, received "other"');
    expect(() => set.readsOf('other')).toThrow('expected a rule of this set, received "other"');
  });
});

describe('a rule that reads something of the customer', () => {
  const rules = {
    field: 'customer.age > 1',
    attribute: 'attributes.vip',
    count: 'journey.count("purchase", "30d") == 0',
    last: 'journey.last("purchase") > 1',
    audience: 'audience("loyal")',
    within: '(audience("loyal") ? 1 : 2) == 1',
    negated: '!has(customer.name) || channel == "WEB"',
  };
  const words = vocabulary({ loyal: 'customer.loyalty.points > 1000', web: 'channel == "WEB"' });

  it.each(Object.keys(rules))('is withheld from customers below RECOGNIZED: %s', (name) => {
    const set = ruleSet(rules, words);
    for (const assurance of ['ANONYMOUS', 'CLAIMED'] as const)
      expect(set.over(stateOf({ assurance }))(name)).toEqual({ kind: 'WITHHELD', reason: 'assurance', required: 'RECOGNIZED' });
  });

  it.each(Object.keys(rules))('is withheld without consent to personalisation: %s', (name) => {
    const verdict = ruleSet(rules, words).over(stateOf({ mayBeRead: false, assurance: 'VERIFIED' }))(name);
    expect(verdict).toEqual({ kind: 'WITHHELD', reason: 'personalisation', required: 'RECOGNIZED' });
  });

  it('is withheld below the assurance that its fields need', () => {
    const set = ruleSet({ mail: 'customer.email == "a@b.c"' }, { ...words, min: 'VERIFIED' });
    expect(set.over(stateOf())('mail')).toEqual({ kind: 'WITHHELD', reason: 'assurance', required: 'VERIFIED' });
  });

  it('is not withheld where it reads nothing of the customer', () => {
    const set = ruleSet(
      {
        touchpoint: 'touchpoint == "web" && channel == "WEB" && locale == "en-GB"',
        time: 'now > timestamp("2020-01-01T00:00:00Z")',
        consent: '!consent.sharing && consent.tracking',
        assurance: 'customer.assurance == "ANONYMOUS"',
        audience: 'audience("web")',
        folded: '1 > 2 && customer.age > 1 || true',
      },
      words,
    );
    const verdict = set.over(stateOf({ assurance: 'ANONYMOUS', mayBeRead: false }));
    for (const name of ['touchpoint', 'time', 'consent', 'assurance', 'audience', 'folded'])
      expect(verdict(name), name).toEqual({ kind: 'TRUE' });
  });
});
