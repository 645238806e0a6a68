import type { Store } from '../../src/model/ports.ts';
import type { Workload } from './workloads.ts';

let fresh = 0;

/** Callers that ask again as soon as they are answered, each about a customer at random. @returns milliseconds per operation. */
export async function storeRound(
  store: Store,
  { callers, each, run }: Workload,
  { customers, seconds }: { readonly customers: number; readonly seconds: number },
): Promise<number> {
  const begun = performance.now();
  const end = begun + seconds * 1_000;
  let done = 0;
  const caller = async () => {
    while (performance.now() < end) {
      await run(store, 1 + Math.floor(Math.random() * customers), ++fresh);
      done += each;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (performance.now() - begun) / done;
}
