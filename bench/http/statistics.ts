/** The middle number; NaN of an empty list. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Median, least and most of a figure over several rounds. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

function spreadOf(numbers: readonly number[]): Spread {
  return { median: median(numbers), min: Math.min(...numbers), max: Math.max(...numbers) };
}

/** The ratios of figures of the same round, so that other work of the machine slows both sides. */
export function ratioOf(numbers: readonly number[], references: readonly number[]): Spread {
  return spreadOf(numbers.map((number, round) => number / (references[round] as number)));
}
