import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/offers/rules/rule-set.ts';
import { textOf } from '../../../src/offers/rules/term-text.ts';
import { Profile } from '../../../src/profile/profile.ts';
import { ruleSet, stateOf, vocabulary } from './rule-vocabulary.ts';

/** A formula over atoms. */
type Formula =
  | { readonly atom: string }
  | { readonly not: Formula }
  | { readonly and: readonly Formula[] }
  | { readonly or: readonly Formula[] };

function formulas(atoms: readonly string[]): fc.Arbitrary<Formula> {
  return fc.letrec<{ formula: Formula }>((tie) => ({
    formula: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.record({ atom: fc.constantFrom(...atoms) }),
      fc.record({ not: tie('formula') }),
      fc.record({ and: fc.array(tie('formula'), { minLength: 2, maxLength: 3 }) }),
      fc.record({ or: fc.array(tie('formula'), { minLength: 2, maxLength: 3 }) }),
    ),
  })).formula;
}

function written(formula: Formula, atom: (name: string) => string = (name) => name): string {
  if ('atom' in formula) return `(${atom(formula.atom)})`;
  if ('not' in formula) return `!(${written(formula.not, atom)})`;
  const [parts, operator] = 'and' in formula ? [formula.and, ' && '] : [formula.or, ' || '];
  return `(${parts.map((part) => written(part, atom)).join(operator)})`;
}

