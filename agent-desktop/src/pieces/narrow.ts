import { type RefObject, useLayoutEffect, useState } from 'react';

/** Below this many pixels three columns do not fit: the layout of the side panel. */
const NARROW = 1_000;

/** Whether an element is too narrow for three columns, also in a frame and when the page is zoomed. */
export function useIsNarrow(ref: RefObject<HTMLElement | null>): boolean {
  const [isNarrow, setIsNarrow] = useState(() => window.innerWidth < NARROW);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setIsNarrow((entry?.contentRect.width ?? NARROW) < NARROW));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return isNarrow;
}
