import { describe, expect, it } from 'vitest';
import type { Offer } from '../../../src/model/offer.ts';
import { decide } from '../../../src/offers/decision/decide.ts';
import type { DecisionState, DecisionStep } from '../../../src/offers/decision/decision-state.ts';
import type { Verdict } from '../../../src/offers/rules/rule-set.ts';
import { anOffer, aPlacement, aState, DAY, find, NOON, settingsOf } from './builders.ts';

const FALSE: Verdict = { kind: 'FALSE', term: 'customer.tier == "GOLD"' };

interface Row {
  readonly title: string;
  readonly offer?: Partial<Offer>;
  readonly state?: Partial<DecisionState>;
  readonly step: DecisionStep;
  readonly reason: string | null;
}

const verdict = (given: Verdict): Partial<DecisionState> => ({ verdictOf: () => given });
const counts = (...given: number[]): Partial<DecisionState> => ({ counts: new Map([['offer', given]]) });
const perWeek = { count: 3, per: 7 * DAY, of: 'customer' } as const;
const forAll = { count: 1, per: null, of: 'everybody' } as const;

/** Every step and reason; the expected texts are what an agent reads. */
const ROWS: readonly Row[] = [
  { title: 'nothing against it', step: 'RANKED', reason: null },
  { title: 'before its start', offer: { starts: NOON + 12 * 3_600_000 }, step: 'INVALID', reason: 'it starts on 2026-12-02' },
  { title: 'before an hour', offer: { starts: NOON + 1 }, step: 'INVALID', reason: 'it starts at 2026-12-01T12:00:00.001Z' },
  { title: 'at its start', offer: { starts: NOON }, step: 'RANKED', reason: null },
  { title: 'just before its end', offer: { ends: NOON + 1 }, step: 'RANKED', reason: null },
  { title: 'at its end', offer: { ends: NOON }, step: 'INVALID', reason: 'it ended at 2026-12-01T12:00:00.000Z' },
  { title: 'days after', offer: { ends: NOON - 1.5 * DAY }, step: 'INVALID', reason: 'it ended on 2026-11-30' },
  { title: 'in its channel', offer: { channels: ['MOBILE', 'WEB'] }, step: 'RANKED', reason: null },
  {
    title: 'in another channel',
    offer: { channels: ['CALL_CENTRE', 'STORE'] },
    step: 'INVALID',
    reason: "it is for the channels CALL_CENTRE, STORE, and this request's channel is WEB",
  },
  {
    title: 'in no known channel',
    offer: { channels: ['WEB'] },
    state: { channel: null },
    step: 'INVALID',
    reason: "it is for the channel WEB, and this request's channel is not known",
  },
  { title: 'without channels, in no known channel', state: { channel: null }, step: 'RANKED', reason: null },
  {
    title: 'a customer who is not admitted',
    state: { isAdmitted: false },
    step: 'FILTERED',
    reason: 'the customer is not proven well enough for this placement',
  },
  { title: 'the control group', state: { isControl: true }, step: 'FILTERED', reason: 'the customer is in the control group' },
  { title: 'below its cap', offer: { caps: [perWeek] }, state: counts(2), step: 'RANKED', reason: null },
  { title: 'a cap of which nothing is counted', offer: { caps: [perWeek] }, step: 'RANKED', reason: null },
  {
    title: 'at its cap',
    offer: { caps: [perWeek] },
    state: counts(3),
    step: 'FILTERED',
    reason: 'its cap of 3 presentations in 7 days is reached',
  },
  {
    title: 'a cap in hours, above it',
    offer: { caps: [{ ...perWeek, count: 1, per: 36 * 3_600_000 }] },
    state: counts(2),
    step: 'FILTERED',
    reason: 'its cap of 1 presentation in 36 hours is reached',
  },
  {
    title: 'the second of its caps',
    offer: { caps: [perWeek, forAll] },
    state: counts(0, 1),
    step: 'FILTERED',
    reason: 'its cap of 1 presentation to all customers together is reached',
  },
  {
    title: 'a reservation that was refused',
    offer: { caps: [forAll] },
    state: { refused: new Set(['offer']) },
    step: 'FILTERED',
    reason: 'no presentation of its caps is left to reserve',
  },
  { title: 'a rule that is false', state: verdict(FALSE), step: 'INELIGIBLE', reason: 'customer.tier == "GOLD" is false' },
  {
    title: 'a rule over what is absent',
    state: verdict({ kind: 'ABSENT', term: 'customer.tier == "GOLD"' }),
    step: 'INELIGIBLE',
    reason: expect.stringMatching(/^customer\.tier == "GOLD" .*does not have/) as unknown as string,
  },
  {
    title: 'a rule that is withheld',
    state: verdict({ kind: 'WITHHELD', reason: 'assurance', required: 'RECOGNIZED' }),
    step: 'INELIGIBLE',
    reason: expect.stringContaining('RECOGNIZED') as unknown as string,
  },
  {
    title: 'a customer who does not want rules to read anything',
    state: verdict({ kind: 'WITHHELD', reason: 'personalisation', required: 'RECOGNIZED' }),
    step: 'INELIGIBLE',
    reason: expect.stringContaining('personalisation') as unknown as string,
  },
  {
    title: 'a source that failed',
    state: verdict({ kind: 'UNKNOWN', term: 'customer.tier == "GOLD"', source: 'crm' }),
    step: 'UNKNOWN',
    reason: expect.stringMatching(/crm.*failed/) as unknown as string,
  },
];

