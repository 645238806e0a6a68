/** Limits how many calls run at the same time. Callbacks that wait for a permit are served first come, first served. */
export class Semaphore {
  #free: number;
  readonly #whole: Semaphore | null;
  readonly #waiting = new Set<() => void>();

  /**
   * @param permits calls at the same time.
   * @param whole the semaphore of which this one is a share: each permit takes one of its permits, too.
   */
  constructor(permits: number, whole: Semaphore | null = null) {
    this.#free = permits;
    this.#whole = whole;
  }

  /** Takes a permit if one is free. Each one that was taken must be released. */
  tryAcquire(): boolean {
    if (this.#free === 0 || this.#whole?.tryAcquire() === false) return false;
    this.#free--;
    return true;
  }

  get #hasFree(): boolean {
    return this.#free > 0 && (this.#whole === null || this.#whole.#hasFree);
  }

  /** Calls back, once, when a permit is free. The same callback waits once only. */
  whenFree(callback: () => void): void {
    this.#waiting.add(callback);
    this.#waitForWhole();
  }

  release(): void {
    this.#free++;
    this.#whole?.release();
    this.#serve();
  }

  /** A callback may have nothing to send any more; the next one is called as long as a permit is free. */
  readonly #serve = (): void => {
    for (const next of this.#waiting) {
      if (!this.#hasFree) break;
      this.#waiting.delete(next);
      next();
    }
    this.#waitForWhole();
  };

  /** One turn among those who wait for the whole, for all who wait for this share. */
  #waitForWhole(): void {
    if (this.#whole !== null && this.#free > 0 && this.#waiting.size > 0) this.#whole.whenFree(this.#serve);
  }
}
