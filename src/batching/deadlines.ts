/** Something that must be over by a time. */
export interface Deadline {
  readonly at: number;
  readonly passed: () => void;
}

/**
 * Deadlines that are all equally far away, so that they pass in the order in which they were set and one timer
 * serves any number of them.
 */
export class Deadlines {
  readonly #timeout: number;
  readonly #open = new Set<Deadline>();
  #timer: NodeJS.Timeout | undefined;

  /** @param timeout milliseconds. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** @param passed is called unless `met` was before. */
  set(passed: () => void): Deadline {
    const deadline = { at: performance.now() + this.#timeout, passed };
    this.#open.add(deadline);
    this.#timer ??= setTimeout(this.#sweep, this.#timeout);
    return deadline;
  }

  met(deadline: Deadline): void {
    this.#open.delete(deadline);
    if (this.#open.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #sweep = (): void => {
    const now = performance.now();
    this.#timer = undefined;
    for (const deadline of this.#open) {
      if (deadline.at > now) {
        this.#timer = setTimeout(this.#sweep, Math.ceil(deadline.at - now));
        return;
      }
      this.#open.delete(deadline);
      deadline.passed();
    }
  };
}
