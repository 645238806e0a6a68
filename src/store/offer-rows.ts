import type { CustomerId } from '../model/customer.ts';
import type { AudienceEvent, Decision, OfferEvidence, OfferTotals, OfferTotalsRange } from '../model/offer.ts';
import { DAY } from './plan/learn-offers.ts';
import type { Exposure, Trial } from './plan/offer-facts.ts';

/* Rows of offers and audiences as every store answers them. Times are in milliseconds; columns with JSON hold its text. */

export interface DecisionRow {
  readonly customer_id: CustomerId;
  readonly placement: string;
  readonly decided_at: number;
  readonly id: string;
  readonly sticky_until: number | null;
  /** JSON of a `DecisionRecord`. */
  readonly record: string;
}

/** The part of a decision that has no columns of its own. */
type DecisionRecord = Pick<Decision, 'touchpoint' | 'viewerRole' | 'isControl' | 'isFallback' | 'inputs' | 'offers'>;

export function recordOf({ touchpoint, viewerRole, isControl, isFallback, inputs, offers }: Decision): string {
  return JSON.stringify({ touchpoint, viewerRole, isControl, isFallback, inputs, offers } satisfies DecisionRecord);
}

export function toDecision({ customer_id, placement, decided_at, id, sticky_until, record }: DecisionRow): Decision {
  const { touchpoint, viewerRole, isControl, isFallback, inputs, offers } = JSON.parse(record) as DecisionRecord;
  return {
    ...{ id, customerId: customer_id, placement, decidedAt: new Date(decided_at) },
    stickyUntil: sticky_until === null ? null : new Date(sticky_until),
    ...{ touchpoint, viewerRole, isControl, isFallback, inputs, offers },
  };
}

/** @returns the newest `limit` decisions, the newest first, of the rows of several ids of one customer. */
export function newestDecisions(rows: readonly DecisionRow[], limit: number): Decision[] {
  const newest = rows.toSorted((a, b) => b.decided_at - a.decided_at || (a.id < b.id ? 1 : -1));
  return newest.slice(0, limit).map(toDecision);
}

export interface ExposureRow {
  readonly customer_id: CustomerId;
  readonly offer: string;
  readonly decision_id: string;
  readonly placement: string;
  readonly reserved_until: number | null;
  readonly holder: string | null;
  /** JSON of numbers. */
  readonly taken: string | null;
  readonly shown_at: number | null;
  readonly trial: Exposure['trial'];
  readonly presented_at: number | null;
  readonly clicked_at: number | null;
  readonly accepted_at: number | null;
  readonly declined_at: number | null;
  readonly kept_until: number | null;
}

export function toExposure(row: ExposureRow): Exposure {
  const { reserved_until, holder, taken } = row;
  return {
    customerId: row.customer_id,
    offer: row.offer,
    decisionId: row.decision_id,
    placement: row.placement,
    reservation: reserved_until === null ? null : { until: reserved_until, holder: holder ?? '', taken: JSON.parse(taken ?? '[]') },
    shownAt: row.shown_at,
    trial: row.trial,
    presentedAt: row.presented_at,
    clickedAt: row.clicked_at,
    acceptedAt: row.accepted_at,
    declinedAt: row.declined_at,
    keptUntil: row.kept_until,
  };
}

/** The earliest first, and those of one moment in one order on every store. */
export function trialsInOrder(exposures: readonly Exposure[]): Trial[] {
  const trials = exposures.map((each) => ({ ...each, shownAt: each.shownAt as number }));
  return trials.sort((a, b) => a.shownAt - b.shownAt || (a.decisionId < b.decisionId ? -1 : 1));
}

export interface EvidenceRow extends Omit<OfferEvidence, 'at'> {
  readonly at: number;
}

export function toEvidence({ placement, offer, presented, responded, at }: EvidenceRow): OfferEvidence {
  return { placement, offer, presented, responded, at: new Date(at) };
}

export interface TotalsRow extends Omit<OfferTotals, 'isControl'> {
  readonly is_control: 0 | 1;
}

export function toTotals({ placement, offer, is_control, presented, clicked, accepted, declined }: TotalsRow): OfferTotals {
  return { placement, offer, isControl: is_control === 1, presented, clicked, accepted, declined };
}

/** Whole days since 1970 (UTC) that a range touches: from `first`, before `end`. */
export function daysOf({ since, until }: OfferTotalsRange): { readonly first: number; readonly end: number } {
  return {
    first: since === null ? Number.MIN_SAFE_INTEGER : Math.floor(since.getTime() / DAY),
    end: until === null ? Number.MAX_SAFE_INTEGER : Math.ceil(until.getTime() / DAY),
  };
}

export interface AudienceEventRow extends Pick<AudienceEvent, 'audience' | 'kind'> {
  readonly customer_id: CustomerId;
  readonly at: number;
}

function toAudienceEvent({ customer_id, audience, kind, at }: AudienceEventRow): AudienceEvent {
  return { customerId: customer_id, audience, kind, at: new Date(at) };
}

/** @returns the newest `limit` events, the newest first, of the rows of several ids of one customer. */
export function newestAudienceEvents(rows: readonly AudienceEventRow[], limit: number): AudienceEvent[] {
  const newest = rows.toSorted((a, b) => b.at - a.at || (a.audience < b.audience ? 1 : -1));
  return newest.slice(0, limit).map(toAudienceEvent);
}
