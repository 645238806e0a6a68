// When a call may be made a second time.

/** A fifth of the calls may be repeated, beyond a reserve for quiet times: the share of Finagle's RetryBudget. */
const PER_CALL = 0.2;
const RESERVE = 10;

/** Limits repeated calls. When a back end fails every call, repeating each would only double its load. */
export class RetryBudget {
  #balance = RESERVE;

  /** A first attempt was made. */
  deposit(): void {
    this.#balance = Math.min(RESERVE, this.#balance + PER_CALL);
  }

  /** Whether one more attempt may be made. */
  tryTake(): boolean {
    if (this.#balance < 1) return false;
    this.#balance--;
    return true;
  }
}

/** Calls whose duration is remembered. */
const REMEMBERED = 128;
/** With fewer calls a percentile means nothing. */
const ENOUGH = 20;

/** The durations of the latest calls. */
export class Latencies {
  readonly #milliseconds: number[] = [];
  #next = 0;

  add(milliseconds: number): void {
    this.#milliseconds[this.#next] = milliseconds;
    this.#next = (this.#next + 1) % REMEMBERED;
  }

  /** The 95th percentile in milliseconds; null before there are enough calls. */
  p95(): number | null {
    if (this.#milliseconds.length < ENOUGH) return null;
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length * 0.95)] as number;
  }
}
