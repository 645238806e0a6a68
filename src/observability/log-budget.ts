/** How many lines about one thing the log takes, so that an outage does not fill it. */
export class LogBudget {
  readonly #lines: number;
  readonly #per: number;
  readonly #time: () => number;
  /** By key: names from the configuration, so there are few. */
  readonly #windows = new Map<string, { readonly beganAt: number; written: number; withheld: number }>();

  /** @param lines in so many milliseconds. @param time milliseconds of a clock that never goes back. */
  constructor(lines: number, per: number, time: () => number = () => performance.now()) {
    this.#lines = lines;
    this.#per = per;
    this.#time = time;
  }

  /** @returns null when the line is to be withheld; otherwise how many were withheld before it. */
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
