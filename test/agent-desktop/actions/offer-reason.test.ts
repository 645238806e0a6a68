import { describe, expect, it } from 'vitest';
import { german } from '../../../agent-desktop/src/actions/german.ts';
import { offerReason } from '../../../agent-desktop/src/actions/offer-reason.ts';
import { translator } from '../../../agent-desktop/src/text/translate.ts';
import type { Offer } from '../../../src/model/offer.ts';
import { capReason, validityProblem } from '../../../src/offers/decision/reasons.ts';
import { explainVerdict } from '../../../src/offers/rules/explain-verdict.ts';
import type { Verdict } from '../../../src/offers/rules/rule-set.ts';

const DAY = 86_400_000;
const english = translator('en');
const inGerman = translator('de', german);
const TERM = 'customer.loyalty.tier == "GOLD"';

// The reasons are the gateway's own: were its words to change, an agent would read them instead of ours.
const capped = (count: number, per: number | null, of: 'customer' | 'everybody' = 'customer') =>
  capReason({ caps: [{ count, per, of }] } as unknown as Offer, 0);
const invalid = (offer: Partial<Offer>, channel: string | null = 'CALL_CENTRE') =>
  validityProblem({ starts: null, ends: null, channels: null, ...offer } as Offer, { now: DAY * 100, channel })?.() ?? null;
const verdict = (of: object) => explainVerdict({ term: TERM, ...of } as Verdict);

describe('why an offer is not shown', () => {
  it.each([
    ['a rule that is false', verdict({ kind: 'FALSE' }), `not so: ${TERM}`, `trifft nicht zu: ${TERM}`],
    ['what the customer does not have', verdict({ kind: 'ABSENT' }), `not known: ${TERM}`, `nicht bekannt: ${TERM}`],
    [
      'values that no rule can read',
      verdict({ kind: 'ABSENT', isUnfit: true }),
      `cannot be worked out: ${TERM}`,
      `nicht zu berechnen: ${TERM}`,
    ],
    ['a source that failed', verdict({ kind: 'UNKNOWN', source: 'loyalty' }), 'unknown: loyalty failed', 'ungewiss: loyalty gestört'],
    [
      'a field of others',
      verdict({ kind: 'UNKNOWN', source: 'email', isRefused: true }),
      'needs something that you may not see',
      'braucht etwas, das Sie nicht sehen dürfen',
    ],
    [
      'a customer who is not confirmed',
      verdict({ kind: 'WITHHELD', reason: 'assurance', required: 'VERIFIED' }),
      'opens once you confirm who is calling',
      'öffnet sich, sobald Sie bestätigt haben, wer anruft',
    ],
    [
      'no consent',
      verdict({ kind: 'WITHHELD', reason: 'consent' }),
      'the customer does not agree to personalisation',
      'der Kunde hat der Personalisierung nicht zugestimmt',
    ],
    ['a cap in days', capped(3, 7 * DAY), 'shown 3 times in 7 days', '3-mal gezeigt in 7 Tagen'],
    ['a cap in an hour', capped(1, DAY / 24), 'shown once in an hour', 'einmal gezeigt in einer Stunde'],
    ['a cap for ever', capped(2, null), 'shown often enough', 'oft genug gezeigt'],
    ['a cap of all customers', capped(100, DAY, 'everybody'), 'shown often enough', 'oft genug gezeigt'],
    ['a start', invalid({ starts: DAY * 101 }), 'starts 1970-04-12', 'beginnt 1970-04-12'],
    ['a start within a day', invalid({ starts: DAY * 101 + 1 }), 'starts 1970-04-12', 'beginnt 1970-04-12'],
    ['an end', invalid({ ends: DAY * 99 }), 'ended 1970-04-10', 'endete 1970-04-10'],
    ['other channels', invalid({ channels: ['WEB', 'EMAIL'] as never }), 'only for WEB, EMAIL', 'nur für WEB, EMAIL'],
    ['an unknown channel', invalid({ channels: ['WEB'] as never }, null), 'only for WEB', 'nur für WEB'],
  ])('%s is said in few words, in both languages', (_, reason, expected, expectedInGerman) => {
    expect(reason).not.toBeNull();
    expect(offerReason('FILTERED', reason, english)).toBe(expected);
    expect(offerReason('FILTERED', reason, inGerman)).toBe(expectedInGerman);
  });

  it('is the place of an offer that was only ranked lower, and the words of the gateway where nobody foresaw them', () => {
    expect(offerReason('RANKED', null, english)).toBe('others rank higher');
    expect(offerReason('FILTERED', 'it is not shown together with gold, which ranks higher', english)).toBe('not together with gold');
    expect(offerReason('INELIGIBLE', 'the moon is full', english)).toBe('the moon is full');
    expect(offerReason('INVALID', null, english)).toBe('does not fit');
  });
});
