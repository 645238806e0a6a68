import { Fifo } from './fifo.ts';

/** Work of one owner. */
interface Owner {
  readonly name: string;
  readonly waiting: Fifo<() => Promise<void>>;
  running: number;
}

export interface FairTurnsOptions {
  /** Work of one owner that runs at the same time. */
  readonly perOwner: number;
  /** Work of all owners that runs at the same time. */
  readonly inAll: number;
}

/**
 * Runs work of many owners so that none of them delays others: owners take turns, an owner with more work waits longer, and the
 * event loop serves everything else between two pieces of work. The caller bounds how much work waits.
 */
export class FairTurns {
  readonly #options: FairTurnsOptions;
  /** Those with work that waits or runs. */
  readonly #owners = new Map<string, Owner>();
  /** Owners whose next piece of work may begin, each once. */
  readonly #ready = new Fifo<Owner>();
  #running = 0;
  #waiting = 0;
  #isScheduled = false;

  constructor(options: FairTurnsOptions) {
    this.#options = options;
  }

  /** Pieces of work that have not begun. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Runs a piece of work when its owner's turn comes, never at once.
   * @returns its result. Rejects as the work does.
   */
  run<Result>(owner: string, work: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const entry = this.#ownerOf(owner);
    entry.waiting.push(() => Promise.try(work).then(resolve, reject));
    this.#waiting++;
    if (entry.waiting.size === 1 && entry.running < this.#options.perOwner) this.#ready.push(entry);
    this.#schedule();
    return promise;
  }

  #ownerOf(name: string): Owner {
    let owner = this.#owners.get(name);
    if (owner === undefined) {
      owner = { name, waiting: new Fifo(), running: 0 };
      this.#owners.set(name, owner);
    }
    return owner;
  }

  /** One piece of work begins in each turn of the event loop, because how long it takes is known only afterwards. */
  #schedule(): void {
    if (this.#isScheduled || this.#ready.size === 0 || this.#running >= this.#options.inAll) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#begin();
      this.#schedule();
    });
  }

  #begin(): void {
    const owner = this.#ready.shift();
    const work = owner?.waiting.shift();
    if (owner === undefined || work === undefined) return;
    this.#waiting--;
    this.#running++;
    owner.running++;
    if (owner.waiting.size > 0 && owner.running < this.#options.perOwner) this.#ready.push(owner);
    void work().finally(() => this.#end(owner));
  }

  #end(owner: Owner): void {
    this.#running--;
    // With all of its permits taken it was not among those that are ready; otherwise it is, if it has work.
    if (owner.running-- === this.#options.perOwner && owner.waiting.size > 0) this.#ready.push(owner);
    if (owner.running === 0 && owner.waiting.size === 0) this.#owners.delete(owner.name);
    this.#schedule();
  }
}
