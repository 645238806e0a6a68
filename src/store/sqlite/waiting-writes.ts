import type { WriteBacklog } from '../../model/ports.ts';

/** The caller of a write that was sent to the writer's thread. */
export interface Waiting {
  /** By `performance.now()`. */
  readonly since: number;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** @param waiting by the number of the write, in the order in which they were asked for. */
export function backlogOf(waiting: ReadonlyMap<number, Waiting>): WriteBacklog {
  // A map keeps the order of its entries, so the first one is the oldest.
  const [oldest] = waiting.values();
  return { waiting: waiting.size, age: oldest === undefined ? 0 : performance.now() - oldest.since };
}
