/** So many calls at the same time, and no more. Who finds none free is told when one is, first come first served. */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  tryTake(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    return true;
  }

  /** Calls back, once, when a slot is free. The same callback waits once only. */
  whenFree(callback: () => void): void {
    this.#waiting.add(callback);
  }

  release(): void {
    this.#free++;
    // On to the next one while there is a slot: whoever waited may have nothing to send any more.
    for (const next of this.#waiting) {
      if (this.#free === 0) return;
      this.#waiting.delete(next);
      next();
    }
  }
}
