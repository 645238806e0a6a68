import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useLayoutEffect, useRef } from 'react';
import type { JourneyRow } from './journey-rows.ts';
import { isEventRow } from './use-row-focus.ts';

type Rows = Virtualizer<HTMLDivElement, HTMLLIElement>;
type RowsOptions = Omit<Parameters<typeof useVirtualizer<HTMLDivElement, HTMLLIElement>>[0], 'getScrollElement' | 'anchorTo'>;

/** Less than this many pixels from the top is at the top. */
export const AT_TOP = 8;
/** Frames in which a row that was gone to is still being brought to its position, because rows are measured. */
const FRAMES_TO_SETTLE = 4;

/** The row that is being read, by one of its interactions, and how far it begins from the top of the screen. */
interface Position {
  readonly key: string;
  readonly from: number;
}

/** A row that was gone to: that of an interaction, or a line so many rows above it. */
interface Goal {
  readonly key: string;
  readonly above: number;
  readonly align: 'start' | 'auto';
}

export interface ReadingPosition {
  readonly virtualizer: Rows;
  /** Brings a row on the screen. It is still that row when others come in above it meanwhile. */
  readonly goTo: (index: number, align: 'start' | 'auto') => void;
}

/**
 * Renders the rows on the screen, and keeps what is being read in its position when rows come in above it. What is read is an
 * interaction: the line of a day is not, since it goes up when more of its day comes in. At the top, when everything newer is loaded,
 * new rows push the others down instead.
 */
export function useReadingPosition(
  rows: readonly JourneyRow[],
  scroller: RefObject<HTMLDivElement | null>,
  hasNewer: boolean,
  options: RowsOptions,
): ReadingPosition {
  const former = useRef<{ rows: readonly JourneyRow[]; hasNewer: boolean; virtualizer: Rows } | null>(null);
  const goal = useRef<Goal | null>(null);
  const moved = useRef<'position' | 'goal' | null>(null);

  const known = former.current;
  const isChanged = known !== null && known.rows !== rows && known.rows.length > 0;
  const offset = isChanged ? offsetOf(known.virtualizer, scroller.current) : 0;
  // The page that is the last one was asked for while there was more: it comes in above like those before it.
  const isKept = isChanged && (offset >= AT_TOP || hasNewer || known.hasNewer);
  const position = isKept ? positionAt(known.rows, known.virtualizer, offset) : null;
  const virtualizer = useVirtualizer<HTMLDivElement, HTMLLIElement>({
    ...options,
    getScrollElement: () => scroller.current,
    anchorTo: isKept ? 'end' : 'start',
    scrollEndThreshold: -1,
  });
  const kept = position === null ? null : offsetFor(position, rows, virtualizer);
  // Set before the rows are asked for, so that those of the new position are rendered at once.
  if (kept !== null && Math.abs(kept - (virtualizer.scrollOffset ?? 0)) > 0.5) {
    virtualizer.scrollOffset = kept;
    moved.current = 'position';
  }
  if (isChanged && goal.current !== null) moved.current = 'goal';
  former.current = { rows, hasNewer, virtualizer };

  const goTo = useCallback(
    (index: number, align: 'start' | 'auto') => {
      const next = eventFrom(rows, index);
      const row = rows[next];
      const gone = isEventRow(row) ? { key: row.items[0].key, above: next - index, align } : null;
      goal.current = gone;
      virtualizer.scrollToIndex(index, { align });
      let frames = FRAMES_TO_SETTLE;
      const settle = () => {
        if (goal.current !== gone) return;
        if (--frames === 0) goal.current = null;
        else requestAnimationFrame(settle);
      };
      requestAnimationFrame(settle);
    },
    [rows, virtualizer],
  );
  useLayoutEffect(() => {
    const how = moved.current;
    moved.current = null;
    if (how === 'position' && scroller.current !== null) scroller.current.scrollTop = virtualizer.scrollOffset ?? 0;
    if (how !== 'goal' || goal.current === null) return;
    const index = indexOf(goal.current.key, rows);
    if (index !== -1) virtualizer.scrollToIndex(index - goal.current.above, { align: goal.current.align });
  });
  return { virtualizer, goTo };
}

/** Where the reader is: by the element, which knows of a scroll before its event; a hidden one has forgotten. */
function offsetOf(virtualizer: Rows, element: HTMLDivElement | null): number {
  return element !== null && element.clientHeight > 0 ? element.scrollTop : (virtualizer.scrollOffset ?? 0);
}

function positionAt(rows: readonly JourneyRow[], virtualizer: Rows, offset: number): Position | null {
  const index = eventFrom(rows, virtualizer.getVirtualItemForOffset(offset)?.index ?? 0);
  const row = rows[index];
  const start = virtualizer.measurementsCache[index]?.start;
  return isEventRow(row) && start !== undefined ? { key: row.items[0].key, from: start - offset } : null;
}

/** @returns where the reader has to be, so that the row is where it was; null when it is gone. */
function offsetFor({ key, from }: Position, rows: readonly JourneyRow[], virtualizer: Rows): number | null {
  const index = indexOf(key, rows);
  if (index === -1) return null;
  // Puts the positions of the rows together, as far as these have changed.
  virtualizer.getTotalSize();
  const start = virtualizer.measurementsCache[index]?.start;
  return start === undefined ? null : Math.max(0, start - from);
}

const indexOf = (key: string, rows: readonly JourneyRow[]): number =>
  rows.findIndex((row) => isEventRow(row) && row.items.some((item) => item.key === key));

/** The index of the first row from here that stands for interactions. */
function eventFrom(rows: readonly JourneyRow[], index: number): number {
  let next = index;
  while (next < rows.length && !isEventRow(rows[next])) next++;
  return next;
}
