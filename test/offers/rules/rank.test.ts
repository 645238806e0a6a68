import { describe, expect, it } from 'vitest';
import { compileRank } from '../../../src/offers/rules/compile-rank.ts';
import { explainVerdict } from '../../../src/offers/rules/explain-verdict.ts';

const ORIGIN = {
  file: 'gateway.config.ts',
  fileText: "defineGateway({\n  decisions: { rank: 'propensity * valeu' },\n})",
  label: 'decisions.rank',
};

function problemsOf(text: string): string[] {
  const problems: string[] = [];
  expect(compileRank(text, ORIGIN, ({ where, message }) => problems.push(`${where}: ${message}`))).toBeNull();
  return problems;
}

describe('the rank formula', () => {
  const inputs = { propensity: 0.25, value: 4, priority: 10 };
  it.each([
    ['propensity * value * priority', 10, true],
    ['priority', 10, false],
    ['1000 * priority + propensity', 10_000.25, true],
    ['propensity > 0.1 ? value : 0.0', 4, true],
    ['value / 8', 0.5, false],
    ['1 + 2', 3, false],
    ['(propensity - 0.25) / (value - 4)', Number.NaN, true],
    ['value / (propensity - 0.25)', Number.POSITIVE_INFINITY, true],
    ['1 / 0', Number.NaN, false],
  ])('%s', (text, expected, ranksByPropensity) => {
    const rank = compileRank(text, ORIGIN, ({ message }) => expect.unreachable(message));
    expect(rank?.rank(inputs)).toBe(expected);
    expect(rank?.ranksByPropensity).toBe(ranksByPropensity);
  });

  it.each([
    [
      'propensity * valeu',
      'gateway.config.ts:2:36: decisions.rank: expected one of propensity, value, priority; received valeu; did you mean value?',
    ],
    ['value > 1', 'gateway.config.ts: decisions.rank: expected a number, received a formula that is true or false'],
    ['value *', 'gateway.config.ts: decisions.rank: expected a value or a name, received the end of the rule'],
    [
      'value + "1"',
      'gateway.config.ts: decisions.rank: expected values that fit each other, received number + text; a number stands without quotes',
    ],
    [`1${'+1'.repeat(2_000)}`, 'gateway.config.ts: decisions.rank: expected at most 4000 characters, received 4001'],
  ])('%s is a problem', (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });
});

describe('a verdict in words', () => {
  const term = 'customer.loyalty.tier == "GOLD"';
  it.each([
    [{ kind: 'TRUE' }, 'the rule is true'],
    [{ kind: 'FALSE', term }, `${term} is false`],
    [{ kind: 'ABSENT', term }, `${term} reads something that this customer does not have`],
    [{ kind: 'ABSENT', term, isUnfit: true }, `${term} can't be worked out with this customer's values`],
    [{ kind: 'UNKNOWN', term, source: 'loyalty' }, `${term} needs the data source loyalty, which failed`],
    [
      { kind: 'WITHHELD', reason: 'assurance', required: 'RECOGNIZED' },
      'the rule reads something of the customer, which needs a customer who is RECOGNIZED',
    ],
    [
      { kind: 'WITHHELD', reason: 'personalisation', required: 'RECOGNIZED' },
      'the rule reads something of the customer, who does not agree to personalisation',
    ],
  ] as const)('%o', (verdict, words) => {
    expect(explainVerdict(verdict)).toBe(words);
  });

  it('is short for a long term', () => {
    expect(explainVerdict({ kind: 'FALSE', term: 'x'.repeat(4_000) })).toBe(`${'x'.repeat(199)}… is false`);
  });
});
