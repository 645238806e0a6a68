/** Limits the log lines about one thing, so that an outage does not fill the log. */
export class LogBudget {
  readonly #lines: number;
  readonly #per: number;
  readonly #time: () => number;
  /** By key. Bounded: keys are made of names in the configuration and of error codes. */
  readonly #windows = new Map<string, { readonly beganAt: number; written: number; withheld: number }>();

  /** @param lines at most in `per` milliseconds. @param time returns milliseconds of a clock that never goes back. */
  constructor(lines: number, per: number, time: () => number = () => performance.now()) {
    this.#lines = lines;
    this.#per = per;
    this.#time = time;
  }

  /** Asks to write a line. @returns null when it must be withheld; otherwise how many lines were withheld before it. */
  take(key: string): number | null {
    let window = this.#windows.get(key);
    let withheld = 0;
    if (window === undefined || this.#time() - window.beganAt >= this.#per) {
      withheld = window?.withheld ?? 0;
      window = { beganAt: this.#time(), written: 0, withheld: 0 };
      this.#windows.set(key, window);
    }
    if (window.written >= this.#lines) {
      window.withheld++;
      return null;
    }
    window.written++;
    return withheld;
  }
}
