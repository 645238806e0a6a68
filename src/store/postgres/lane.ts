/** Something that waits to be written. */
export interface Waiting {
  /** What it is about; it is written after what was asked for before it about one of these. */
  readonly keys: readonly string[];
  /** How much of a transaction it takes. */
  readonly size: number;
  /** Resolves when it is settled, in either way. */
  readonly settled: Promise<void>;
  /** True where it must not share a transaction with one of those before it. */
  isApartFrom(others: readonly this[]): boolean;
}

/** How much shares one transaction: more would make those that wait for its locks wait long. */
const MOST_SHARED = 500;

/** Writes of which one transaction runs at a time; those that wait share the next one. */
export class Lane<Write extends Waiting> {
  /** Called when nothing waits here any more. */
  onEmpty: () => void = () => {};
  readonly #settle: (writes: readonly Write[]) => Promise<void>;
  readonly #isFree: () => boolean;
  #waiting: { readonly write: Write; readonly after: readonly Promise<void>[] }[] = [];
  #last: Promise<void> = Promise.resolve();
  #isRunning = false;

  /** @param settle never throws. @param isFree false while nothing here may begin; when it becomes true, `start` is to be called. */
  constructor(settle: (writes: readonly Write[]) => Promise<void>, isFree: () => boolean = () => true) {
    this.#settle = settle;
    this.#isFree = isFree;
  }

  /** True when nothing waits here; something may run. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Resolves when everything is settled that was asked for until now. */
  get last(): Promise<void> {
    return this.#last;
  }

  /** @param after what must be settled before. */
  push(write: Write, after: readonly Promise<void>[] = []): void {
    this.#waiting.push({ write, after });
    this.#last = write.settled;
    this.start();
  }

  start(): void {
    if (this.#isRunning || this.isEmpty) return;
    this.#isRunning = true;
    // What the same turn of the event loop still asks for comes along.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (!this.isEmpty && this.#isFree()) {
      const { shared, after } = this.#take();
      if (this.isEmpty) this.onEmpty();
      if (after.length > 0) await Promise.all(after);
      await this.#settle(shared);
    }
    this.#isRunning = false;
    // Something may have come after the last look.
    if (!this.isEmpty && this.#isFree()) this.start();
  }

  /** Removes the oldest that can share one transaction. Only the first may have to wait for another lane. */
  #take(): { readonly shared: readonly Write[]; readonly after: readonly Promise<void>[] } {
    const shared: Write[] = [];
    let size = 0;
    for (const { write, after } of this.#waiting) {
      size += write.size;
      if (shared.length > 0 && (size > MOST_SHARED || after.length > 0 || write.isApartFrom(shared))) break;
      shared.push(write);
    }
    const taken = this.#waiting.splice(0, shared.length);
    return { shared, after: taken[0]?.after ?? [] };
  }
}

/** Several lanes, whose transactions run at the same time. What has a key in common is written in the order in which it was asked for. */
export class Lanes<Write extends Waiting> {
  readonly #lanes: readonly [Lane<Write>, ...Lane<Write>[]];
  /** By key: where it waits or runs, and how often. */
  readonly #held = new Map<string, { readonly lane: Lane<Write>; count: number }>();
  #next = 0;

  constructor(lanes: readonly [Lane<Write>, ...Lane<Write>[]]) {
    this.#lanes = lanes;
  }

  get isEmpty(): boolean {
    return this.#lanes.every((lane) => lane.isEmpty);
  }

  push(write: Write): void {
    const holding = new Set(write.keys.flatMap((key) => this.#held.get(key)?.lane ?? []));
    const [lane = this.#turn(), ...others] = holding;
    // Where two lanes have what must come first, one of them is waited for. That ends: what is waited for was asked for before.
    const after = others.map(({ last }) => last);
    for (const key of write.keys) this.#hold(key, lane);
    lane.push(write, after);
    void write.settled.then(() => {
      for (const key of write.keys) this.#release(key);
    });
  }

  #turn(): Lane<Write> {
    this.#next = (this.#next + 1) % this.#lanes.length;
    return this.#lanes[this.#next] as Lane<Write>;
  }

  #hold(key: string, lane: Lane<Write>): void {
    const held = this.#held.get(key);
    // From now on this lane is the one to go behind: what waits in another one is waited for.
    if (held === undefined || held.lane !== lane) this.#held.set(key, { lane, count: (held?.count ?? 0) + 1 });
    else held.count++;
  }

  #release(key: string): void {
    const held = this.#held.get(key);
    if (held !== undefined && --held.count === 0) this.#held.delete(key);
  }
}
