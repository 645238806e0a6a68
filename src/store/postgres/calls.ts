import type { WriteBacklog } from '../../model/ports.ts';

/** The calls of a store that run. */
export class Calls {
  /** By `performance.now()`: when each was made. A set keeps the order of its entries, so the first is the oldest. */
  readonly #writes = new Set<{ readonly since: number }>();
  #running = 0;
  #isOver = false;
  #onEnd: () => void = () => {};

  read<Result>(call: () => Promise<Result>): Promise<Result> {
    return this.#run(call, () => {});
  }

  write<Result>(call: () => Promise<Result>): Promise<Result> {
    const write = { since: performance.now() };
    this.#writes.add(write);
    return this.#run(call, () => this.#writes.delete(write));
  }

  backlog(): WriteBacklog {
    const [oldest] = this.#writes;
    return { waiting: this.#writes.size, age: oldest === undefined ? 0 : performance.now() - oldest.since };
  }

  /** From now on calls fail. @returns false where that is so already. */
  end(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    return true;
  }

  /** Resolves when no call runs any more. */
  async ended(): Promise<void> {
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEnd = resolve;
    });
  }

  async #run<Result>(call: () => Promise<Result>, settle: () => void): Promise<Result> {
    if (this.#isOver) {
      settle();
      throw new Error('the store is closed');
    }
    this.#running++;
    try {
      return await call();
    } finally {
      settle();
      if (--this.#running === 0) this.#onEnd();
    }
  }
}