describe('a rule of which everything is known', () => {
  const atoms = [
    'customer.age > 40',
    'customer.age == 41',
    'customer.age + 1 < 60',
    'customer.spent >= 10.5',
    'customer.name == "Ann"',
    'customer.name.startsWith("A")',
    'customer.active',
    'customer.active ? customer.age > 30 : customer.spent > 2.0',
    'customer.tags.exists(t, t == "new")',
    'customer.tags.all(t, t != "old" && size(t) < 9)',
    'customer.loyalty.tier in ["GOLD", "SILVER"]',
    'customer.loyalty.points > 100 || customer.loyalty.tier == "BRONZE"',
    'has(customer.name)',
    'has(customer.active)',
    'attributes.colour == "red"',
    '"colour" in attributes',
    'has(attributes.colour)',
    'channel == "WEB"',
    '1 < 2',
    '"a" == "b"',
  ];
  const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
  const states = fc.record({
    age: maybe(fc.integer({ min: 0, max: 90 })),
    spent: maybe(fc.double({ min: 0, max: 30, noNaN: true })),
    name: maybe(fc.constantFrom('Ann', 'Bo', 'Ada')),
    active: maybe(fc.boolean()),
    tags: maybe(fc.array(fc.constantFrom('new', 'old', 'rare'), { maxLength: 3 })),
    tier: maybe(fc.constantFrom('GOLD', 'SILVER', 'BRONZE')),
    points: maybe(fc.integer({ min: 0, max: 300 })),
    colour: maybe(fc.constantFrom('red', 'blue')),
    channel: fc.constantFrom('WEB', 'EMAIL'),
  });

  it('has the answer that cel-js gives for the whole expression over plain objects', () => {
    const plain = new Environment({ unlistedVariablesAreDyn: true });
    fc.assert(
      fc.property(formulas(atoms), states, (formula, { tier, points, colour, channel, age, ...others }) => {
        const text = written(formula);
        const present = (values: object) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
        const loyalty = present({ tier, points });
        const attributes = present({ colour });
        const customer = present(others);
        const ofPlain = present({ ...customer, age: age === undefined ? undefined : BigInt(age) });
        const ofLoyalty = points === undefined ? loyalty : { ...loyalty, points: BigInt(points) };
        let expected: Verdict['kind'];
        try {
          expected =
            plain.evaluate(text, { customer: { ...ofPlain, loyalty: ofLoyalty }, attributes, channel }) === true ? 'TRUE' : 'FALSE';
        } catch {
          expected = 'ABSENT';
        }
        const state = stateOf({ customer: { ...customer, age: age ?? null, loyalty }, attributes, channel });
        expect(ruleSet({ rule: text }).over(state)('rule').kind).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('numbers of both kinds', () => {
  const AGE = 41;
  const SPENT = 12.25;
  interface Sum {
    readonly text: string;
    readonly value: number;
  }
  const leaves: readonly Sum[] = [
    { text: '2', value: 2 },
    { text: '7', value: 7 },
    { text: '0.5', value: 0.5 },
    { text: '3.0', value: 3 },
    { text: 'customer.age', value: AGE },
    { text: 'customer.spent', value: SPENT },
    { text: 'attributes.whole', value: 4 },
    { text: 'attributes.part', value: 4.5 },
  ];
  const sums = fc.letrec<{ sum: Sum }>((tie) => ({
    sum: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(...leaves),
      fc.tuple(tie('sum'), fc.constantFrom('+', '-', '*'), tie('sum')).map(([a, operator, b]) => {
        const value = operator === '+' ? a.value + b.value : operator === '-' ? a.value - b.value : a.value * b.value;
        return { text: `(${a.text} ${operator} ${b.text})`, value };
      }),
    ),
  })).sum;
  const compare: Readonly<Record<string, (a: number, b: number) => boolean>> = {
    '<': (a, b) => a < b,
    '<=': (a, b) => a <= b,
    '>': (a, b) => a > b,
    '>=': (a, b) => a >= b,
    '==': (a, b) => a === b,
    '!=': (a, b) => a !== b,
  };

  it('are added, multiplied and compared as numbers', () => {
    const state = stateOf({ customer: { age: AGE, spent: SPENT }, attributes: { whole: 4, part: 4.5 } });
    fc.assert(
      // Integers stay below 2^53, and doubles are rounded in the same steps.
      fc.property(sums, fc.constantFrom(...Object.keys(compare)), sums, (a, operator, b) => {
        const expected = (compare[operator] as (a: number, b: number) => boolean)(a.value, b.value) ? 'TRUE' : 'FALSE';
        expect(ruleSet({ rule: `${a.text} ${operator} ${b.text}` }).over(state)('rule').kind).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a rule of which something is unknown', () => {
  const NAMES = ['aa', 'bb', 'cc', 'dd', 'ee'];
  const key = { kind: 'identifier', type: 'crmId' } as const;
  const words = vocabulary(
    {},
    {
      schema: buildSchema(`type Customer { ${NAMES.map((name) => `${name}: Boolean`).join(' ')} } type Query { customer: Customer }`),
      profile: new Profile(
        NAMES.map((name) => {
          const source = {
            source: `source-${name}`,
            many: false,
            pages: false,
            key,
            keyType: null,
            path: null,
            newestBy: null,
            cursor: null,
          };
          return { name: `Customer.${name}`, rule: null, binding: { name: `Customer.${name}`, shape: 'leaf', sources: [source] } };
        }),
      ),
    },
  );
  const values = fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.constantFrom(true, false, null, 'failed' as const)])));

  /** CEL's logic: null is an error, which a `false` of `&&` and a `true` of `||` hide. */
  const truth = (formula: Formula, of: (name: string) => boolean | null): boolean | null => {
    if ('atom' in formula) return of(formula.atom);
    if ('not' in formula) {
      const inner = truth(formula.not, of);
      return inner === null ? null : !inner;
    }
    const parts = ('and' in formula ? formula.and : formula.or).map((part) => truth(part, of));
    const decides = 'or' in formula;
    if (parts.includes(decides)) return decides;
    return parts.includes(null) ? null : !decides;
  };

  it('is TRUE or FALSE only if it is that whatever the failed sources would have answered, and ABSENT only if it can never be TRUE', () => {
    fc.assert(
      fc.property(formulas(NAMES), values, (formula, given) => {
        const failed = NAMES.filter((name) => given[name] === 'failed');
        const customer = Object.fromEntries(
          NAMES.map((name) => [name, given[name] === 'failed' ? new Error(`source-${name}`) : (given[name] ?? null)]),
        );
        const verdict = ruleSet({ rule: written(formula, (name) => `customer.${name}`) }, words).over(stateOf({ customer }))('rule');
        const outcomes = new Set<boolean | null>();
        for (let choice = 0; choice < 3 ** failed.length; choice++) {
          const answer = (name: string) => [true, false, null][Math.floor(choice / 3 ** failed.indexOf(name)) % 3] as boolean | null;
          outcomes.add(truth(formula, (name) => (failed.includes(name) ? answer(name) : (given[name] as boolean | null))));
        }
        switch (verdict.kind) {
          case 'TRUE':
          case 'FALSE':
            expect([...outcomes]).toEqual([verdict.kind === 'TRUE']);
            break;
          case 'ABSENT':
            expect(outcomes).not.toContain(true);
            break;
          default:
            expect(verdict).toMatchObject({ kind: 'UNKNOWN' });
            expect(failed.map((name) => `source-${name}`)).toContain((verdict as { readonly source: string }).source);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is decided wherever nothing failed', () => {
    fc.assert(
      fc.property(
        formulas(NAMES),
        fc.record(Object.fromEntries(NAMES.map((name) => [name, fc.constantFrom(true, false, null)]))),
        (formula, given) => {
          const verdict = ruleSet({ rule: written(formula, (name) => `customer.${name}`) }, words).over(stateOf({ customer: given }))(
            'rule',
          );
          const expected = truth(formula, (name) => given[name] as boolean | null);
          expect(verdict.kind).toBe(expected === null ? 'ABSENT' : expected ? 'TRUE' : 'FALSE');
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the text of a term', () => {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const numbers = fc.letrec<{ number: string }>((tie) => ({
    number: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('1', '2', '7', '10', 'x'),
      fc.tuple(tie('number'), fc.constantFrom('+', '-', '*', '/', '%'), tie('number')).map(([a, op, b]) => `(${a} ${op} ${b})`),
      tie('number').map((inner) => `-(${inner})`),
      fc.tuple(tie('number'), tie('number'), tie('number')).map(([a, b, c]) => `((${a} < ${b}) ? ${b} : ${c})`),
      tie('number').map((inner) => `[${inner}, 3].map(y, y + (${inner}))[0]`),
    ),
  })).number;
  const answerOf = (text: string): unknown => {
    try {
      return environment.evaluate(text, { x: 5n });
    } catch {
      return 'none';
    }
  };

  it('means the same with as few brackets as it needs', () => {
    fc.assert(
      fc.property(numbers, (text) => {
        const shown = textOf(environment.parse(text).ast);
        expect(shown.length).toBeLessThanOrEqual(text.length);
        expect(answerOf(shown)).toBe(answerOf(text));
        expect(textOf(environment.parse(shown).ast)).toBe(shown);
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps every digit and every character', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), fc.string({ unit: 'grapheme' })), (value) => {
        const literal =
          typeof value === 'number' ? (Number.isInteger(value) && value < 1e21 ? `${value}.0` : String(value)) : JSON.stringify(value);
        expect(environment.evaluate(textOf(environment.parse(literal).ast), {})).toBe(value);
      }),
      { numRuns: 500 },
    );
  });
});
