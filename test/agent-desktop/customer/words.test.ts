import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../agent-desktop/src/customer/words.ts';

describe('names as words', () => {
  it.each([
    ['pointsToNextTier', 'Points to next tier'],
    ['IN_TRANSIT', 'In transit'],
    ['GOLD', 'Gold'],
    ['member_since', 'Member since'],
    ['loyalty', 'Loyalty'],
    ['crmId', 'Crm id'],
    ['VIPLevel', 'VIPLevel'],
  ])('%s is %s', (name, words) => {
    expect(wordsOf(name)).toBe(words);
  });
});