describe('an offer alone', () => {
  it.each(ROWS)('$title: $step', ({ offer, state, step, reason }) => {
    const decided = decide(aPlacement([anOffer('offer', offer)]), aState(state), settingsOf());
    expect(decided.explain()).toEqual([{ name: 'offer', step, reason, score: step === 'RANKED' ? 1 : null, propensity: null }]);
    expect(decided.chosen.map(({ name }) => name)).toEqual(step === 'RANKED' ? ['offer'] : []);
    expect(decided.isFallback).toBe(step !== 'RANKED');
  });

  it('fails at the first step, whatever the later ones would say', () => {
    const late = { starts: NOON + DAY };
    const capped = { caps: [perWeek] };
    const asked: string[] = [];
    const stepOf = (offer: Partial<Offer>, state: Partial<DecisionState>) => {
      const verdictOf = ({ name }: Offer) => {
        asked.push(name);
        return FALSE;
      };
      const [only] = decide(aPlacement([anOffer('offer', offer)]), aState({ verdictOf, ...state }), settingsOf()).explain();
      return `${only?.step}: ${only?.reason}`;
    };
    expect(stepOf({ ...late, ...capped }, { isControl: true, ...counts(3) })).toBe('INVALID: it starts at 2026-12-02T12:00:00.000Z');
    expect(stepOf(capped, { isAdmitted: false, isControl: true, ...counts(3) })).toMatch(/^FILTERED: the customer is not proven/);
    expect(stepOf(capped, { isControl: true, ...counts(3) })).toBe('FILTERED: the customer is in the control group');
    expect(stepOf(capped, counts(3))).toMatch(/^FILTERED: its cap/);
    // No rule was worked out for an offer that can't be given.
    expect(asked).toEqual([]);
    expect(stepOf({}, {})).toMatch(/^INELIGIBLE/);
    expect(asked).toEqual(['offer']);
  });
});

