import { parentPort, workerData } from 'node:worker_threads';

/**
 * Says when requests are due, by a message with the index of each. Timers of the event loop have a resolution of a millisecond,
 * and would let requests arrive in bunches, which is what batching likes best; this thread can sleep exactly.
 */
const { arrivals } = workerData as { readonly arrivals: Float64Array };
const sleeper = new Int32Array(new SharedArrayBuffer(4));

for (const [index, due] of arrivals.entries()) {
  const wait = due - Number(process.hrtime.bigint()) / 1e6;
  if (wait > 0) Atomics.wait(sleeper, 0, 0, wait);
  parentPort?.postMessage(index);
}
