import { customerIdOf } from '../../../src/model/customer.ts';
import { decay, type WeightedEvidence } from '../../../src/model/decay.ts';
import type { Offer, OfferTotals } from '../../../src/model/offer.ts';
import { type DecidedPlacement, decide } from '../../../src/offers/decision/decide.ts';
import { inControlGroup, seedOf } from '../../../src/offers/decision/keyed-choices.ts';
import { seededRandom } from '../../../src/offers/decision/seeded-random.ts';
import type { DecisionSettings } from '../../../src/offers/definition/compiled-offers.ts';
import { anOffer, aPlacement, aSeed, aState, NOON } from './builders.ts';

const NO_EVIDENCE: WeightedEvidence = { presented: 0, responded: 0 };

/** The hidden rate at which customers accept each offer. */
export type Rates = Readonly<Record<string, number>>;

export interface Simulated {
  readonly offer: string;
  readonly isControl: boolean;
  /** Milliseconds. */
  readonly at: number;
  /** By how much the rate of the best offer was higher. */
  readonly regret: number;
}

export interface SimulationOptions {
  /** Another run has other customers, and other chance. */
  readonly run: string;
  readonly presentations: number;
  /** Milliseconds between two customers. */
  readonly interval: number;
  readonly settings: DecisionSettings;
  readonly ratesAt: (time: number) => Rates;
  /** What the control group gets. */
  readonly fallback?: { readonly name: string; readonly rate: number };
}

/**
 * Presents one slot to one new customer after another, each with the seed that the gateway would give them, and learns from what
 * they do: they accept with the hidden rate of what they see.
 */
export function simulate({ run, presentations, interval, settings, ratesAt, fallback }: SimulationOptions) {
  const key = aSeed(`key of run ${run}`);
  const chance = seededRandom(aSeed(`run ${run}`), 'responses');
  const compiled = placementOf(Object.keys(ratesAt(NOON)), fallback?.name);
  const learned = new Map<string, WeightedEvidence & { readonly at: number }>();
  const shown: Simulated[] = [];
  const totals = new Map<string, OfferTotals>();
  for (let index = 0; index < presentations; index++) {
    const now = NOON + index * interval;
    const customer = customerIdOf(Buffer.from(aSeed(`${run} ${index}`)));
    const evidenceOf = (offer: string) => {
      const known = learned.get(offer);
      return known === undefined ? NO_EVIDENCE : decay(known, known.at, now, settings.halfLife);
    };
    const isControl = inControlGroup(key, customer, settings.control);
    const seed = seedOf(key, customer, compiled.placement.name, now);
    const decided = decide(compiled, aState({ now, seed, isControl, evidenceOf }), settings);
    const [first] = decided.chosen;
    if (first === undefined) throw new Error('expected an offer for each customer of the simulation');
    const rates = ratesAt(now);
    const rate = first.name === fallback?.name ? fallback.rate : Number(rates[first.name]);
    const hasAccepted = chance() < rate;
    if (!decided.isFallback) {
      const before = evidenceOf(first.name);
      learned.set(first.name, { presented: before.presented + 1, responded: before.responded + Number(hasAccepted), at: now });
    }
    shown.push({ offer: first.name, isControl: decided.isControl, at: now, regret: Math.max(...Object.values(rates)) - rate });
    count(totals, first.name, decided.isControl, hasAccepted);
  }
  return { shown, totals: [...totals.values()] };
}

function placementOf(names: readonly string[], fallback: string | undefined): DecidedPlacement {
  const offers = names.map((name): Offer => anOffer(name));
  return aPlacement(offers, { fallback: fallback === undefined ? null : anOffer(fallback, { placements: [] }) });
}

function count(totals: Map<string, OfferTotals>, offer: string, isControl: boolean, hasAccepted: boolean): void {
  const key = `${offer} ${isControl}`;
  const { presented = 0, accepted = 0 } = totals.get(key) ?? {};
  const counts = { presented: presented + 1, clicked: 0, accepted: accepted + Number(hasAccepted), declined: 0 };
  totals.set(key, { placement: 'home', offer, isControl, ...counts });
}

export function totalRegret(shown: readonly Simulated[]): number {
  return shown.reduce((sum, { regret }) => sum + regret, 0);
}

/** The part of presentations that had this offer. */
export function shareOf(shown: readonly Simulated[], offer: string): number {
  return shown.filter((each) => each.offer === offer).length / shown.length;
}

/** The usual alternative: an even choice with probability epsilon, else the offer with the highest rate so far. */
export function epsilonGreedyRegret({ run, presentations, ratesAt }: SimulationOptions, epsilon: number): number {
  const random = seededRandom(aSeed(`run ${run}`), 'epsilon-greedy');
  const rates = Object.values(ratesAt(NOON));
  const presented = rates.map(() => 0);
  const accepted = rates.map(() => 0);
  /** An offer that was never shown counts as the best. */
  const estimate = (arm: number) => (presented[arm] === 0 ? 1 : Number(accepted[arm]) / Number(presented[arm]));
  let regret = 0;
  for (let index = 0; index < presentations; index++) {
    const best = rates.reduce((most, _, arm) => (estimate(arm) > estimate(most) ? arm : most), 0);
    const arm = random() < epsilon ? Math.floor(random() * rates.length) : best;
    const rate = Number(rates[arm]);
    presented[arm] = Number(presented[arm]) + 1;
    accepted[arm] = Number(accepted[arm]) + Number(random() < rate);
    regret += Math.max(...rates) - rate;
  }
  return regret;
}
