import { type JourneyItem, newestFirst } from './interaction.ts';

/** One end of what is loaded. */
export interface WindowEnd {
  /** From where the next page is read; null before the first page. */
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

/**
 * The part of a journey that is loaded: without holes, newest first, each interaction once. It grows at both ends by pages, and
 * anywhere by live interactions.
 */
export interface JourneyWindow {
  readonly items: readonly JourneyItem[];
  readonly newer: WindowEnd;
  readonly older: WindowEnd;
}

export const EMPTY_WINDOW: JourneyWindow = {
  items: [],
  newer: { cursor: null, hasMore: true },
  older: { cursor: null, hasMore: true },
};

/** A page as it was read at one end. */
export interface WindowPage {
  readonly items: readonly JourneyItem[];
  readonly cursor: string | null;
  readonly hasMore: boolean;
}

/** Adds the page that was read after the older end. */
export function addOlder(window: JourneyWindow, page: WindowPage): JourneyWindow {
  return { ...window, items: merge(window.items, page.items), older: nextEnd(window.older, page) };
}

/** Adds the page that was read before the newer end. */
export function addNewer(window: JourneyWindow, page: WindowPage): JourneyWindow {
  return { ...window, items: merge(window.items, page.items), newer: nextEnd(window.newer, page) };
}

/**
 * Adds interactions that came live, or were read again after a gap. One that lies beyond an end which has more is left out: the
 * pages between are not loaded, and it is read with them.
 */
export function addLive(window: JourneyWindow, items: readonly JourneyItem[]): JourneyWindow {
  const [newest, oldest] = [window.items[0], window.items.at(-1)];
  const fits = items.filter((item) => {
    if (newest === undefined || oldest === undefined) return !window.newer.hasMore && !window.older.hasMore;
    if (newestFirst(item, newest) < 0) return !window.newer.hasMore;
    if (newestFirst(item, oldest) > 0) return !window.older.hasMore;
    return true;
  });
  const merged = merge(window.items, fits.toSorted(newestFirst));
  return merged === window.items ? window : { ...window, items: merged };
}

function nextEnd(end: WindowEnd, { cursor, hasMore }: WindowPage): WindowEnd {
  return { cursor: cursor ?? end.cursor, hasMore };
}

/** Both lists are newest first. @returns the first list itself when the second has nothing new. */
function merge(known: readonly JourneyItem[], added: readonly JourneyItem[]): readonly JourneyItem[] {
  const keys = new Set(known.map(({ key }) => key));
  const fresh = added.filter(({ key }) => !keys.has(key) && keys.add(key));
  if (fresh.length === 0) return known;
  const merged: JourneyItem[] = [];
  let next = 0;
  for (const item of known) {
    while (next < fresh.length && newestFirst(fresh[next] as JourneyItem, item) < 0) merged.push(fresh[next++] as JourneyItem);
    merged.push(item);
  }
  return merged.concat(fresh.slice(next));
}
