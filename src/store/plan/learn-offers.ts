import { decay } from '../../model/decay.ts';
import type { OfferResponse, ResponseToSave } from '../../model/offer.ts';
import type { Exposure, StoredEvidence } from './offer-facts.ts';

/** Milliseconds of a day. */
export const DAY = 24 * 60 * 60 * 1_000;

/** What one response adds to the evidence of an offer at a placement. */
export interface Lesson {
  /** Milliseconds: the time of the trial, when the offer was presented. */
  readonly at: number;
  readonly presented: 0 | 1;
  readonly responded: 0 | 1;
}

/** An exposure that was presented. */
export type Shown = Exposure & { readonly shownAt: number };

/**
 * A customer counts once for each offer, placement and day (UTC) on which it was presented: as a trial, and as a success
 * where they clicked or accepted what they were presented on that day, even if they did so later. A success is marked at its
 * trial and weighs as much, so `responded` never exceeds `presented`, whatever is merged and split in between.
 * @param shown the exposure with the response. @param isFirst true for its first response.
 * @param trials exposures of the same customer, offer, placement and day that are trials, in the order of time, without this response.
 * @returns the lesson, and the trial as it is to be kept; null where nothing is learned.
 */
export function lessonOf(
  shown: Shown,
  response: OfferResponse,
  isFirst: boolean,
  trials: readonly Shown[],
): { readonly lesson: Lesson; readonly trial: Shown } | null {
  const presented = isFirst && trials.length === 0 ? 1 : 0;
  const trial = presented === 1 ? shown : (trials.find((each) => isSame(each, shown)) ?? trials[0]);
  // Presentations in the control group are no trials, so nothing is learned from responses to them.
  if (trial === undefined) return null;
  const isSuccess = response === 'CLICKED' || response === 'ACCEPTED';
  const responded = isSuccess && !trials.some((each) => each.trial === 2) ? 1 : 0;
  if (presented === 0 && responded === 0) return null;
  return { lesson: { at: trial.shownAt, presented, responded }, trial: { ...trial, trial: responded === 1 ? 2 : 1 } };
}

/**
 * Adds a lesson, with the weight of each lesson halved in every half-life. The order in which lessons are added does not matter.
 * @param halfLife milliseconds.
 */
export function addLesson(known: StoredEvidence | undefined, lesson: Lesson, halfLife: number): StoredEvidence {
  const at = Math.max(known?.at ?? lesson.at, lesson.at);
  const before = known === undefined ? { presented: 0, responded: 0 } : decay(known, known.at, at, halfLife);
  const added = decay(lesson, lesson.at, at, halfLife);
  return { presented: before.presented + added.presented, responded: before.responded + added.responded, at };
}

/** The first millisecond of the day (UTC). */
export function dayStart(at: number): number {
  return Math.floor(at / DAY) * DAY;
}

export function isSame(a: Exposure, b: Exposure): boolean {
  return a.customerId === b.customerId && a.decisionId === b.decisionId && a.offer === b.offer;
}

/** Until when an exposure is kept, in milliseconds. @param kept how long responses are kept at least. */
export function keptUntil({ caps }: Pick<ResponseToSave, 'caps'>, shownAt: number, kept: number): number {
  const windows = caps.map(({ of, per }) => (of === 'customer' ? (per ?? 0) : 0));
  return shownAt + Math.max(kept, ...windows);
}
