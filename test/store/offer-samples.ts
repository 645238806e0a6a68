import type { CustomerId } from '../../src/model/customer.ts';
import type { Identifier } from '../../src/model/identifier.ts';
import type { Decision, DecisionToKeep, OfferCap, OfferResponse, ResponseToSave } from '../../src/model/offer.ts';

/** Milliseconds. */
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The middle of a day (UTC), in the past. */
export const NOON = new Date('2026-11-20T12:00:00Z');

export const later = (milliseconds: number, start = NOON) => new Date(start.getTime() + milliseconds);

export const perCustomer = (count: number, per: number | null = null): OfferCap => ({ count, per, of: 'customer' });
export const ofEverybody = (count: number, per: number | null = null): OfferCap => ({ count, per, of: 'everybody' });

interface DecisionSample {
  readonly at?: Date;
  readonly id?: string;
  readonly placement?: string;
  readonly offers?: readonly string[];
  /** Milliseconds for which it is kept. */
  readonly sticky?: number;
  readonly isControl?: boolean;
}

export function decision(customerId: CustomerId, sample: DecisionSample = {}): Decision {
  const { at = NOON, id = `d-${customerId}`, placement = 'home', offers = ['one'], sticky = null, isControl = false } = sample;
  return {
    ...{ id, customerId, placement, decidedAt: at, stickyUntil: sticky === null ? null : later(sticky, at) },
    ...{ touchpoint: 'web', viewerRole: 'CUSTOMER', isControl, isFallback: false, inputs: 'hash' },
    offers: offers.map((name) => ({ name, version: 'v1', score: 0.25, propensity: 0.5 })),
  };
}

/** With these caps for each of its offers. */
export function toKeep(of: Decision, caps: readonly OfferCap[] = [], rest: Partial<DecisionToKeep> = {}): DecisionToKeep {
  const reserve = caps.length === 0 ? [] : of.offers.map(({ name }) => ({ offer: name, caps }));
  return { decision: of, reserve, mayStore: true, holder: 'one process', ...rest };
}

/** A response of the decision's customer to its first offer. */
export function response(of: Decision, identifier: Identifier, rest: Partial<ResponseToSave> = {}): ResponseToSave {
  const kind: OfferResponse = rest.response ?? 'PRESENTED';
  const offer = rest.offer ?? of.offers[0]?.name ?? 'one';
  const occurredAt = rest.occurredAt ?? later(MINUTE, of.decidedAt);
  return {
    ...{ customerId: of.customerId, decisionId: of.id, placement: of.placement, offer, caps: [], response: kind },
    ...{ isControl: of.isControl, occurredAt, halfLife: 30 * DAY },
    interaction: {
      ...{ id: `${of.id}:${offer}:${kind.toLowerCase()}`, type: `offer_${kind.toLowerCase()}`, occurredAt, touchpoint: 'web' },
      ...{ pageUrl: null, properties: { offer }, identifiers: [identifier], source: 'respondToOffer', attributes: {}, provenAt: null },
    },
    ...rest,
  };
}
