import { expect, it } from 'vitest';
import { didYouMean } from '../../src/model/nearest-name.ts';

it.each([
  ['loyality', '; did you mean loyalty?'],
  ['Loyalty', '; did you mean loyalty?'],
  ['cuontry', '; did you mean country?'],
  ['tiket', '; did you mean tickets?'],
  ['nam', '; did you mean name?'],
  ['colour', ''],
  ['x', ''],
  ['', ''],
])('asks for %j%s', (name, expected) => {
  expect(didYouMean(name, ['name', 'country', 'loyalty', 'tickets'])).toBe(expected);
});

it('looks at the beginning of a long name only', () => {
  expect(didYouMean('x'.repeat(1_000_000), ['x'.repeat(1_000_000), 'name'])).toContain('did you mean xxx');
});
