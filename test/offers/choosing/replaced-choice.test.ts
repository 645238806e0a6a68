import { createSecretKey, randomUUID } from 'node:crypto';
import DataLoader from 'dataloader';
import { expect, it } from 'vitest';
import type { CustomerId, ResolvedCustomer } from '../../../src/model/customer.ts';
import type { OfferState, OfferStateQuestion } from '../../../src/model/offer.ts';
import { type Choice, DecisionMaker } from '../../../src/offers/choosing/decision-maker.ts';
import { KeptDecisions } from '../../../src/offers/choosing/kept-decisions.ts';
import { LearnedEvidence } from '../../../src/offers/choosing/learned-evidence.ts';
import { RuleInputs } from '../../../src/offers/choosing/rule-inputs.ts';
import type { RuleSet } from '../../../src/offers/rules/rule-set.ts';
import { Profile } from '../../../src/profile/profile.ts';
import { rulesWith } from '../../identity/histories.ts';
import { openTestStore } from '../../support/open-store.ts';
import { anOffer, aPlacement, NOON, settingsOf } from '../decision/builders.ts';

const READS = { customer: [], attributes: false, traits: [], sources: [], audiences: [], isOfRequest: false } as const;
/** Every offer is for everybody. */
const RULES: RuleSet = {
  reads: READS,
  traits: [],
  termCount: 0,
  argumentsOf: () => ({}),
  readsOf: () => READS,
  over: () => () => ({ kind: 'TRUE' }),
};
const MINUTE = 60_000;

it('reserves an offer or does not give it, also where another request replaces the kept choice at the same time', async () => {
  const store = await openTestStore({ rules: rulesWith('reassign-latest') });
  let now = NOON;
  /** Runs once, after the state of a decision was read and before the decision is kept. */
  let meanwhile: (() => Promise<unknown>) | null = null;
  const placement = aPlacement([
    anOffer('web-only', { channels: ['WEB'], value: 2, caps: [{ count: 1, per: null, of: 'everybody' }] }),
    anOffer('plain'),
  ]);
  const compiled = { ...placement, placement: { ...placement.placement, sticky: 60 * MINUTE }, rules: RULES };
  const key = createSecretKey(Buffer.alloc(32));
  const maker = new DecisionMaker({
    keys: { seed: key, control: key },
    inputs: new Map([['home', new RuleInputs(new Profile([]), RULES)]]),
    evidence: new LearnedEvidence(store, () => new Date(now)),
    states: new DataLoader<OfferStateQuestion, OfferState>(
      async (questions) => {
        const states = await store.findOfferStates(questions);
        const run = meanwhile;
        meanwhile = null;
        await run?.();
        return states;
      },
      { cache: false },
    ),
    kept: new KeptDecisions(store, () => undefined),
    holder: 'a process',
    observer: { onDecision: () => undefined, onResponse: () => undefined, onCapRefused: () => undefined, onDecisionLost: () => undefined },
    now: () => new Date(now),
  });
  const namesFor = async (id: CustomerId, channel: string) => {
    const customer: ResolvedCustomer = { id, assurance: 'RECOGNIZED', identifiers: [], firstSeenAt: null, lastSeenAt: null };
    const scope = {
      ...{ viewer: { roles: ['CUSTOMER'] }, profile: { sources: { budget: { paused: 0 } } }, touchpoint: channel, channel, locale: null },
      consent: { mayStore: true, mayBeReadByRules: true, mayLeave: true },
    } as unknown as Choice['scope'];
    const { offers } = await maker.choose({ scope, customer, compiled, settings: settingsOf(), size: 1 });
    return offers.map(({ name }) => name);
  };

  const [ada, ben] = [randomUUID(), randomUUID()] as unknown as [CustomerId, CustomerId];
  expect(await namesFor(ada, 'WEB')).toEqual(['web-only']);
  // The reservation has ended, so the kept choice has to reserve again.
  now += 11 * MINUTE;
  meanwhile = async () => {
    now += 1_000;
    expect(await namesFor(ada, 'MOBILE')).toEqual(['plain']);
  };
  const given = [...(await namesFor(ada, 'WEB')), ...(await namesFor(ben, 'WEB'))];
  expect(given.filter((name) => name === 'web-only')).toHaveLength(1);
});
