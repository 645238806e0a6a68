import { performance } from 'node:perf_hooks';

/** Sums since the process began. */
export interface LoadSums {
  /** Turns of the event loop. */
  readonly turns: number;
  /** Milliseconds of processor time of this thread. */
  readonly busy: number;
}

/** How busy this thread is. */
export interface LoadMeter {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  sums(): LoadSums;
  /** Calls a function at intervals. @returns a function that stops it. */
  repeat(action: () => void): () => void;
}

/** Milliseconds between two readings. A reading takes about a microsecond. */
const EVERY = 100;

/** Reads what Node.js measures of the event loop. */
export const NODE_LOAD: LoadMeter = {
  now: () => performance.now(),
  sums: () => {
    const { user, system } = process.threadCpuUsage();
    return { turns: performance.nodeTiming.uvMetricsInfo.loopCount, busy: (user + system) / 1_000 };
  },
  repeat: (action) => {
    const timer = setInterval(action, EVERY).unref();
    return () => clearInterval(timer);
  },
};
