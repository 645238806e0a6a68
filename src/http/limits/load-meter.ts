import { performance } from 'node:perf_hooks';

/** How busy this thread is. */
export interface LoadMeter {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Milliseconds so far in which the event loop had nothing to do. */
  idle(): number;
  /** Milliseconds of processor time of this thread so far. */
  busy(): number;
  /** Calls a function at intervals. @returns a function that stops it. */
  repeat(action: () => void): () => void;
}

/** Milliseconds between two readings. A reading takes about a microsecond. */
const EVERY = 20;

/** Reads what Node.js measures of the event loop. */
export const NODE_LOAD: LoadMeter = {
  now: () => performance.now(),
  idle: () => performance.nodeTiming.idleTime,
  busy: () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  },
  repeat: (action) => {
    const timer = setInterval(action, EVERY).unref();
    return () => clearInterval(timer);
  },
};
