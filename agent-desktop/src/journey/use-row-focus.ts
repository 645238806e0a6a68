import { useCallback, useEffect, useRef, useState } from 'react';
import type { EventRow, JourneyRow } from './journey-rows.ts';

export const isEventRow = (row: JourneyRow | undefined): row is EventRow => row !== undefined && 'items' in row;

export interface RowFocus {
  /** The index of the row that Tab leads to; it is always rendered. -1 for none. */
  readonly index: number;
  readonly hasFocus: boolean;
  readonly focusRow: (index: number) => void;
  /** To the next or the former row that stands for interactions. */
  readonly move: (step: 1 | -1) => void;
  readonly onFocus: (event: React.FocusEvent) => void;
  readonly onBlur: (event: React.FocusEvent) => void;
}

/**
 * Which row has the focus: known by one of its interactions, so that it is found again when rows come in above it or it is put
 * together anew.
 */
export function useRowFocus(
  rows: readonly JourneyRow[],
  goTo: (index: number, align: 'start' | 'auto') => void,
  list: React.RefObject<HTMLOListElement | null>,
): RowFocus {
  const [focused, setFocused] = useState<string | null>(null);
  const [hasFocus, setHasFocus] = useState(false);
  const wanted = useRef(false);
  const found = focused === null ? -1 : rows.findIndex((row) => isEventRow(row) && row.items.some(({ key }) => key === focused));
  const index = found === -1 ? rows.findIndex(isEventRow) : found;

  const focusRow = useCallback(
    (next: number) => {
      const row = rows[next];
      if (!isEventRow(row)) return;
      wanted.current = true;
      setFocused(row.items[0].key);
      goTo(next, 'auto');
    },
    [rows, goTo],
  );
  const move = useCallback(
    (step: 1 | -1) => {
      let next = hasFocus ? index + step : index;
      while (rows[next] !== undefined && !isEventRow(rows[next])) next += step;
      focusRow(next);
    },
    [rows, index, hasFocus, focusRow],
  );

  // The row is there once it is rendered; and one that was rendered anew has lost the focus that it had.
  useEffect(() => {
    const element = list.current?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    const isLost = hasFocus && document.activeElement === document.body;
    if (!element || !(wanted.current || isLost)) return;
    wanted.current = false;
    element.focus({ preventScroll: true });
  });

  return {
    index,
    hasFocus,
    focusRow,
    move,
    onFocus: (event) => {
      setHasFocus(true);
      const row = rows[Number((event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index)];
      if (isEventRow(row) && !row.items.some(({ key }) => key === focused)) setFocused(row.items[0].key);
    },
    onBlur: (event) => {
      // An element that is taken out of the page loses its focus to nothing: the row is focused again.
      if (event.relatedTarget !== null && !event.currentTarget.contains(event.relatedTarget)) setHasFocus(false);
      else if (event.relatedTarget === null && document.contains(event.target)) setHasFocus(false);
    },
  };
}
