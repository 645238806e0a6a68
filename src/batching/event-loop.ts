import { setImmediate as nextTurn } from 'node:timers/promises';

let callbacks: (() => void)[] = [];

/**
 * Calls back when the running code, and all that follows from the promises it settled, has ended. DataLoader sends its
 * batches at the same moment. Any number of callbacks take one entry in the queue of ticks.
 */
export function afterMicrotasks(callback: () => void): void {
  if (callbacks.push(callback) === 1) process.nextTick(callAll);
}

function callAll(): void {
  const due = callbacks;
  callbacks = [];
  for (const callback of due) callback();
}

/** Milliseconds for which other requests wait at most. */
const SLICE = 5;

/**
 * Cuts long work into slices of 5 ms, so that other requests are served between them.
 * @returns a function to call after each step: it returns a promise to wait for before the next step, or undefined while the
 * slice has time left.
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
