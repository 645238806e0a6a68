import type { ResponseToSave } from '../../model/offer.ts';
import type { Exposure, ShownOnDay, StoredEvidence } from './offer-facts.ts';

/** Milliseconds. */
export const DAY = 24 * 60 * 60 * 1_000;

/** What a response adds to what is known of an offer at a placement. */
export interface Lesson {
  /** Milliseconds: when the customer was presented the offer on that day. */
  readonly at: number;
  readonly presented: 0 | 1;
  readonly responded: 0 | 1;
}

/**
 * A customer counts once for each offer, placement and day (UTC) on which it was presented: as a trial, and as a success
 * where they clicked or accepted what they were presented on that day, even if they did so later. A success weighs as much as
 * its trial, so `responded` never exceeds `presented`.
 * @param shown the exposure with the response. @param before the exposure without it; undefined where it is the first.
 * @param others exposures of the same customer, offer, placement and day.
 */
export function lessonOf(
  shown: Exposure & { readonly shownAt: number },
  before: Exposure | undefined,
  others: readonly ShownOnDay[],
): Lesson {
  const trial = others.find(({ isTrial }) => isTrial);
  const wasSuccess = others.some(isSuccess) || (before !== undefined && isSuccess(before));
  const isTrial = (before === undefined || before.shownAt === null) && trial === undefined;
  return { at: trial?.shownAt ?? shown.shownAt, presented: isTrial ? 1 : 0, responded: isSuccess(shown) && !wasSuccess ? 1 : 0 };
}

/**
 * The order in which lessons are added does not matter: the weight of each halves with every half-life.
 * @param halfLife milliseconds.
 */
export function addLesson(known: StoredEvidence | undefined, lesson: Lesson, halfLife: number): StoredEvidence {
  const at = Math.max(known?.at ?? lesson.at, lesson.at);
  const weight = (then: number) => 2 ** ((then - at) / halfLife);
  const before = known === undefined ? 0 : weight(known.at);
  const added = weight(lesson.at);
  return {
    presented: (known?.presented ?? 0) * before + lesson.presented * added,
    responded: (known?.responded ?? 0) * before + lesson.responded * added,
    at,
  };
}

/** The first millisecond of the day (UTC). */
export function dayStart(at: number): number {
  return Math.floor(at / DAY) * DAY;
}

function isSuccess({ clickedAt, acceptedAt }: Pick<Exposure, 'clickedAt' | 'acceptedAt'>): boolean {
  return clickedAt !== null || acceptedAt !== null;
}

/** Until when the response has to be known. @param kept milliseconds for which responses are kept at least. */
export function keptUntil({ caps }: Pick<ResponseToSave, 'caps'>, shownAt: number, kept: number): number {
  const windows = caps.map(({ of, per }) => (of === 'customer' ? (per ?? 0) : 0));
  return shownAt + Math.max(kept, ...windows);
}
