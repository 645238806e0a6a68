import { createHash } from 'node:crypto';
import type { Offer } from '../../../src/model/offer.ts';
import type { DecidedPlacement } from '../../../src/offers/decision/decide.ts';
import type { DecisionState, ExplainedOffer } from '../../../src/offers/decision/decision-state.ts';
import type { DecisionSettings } from '../../../src/offers/definition/compiled-offers.ts';

export const NOON = Date.parse('2026-12-01T12:00:00Z');
export const DAY = 86_400_000;

/** An offer for everybody; say only what the test is about. */
export function anOffer(name: string, parts: Partial<Offer> = {}): Offer {
  return {
    name,
    placements: ['home'],
    when: null,
    content: new Map([['en', { title: name }]]),
    starts: null,
    ends: null,
    priority: 1,
    value: 1,
    mandatory: false,
    caps: [],
    excludes: [],
    channels: null,
    version: `version of ${name}`,
    ...parts,
  };
}

export function aPlacement(
  offers: readonly Offer[],
  { slots = 1, fallback = null }: { slots?: number; fallback?: Offer | null } = {},
): DecidedPlacement {
  return {
    placement: { name: 'home', slots, fallback: fallback?.name ?? null, sticky: null, min: 'RECOGNIZED', viewers: null },
    offers: [...offers].sort((a, b) => (a.name < b.name ? -1 : 1)),
    fallback,
  };
}

/** A request of an admitted customer, for whom every rule is true and nothing is known. */
export function aState(parts: Partial<DecisionState> = {}): DecisionState {
  return {
    now: NOON,
    channel: 'WEB',
    seed: aSeed('a customer'),
    isControl: false,
    isAdmitted: true,
    verdictOf: () => ({ kind: 'TRUE' }),
    counts: new Map(),
    refused: new Set(),
    evidenceOf: () => ({ presented: 0, responded: 0 }),
    ...parts,
  };
}

/** Ranks by value: no chance in it. */
export function settingsOf(parts: Partial<DecisionSettings> = {}): DecisionSettings {
  return {
    control: 0,
    exploration: 0,
    halfLife: 30 * DAY,
    minimumEvidence: 20,
    rank: ({ value }) => value,
    ranksByPropensity: false,
    ...parts,
  };
}

export const BY_PROPENSITY = { rank: ({ propensity }: { propensity: number }) => propensity, ranksByPropensity: true } as const;

export function aSeed(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}

export function find(explained: readonly ExplainedOffer[], name: string): ExplainedOffer {
  const found = explained.find((each) => each.name === name);
  if (found === undefined) throw new Error(`expected ${name} among the explained offers`);
  return found;
}
