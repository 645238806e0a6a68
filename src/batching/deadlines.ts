/** A deadline that was set. */
export interface Deadline {
  /** Milliseconds, as `performance.now()`. */
  readonly at: number;
}

/** Doubly linked so that removal is O(1); a removed node drops its references so that it keeps nothing alive. */
class Link implements Deadline {
  readonly at: number;
  passed: (() => void) | null;
  before: Link | null = null;
  after: Link | null = null;

  constructor(at: number, passed: (() => void) | null) {
    this.at = at;
    this.passed = passed;
  }
}

/** Deadlines with the same time-out: they pass in the order in which they were set, so one timer serves any number of them. */
export class Deadlines {
  readonly #timeout: number;
  #first: Link | null = null;
  #last: Link | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param timeout milliseconds. */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** @param passed is called unless `met` was before. */
  set(passed: () => void): Deadline {
    const link = new Link(performance.now() + this.#timeout, passed);
    link.before = this.#last;
    if (this.#last === null) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    if (this.#timer === undefined) this.#timer = setTimeout(this.#sweep, this.#timeout);
    else if (this.#first === link) this.#timer.ref();
    return link;
  }

  /** Removes a deadline. */
  met(deadline: Deadline): void {
    const link = deadline as Link;
    if (link.passed === null) return;
    this.#remove(link);
    // Under light load the list is often empty: the timer goes on, which costs less than a new one, and keeps no process alive.
    if (this.#first === null) this.#timer?.unref();
  }

  #remove(link: Link): void {
    const { before, after } = link;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
    link.passed = link.before = link.after = null;
  }

  readonly #sweep = (): void => {
    const now = performance.now();
    this.#timer = undefined;
    for (let link = this.#first; link !== null; link = this.#first) {
      if (link.at > now) {
        this.#timer = setTimeout(this.#sweep, Math.ceil(link.at - now));
        return;
      }
      const { passed } = link;
      this.#remove(link);
      passed?.();
    }
  };
}
