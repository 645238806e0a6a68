/** One side of a comparison. All sides do the same work. */
export interface Contestant {
  readonly name: string;
  /** @returns milliseconds per operation. */
  readonly round: () => Promise<number>;
}

/**
 * Runs the contestants in turn, round by round, so that other work of the machine slows all of them.
 * @returns the median of each, in milliseconds per operation, in their order. The first round warms up and does not count.
 */
export async function compare(contestants: readonly Contestant[], rounds: number): Promise<number[]> {
  const results: number[][] = contestants.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const time = await contestant.round();
      if (round > 0) results[index]?.push(time);
    }
  }
  return results.map(median);
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

/** Runs `operations` operations one after the other. @returns milliseconds per operation. */
export async function timed(operations: number, operation: (index: number) => unknown): Promise<number> {
  const begun = performance.now();
  for (let index = 0; index < operations; index++) {
    const result = operation(index);
    if (result instanceof Promise) await result;
  }
  return (performance.now() - begun) / operations;
}