describe('the fallback', () => {
  const fallback = anOffer('welcome', { placements: [] });
  const chosenBy = (state: Partial<DecisionState>, given: Offer | null = fallback, offers = [anOffer('offer')]) => {
    const decided = decide(aPlacement(offers, { fallback: given }), aState(state), settingsOf());
    return { names: decided.chosen.map(({ name }) => name), isFallback: decided.isFallback, isControl: decided.isControl };
  };

  it('is given when no offer is left, and only then', () => {
    expect(chosenBy({})).toEqual({ names: ['offer'], isFallback: false, isControl: false });
    expect(chosenBy({ verdictOf: () => FALSE })).toEqual({ names: ['welcome'], isFallback: true, isControl: false });
    expect(chosenBy({}, fallback, [])).toEqual({ names: ['welcome'], isFallback: true, isControl: false });
    expect(chosenBy({ verdictOf: () => FALSE }, null)).toEqual({ names: [], isFallback: true, isControl: false });
  });

  it('is all that the control group and customers who are not admitted get', () => {
    expect(chosenBy({ isControl: true })).toEqual({ names: ['welcome'], isFallback: true, isControl: true });
    expect(chosenBy({ isAdmitted: false })).toEqual({ names: ['welcome'], isFallback: true, isControl: false });
  });

  it('counts nobody in the control group who would get no offers anyway', () => {
    expect(chosenBy({ isControl: true, isAdmitted: false })).toEqual({ names: ['welcome'], isFallback: true, isControl: false });
  });

  it('is given whatever its own rule, dates and caps say', () => {
    const ended = anOffer('welcome', { placements: [], when: 'false', ends: NOON - DAY, caps: [{ count: 0, per: null, of: 'everybody' }] });
    expect(chosenBy({ verdictOf: () => FALSE, refused: new Set(['welcome']) }, ended).names).toEqual(['welcome']);
  });

  it('is not given in a channel that it is not for', () => {
    const forStores = anOffer('welcome', { placements: [], channels: ['STORE'] });
    expect(chosenBy({ isControl: true }, forStores).names).toEqual([]);
    expect(chosenBy({ isControl: true, channel: 'STORE' }, forStores).names).toEqual(['welcome']);
  });

  it('has neither score nor propensity', () => {
    const { chosen } = decide(aPlacement([], { fallback }), aState(), settingsOf());
    expect(chosen).toEqual([{ name: 'welcome', version: fallback.version, score: null, propensity: null }]);
  });

  it('competes as any other offer where it names the placement itself', () => {
    const competing = anOffer('welcome', { value: 3 });
    const offers = [anOffer('better', { value: 5 }), competing, anOffer('worse')];
    const placement = aPlacement(offers, { fallback: competing, slots: 2 });
    expect(decide(placement, aState(), settingsOf()).chosen.map(({ name, score }) => [name, score])).toEqual([
      ['better', 5],
      ['welcome', 3],
    ]);
    const nothingElse = decide(placement, aState({ verdictOf: () => FALSE }), settingsOf());
    expect(nothingElse.chosen.map(({ name, score }) => [name, score])).toEqual([['welcome', null]]);
    expect(find(nothingElse.explain(), 'welcome').step).toBe('INELIGIBLE');
  });
});

describe('the hash of the inputs', () => {
  const base = { caps: [perWeek] };
  const inputs = (state: Partial<DecisionState> = {}, offer: Partial<Offer> = {}) =>
    decide(aPlacement([anOffer('offer', { ...base, ...offer })]), aState(state), settingsOf({ ranksByPropensity: true })).inputs;

  it('is the same for the same inputs, and 22 characters', () => {
    expect(inputs()).toBe(inputs());
    expect(inputs()).toMatch(/^[\w-]{22}$/);
  });

  it('is another one for another verdict, source, count, evidence, seed, channel or version', () => {
    const hashes = [
      inputs(),
      inputs(verdict(FALSE)),
      inputs(verdict({ kind: 'ABSENT', term: 'x' })),
      inputs(verdict({ kind: 'UNKNOWN', term: 'x', source: 'crm' })),
      inputs(verdict({ kind: 'UNKNOWN', term: 'x', source: 'orders' })),
      inputs(counts(1)),
      inputs(counts(2)),
      inputs(counts(3)),
      inputs({ refused: new Set(['offer']) }),
      inputs({ evidenceOf: () => ({ presented: 1, responded: 0 }) }),
      inputs({ evidenceOf: () => ({ presented: 1, responded: 1 }) }),
      inputs({ seed: new Uint8Array(32) }),
      inputs({ channel: null }),
      inputs({ isControl: true }),
      inputs({ isAdmitted: false }),
      inputs({}, { version: 'another' }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
