const REMEMBERED = 128;
/** With fewer calls a percentile says nothing. */
const ENOUGH = 20;

/** How long the latest calls took. */
export class Latencies {
  readonly #milliseconds: number[] = [];
  #next = 0;

  add(milliseconds: number): void {
    this.#milliseconds[this.#next] = milliseconds;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** What 95 of 100 calls stay below, in milliseconds; null before there are enough to tell. */
  p95(): number | null {
    if (this.#milliseconds.length < ENOUGH) return null;
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.95)] as number;
  }
}
