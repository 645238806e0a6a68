/** Something that must be over by a time. */
export interface Deadline {
  readonly at: number;
}

/** They hang together both ways, so that one can be taken out; one that is taken out holds nobody. */
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

/**
 * Deadlines that are all equally far away, so that they pass in the order in which they were set and one timer
 * serves any number of them.
 */
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

  met(deadline: Deadline): void {
    const link = deadline as Link;
    if (link.passed === null) return;
    this.#takeOut(link);
    // Under light load there is none open after each: the timer goes on, which costs less than a new one, and keeps nobody.
    if (this.#first === null) this.#timer?.unref();
  }

  #takeOut(link: Link): void {
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
      this.#takeOut(link);
      passed?.();
    }
  };
}
