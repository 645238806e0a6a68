import { parentPort, workerData } from 'node:worker_threads';

/**
 * Posts a message with the index of each request when it is due. Timers of the event loop have a resolution of a millisecond, so
 * requests would be sent in groups, which favours batching. This thread can sleep exactly.
 */
const { arrivals } = workerData as { readonly arrivals: Float64Array };
const sleeper = new Int32Array(new SharedArrayBuffer(4));

for (const [index, due] of arrivals.entries()) {
  const wait = due - Number(process.hrtime.bigint()) / 1e6;
  if (wait > 0) Atomics.wait(sleeper, 0, 0, wait);
  parentPort?.postMessage(index);
}
