import type { JourneyCursor, JourneyRange } from '../model/interaction.ts';
import type { IdentityEventRow, InteractionRow } from './rows.ts';

/*
 * A customer may have several ids, and rows lie under the id that the customer had when they were written. A page is
 * merged out of what was read under each; these are the orders that it is merged in.
 */

/** Compares texts in the order of their bytes in UTF-8, as the store's indexes have them: negative, 0 or positive. */
export function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The key of an interaction in a journey: nothing else has the same. */
export function journeyKeyOf({ occurred_at, id, customer_id }: Pick<InteractionRow, 'occurred_at' | 'id' | 'customer_id'>): JourneyCursor {
  return { occurredAt: new Date(occurred_at), id, customerId: customer_id };
}

/** @returns the part of the range that comes before a key, in the range's order, without what has that key. */
export function rangeBefore(range: JourneyRange, key: JourneyCursor): JourneyRange {
  return range.order === 'newest-first' ? { ...range, newerThan: key } : { ...range, olderThan: key };
}

/** @returns the part of the range that comes after a key, in the range's order, without what has that key. */
export function rangeAfter(range: JourneyRange, key: JourneyCursor): JourneyRange {
  return range.order === 'newest-first' ? { ...range, olderThan: key } : { ...range, newerThan: key };
}

/** @returns the part of the range that may still be on its page when `page` was found under other ids: all of it, until the page is full. */
export function rangeLeft(range: JourneyRange, page: readonly InteractionRow[]): JourneyRange {
  const last = page.length < range.limit ? undefined : page.at(-1);
  return last === undefined ? range : rangeBefore(range, journeyKeyOf(last));
}

/** @returns both, in the order of a journey, cut to one page. Each is given in that order. */
export function mergeJourneys(
  page: readonly InteractionRow[],
  found: readonly InteractionRow[],
  { order, limit }: JourneyRange,
): readonly InteractionRow[] {
  if (found.length === 0) return page;
  const merged = page.length === 0 ? found : [...page, ...found].sort(order === 'newest-first' ? (a, b) => -compare(a, b) : compare);
  return merged.length > limit ? merged.slice(0, limit) : merged;
}

/** The order of a journey, the oldest first. */
function compare(a: InteractionRow, b: InteractionRow): number {
  return a.occurred_at - b.occurred_at || compareTexts(a.id, b.id) || compareTexts(a.customer_id, b.customer_id);
}

/**
 * @returns both, the last first, cut to one page. An event that changed several customers lies under each of them: where
 * these are one customer by now, it is on the page once.
 */
export function mergeIdentityEvents(
  page: readonly IdentityEventRow[],
  found: readonly IdentityEventRow[],
  limit: number,
): readonly IdentityEventRow[] {
  if (found.length === 0) return page;
  if (page.length === 0) return found;
  const rows = [...new Map([...page, ...found].map((row) => [row.id, row])).values()];
  return rows.sort((a, b) => b.recorded_at - a.recorded_at || (a.id < b.id ? 1 : -1)).slice(0, limit);
}
