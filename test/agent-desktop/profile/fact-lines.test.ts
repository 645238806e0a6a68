import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../../agent-desktop/src/customer/customer-model.ts';
import { emptyLabels, factLines } from '../../../agent-desktop/src/profile/fact-lines.ts';
import { fact } from '../layout.ts';

const value = (path: string, answer: unknown, change: Partial<FactValue> = {}): FactValue => ({
  fact: fact(path, ['crm'], path.endsWith('tier') ? { kind: 'choice' } : {}),
  state: answer === null ? 'empty' : 'value',
  value: answer,
  source: 'crm',
  fetchedAt: null,
  stale: false,
  code: null,
  ...change,
});

const lines = (facts: readonly FactValue[]) =>
  factLines(facts, 'name').map(({ path, state, parts }) => [path, state, parts.map((part) => part.value)]);

describe('the lines of facts', () => {
  it('are in the order of the layout, without the name and without what is empty', () => {
    const facts = [value('name', 'Maya'), value('country', 'United Kingdom'), value('store', null), value('email', 'a@b.c')];
    expect(lines(facts)).toEqual([
      ['country', 'value', ['United Kingdom']],
      ['email', 'value', ['a@b.c']],
    ]);
    expect(emptyLabels(facts, 'name')).toEqual(['store']);
  });

  it('have a small record on one line, what is a word first', () => {
    expect(lines([value('loyalty.points', 5391), value('loyalty.tier', 'GOLD')])).toEqual([['loyalty', 'value', ['GOLD', 5391]]]);
    expect(factLines([value('loyalty.points', 5391), value('loyalty.tier', 'GOLD')], null)[0]?.label).toBe('Loyalty');
  });

  it('have a line for each value of a larger record, and of a record with one value', () => {
    const large = ['a', 'b', 'c', 'd'].map((name) => value(`address.${name}`, name));
    expect(lines(large)).toHaveLength(4);
    expect(lines([value('address.a', 'a')])).toEqual([['address.a', 'value', ['a']]]);
  });

  it('show what a record has and leave out what it has not', () => {
    expect(lines([value('loyalty.points', null), value('loyalty.tier', 'GOLD')])).toEqual([['loyalty', 'value', ['GOLD']]]);
    const refused = { state: 'locked', value: null } as const;
    expect(lines([value('loyalty.points', null, refused), value('loyalty.tier', 'GOLD')])).toEqual([['loyalty', 'value', ['GOLD', null]]]);
  });

  it('say of a record without a value that it failed or is locked', () => {
    const failed = { state: 'failed', value: null } as const;
    expect(lines([value('loyalty.points', null, failed), value('loyalty.tier', null, failed)])[0]?.[1]).toBe('failed');
    expect(lines([value('loyalty.points', null), value('loyalty.tier', null)])).toEqual([]);
  });
});
