import type { Store } from '../../src/model/ports.ts';
import type { Workload } from './workloads.ts';

let fresh = 0;

interface RoundOptions {
  /** How many there are. */
  readonly customers: number;
  readonly seconds: number;
  /** Default: those of the workload. */
  readonly callers?: number;
}

/** Callers that ask again as soon as they are answered, each about a customer at random. */
export async function runCallers(store: Store, workload: Workload, { customers, seconds, callers = workload.callers }: RoundOptions) {
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  let done = 0;
  const caller = async () => {
    while (performance.now() < end) {
      await workload.run(store, 1 + Math.floor(Math.random() * customers), ++fresh);
      done += workload.each;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { done, milliseconds: performance.now() - begun };
}

/** @returns milliseconds per operation. */
export async function storeRound(store: Store, workload: Workload, options: RoundOptions): Promise<number> {
  const { done, milliseconds } = await runCallers(store, workload, options);
  return milliseconds / done;
}
