import type { Arrivals } from './arrivals.ts';
import type { JourneyChannel, JourneyItem } from './interaction.ts';
import { actOf, isPageView } from './kinds.ts';

/** A row that stands for interactions. */
export interface EventRow {
  readonly kind: 'one' | 'repeat' | 'burst';
  /** The key of its oldest interaction: a row that grows by newer ones stays the same row. */
  readonly key: string;
  /** Newest first; one of them for `one`. */
  readonly items: readonly [JourneyItem, ...JourneyItem[]];
  /** The time of its newest interaction. */
  readonly at: number;
  /** The channel of the row above; null for the first. */
  readonly from: JourneyChannel | null;
  /** Whether an older row follows. */
  readonly goesOn: boolean;
  readonly isFresh: boolean;
}

/** A row between: a day's line, the unread line, or the line where the journey was read again after a gap. */
export interface LineRow {
  readonly kind: 'day' | 'unread' | 'gap';
  readonly key: string;
  /** A time in the day; of other lines, that of the row above. */
  readonly at: number;
  /** Of an unread line or a gap: how many interactions are above it. */
  readonly count: number;
  /** The channel of the row above; null for the first. */
  readonly from: JourneyChannel | null;
}

export type JourneyRow = EventRow | LineRow;

/** So many page views at one touchpoint are a burst, when less than this time lies between one and the next. */
export const [BURST_SIZE, BURST_PAUSE] = [3, 5 * 60_000];

/**
 * The rows of a journey, newest first. Each interaction is in exactly one row. A row never reaches over a day's end or over the
 * unread line.
 */
export function journeyRows(items: readonly JourneyItem[], arrivals: Pick<Arrivals, 'fresh'>, dayOf: (at: number) => string): JourneyRow[] {
  const rows: JourneyRow[] = [];
  const lines = linesBelow(items, arrivals);
  let day: string | null = null;
  let from: JourneyChannel | null = null;
  let start = 0;
  while (start < items.length) {
    const first = items[start] as JourneyItem;
    const today = dayOf(first.at);
    if (today !== day) rows.push({ kind: 'day', key: `day:${today}`, at: first.at, count: 0, from });
    day = today;
    const isFresh = arrivals.fresh.has(first.key);
    const canJoin = (index: number) => {
      const item = items[index];
      return item !== undefined && !lines.has(index) && arrivals.fresh.has(item.key) === isFresh && dayOf(item.at) === today;
    };
    const end = groupEnd(items, start, canJoin);
    const group = items.slice(start, end) as [JourneyItem, ...JourneyItem[]];
    const kind = group.length === 1 ? 'one' : isBurst(group) ? 'burst' : 'repeat';
    rows.push({ kind, key: (group.at(-1) ?? first).key, items: group, at: first.at, from, goesOn: end < items.length, isFresh });
    from = first.channel;
    const line = lines.get(end);
    if (line !== undefined) rows.push({ ...line, at: first.at, from });
    start = end;
  }
  return rows;
}

/** True for page views that are more than the same page again. */
function isBurst(group: readonly JourneyItem[]): boolean {
  const [first] = group;
  return group.length >= BURST_SIZE && first !== undefined && isPageView(first) && group.some((item) => actOf(item) !== actOf(first));
}

/** The index after the last interaction that shares a row with the one at `start`. */
function groupEnd(items: readonly JourneyItem[], start: number, canJoin: (index: number) => boolean): number {
  const first = items[start] as JourneyItem;
  let burst = start + 1;
  if (isPageView(first)) {
    while (canJoin(burst) && continuesBurst(items[burst - 1] as JourneyItem, items[burst] as JourneyItem)) burst++;
  }
  if (isBurst(items.slice(start, burst))) return burst;
  const act = actOf(first);
  let same = start + 1;
  if (act !== null) while (canJoin(same) && actOf(items[same] as JourneyItem) === act) same++;
  return same;
}

function continuesBurst(newer: JourneyItem, older: JourneyItem): boolean {
  return isPageView(older) && older.touchpoint === newer.touchpoint && newer.at - older.at < BURST_PAUSE;
}

/**
 * The lines below the new interactions at the top, by the index of the interaction that follows. A late one, which happened before
 * others that are known, is among these and has no line.
 */
function linesBelow(
  items: readonly JourneyItem[],
  { fresh }: Pick<Arrivals, 'fresh'>,
): Map<number, Pick<LineRow, 'kind' | 'key' | 'count'>> {
  const top = items.findIndex(({ key }) => !fresh.has(key));
  const end = top === -1 ? items.length : top;
  const firstOfGap = items.slice(0, end).findIndex(({ key }) => fresh.get(key) === 'gap');
  const lines = new Map<number, Pick<LineRow, 'kind' | 'key' | 'count'>>();
  const unread = firstOfGap === -1 ? end : firstOfGap;
  if (unread > 0) lines.set(unread, { kind: 'unread', key: 'unread', count: unread });
  if (firstOfGap !== -1) lines.set(end, { kind: 'gap', key: 'gap', count: [...fresh.values()].filter((how) => how === 'gap').length });
  return lines;
}
