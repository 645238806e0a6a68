import { expect, it } from 'vitest';
import { didYouMean } from '../../src/offers/did-you-mean.ts';

it.each([
  ['loyality', ['loyalty', 'orders'], '; did you mean loyalty?'],
  ['web', ['WEB', 'EMAIL'], '; did you mean WEB?'],
  ['nmae', ['name'], '; did you mean name?'],
  ['height', ['name', 'age'], ''],
  // Every letter is another one: nobody meant it.
  ['x', ['m', 'n'], ''],
])('for %s of %j the advice is %j', (received, known, advice) => {
  expect(didYouMean(received, known)).toBe(advice);
});
