import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds for which other requests wait at most. */
const SLICE = 5;

/**
 * Cuts long work into slices, between which other requests have their turn.
 * @returns what says, after each step, what to wait for before the next; undefined while the slice is not over.
 */
export function slices(): () => Promise<void> | undefined {
  let started = performance.now();
  return () => {
    if (performance.now() - started < SLICE) return undefined;
    return nextTurn().then(() => {
      started = performance.now();
    });
  };
}
