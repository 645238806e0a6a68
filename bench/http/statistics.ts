/** The middle one; NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** A figure over several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

function spreadOf(numbers: readonly number[]): Spread {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** Of the same round by the same round, so that whatever the machine did hits both sides. */
export function ratioOf(numbers: readonly number[], references: readonly number[]): Spread {
  return spreadOf(numbers.map((number, round) => number / (references[round] as number)));
}
