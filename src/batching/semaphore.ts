/** Limits how many calls run at the same time. Callbacks that wait for a permit are served first come, first served. */
export class Semaphore {
  #free: number;
  readonly #waiting = new Set<() => void>();

  /** @param permits calls at the same time. */
  constructor(permits: number) {
    this.#free = permits;
  }

  /** Takes a permit if one is free. Each one that was taken must be released. */
  tryAcquire(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /** Calls back, once, when a permit is free. The same callback waits once only. */
  whenFree(callback: () => void): void {
    this.#waiting.add(callback);
  }

  release(): void {
    this.#free++;
    // A callback may have nothing to send any more; the next one is called as long as a permit is free.
    for (const next of this.#waiting) {
      if (this.#free === 0) return;
      this.#waiting.delete(next);
      next();
    }
  }
}
