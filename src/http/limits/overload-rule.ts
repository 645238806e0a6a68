/** What the main thread did since the reading before. Times are in milliseconds. */
export interface LoadReading {
  /** Processor time of the main thread. */
  readonly busy: number;
  /** For how long the event loop had nothing to do. */
  readonly idle: number;
  readonly elapsed: number;
  /** Requests that were taken and are answered now. */
  readonly answered: number;
  readonly refused: number;
  /** Requests that were taken and are not answered yet, now. */
  readonly underWay: number;
}

/** What happens with a request: it begins now, waits until others are answered, or is refused. */
export type Arrival = 'begin' | 'wait' | 'refuse';

/** Clients that may wait for an answer each and then ask again, without a refusal, however dear their requests are. */
const MANY = 256;
/** Processor time, in milliseconds, that requests under way may need together before further ones are refused. */
const MOST_WORK = 150;
/** Processor time of requests under way, in milliseconds, from which on further ones wait, and how many are always begun. */
const HOLD = { work: 40, least: 16 } as const;
/** The same as `MOST_WORK` while requests are refused: an admitted request waits about as long. */
const AIM = 8;
/** Requests that may be under way while requests are refused, however dear they are. */
const LEAST = 2;
/** Milliseconds without an idle moment after which the event loop counts as saturated. */
const SATURATED_AFTER = 40;
/** The event loop is saturated when this part of the time, or less, was idle. */
const SATURATED = 0.02;
/** While requests are refused, more of them are taken when this part of the time, or more, was idle. */
const IDLE = 0.1;
/** Milliseconds without a refusal after which nothing is refused any more. */
const QUIET = 500;
/** How much a reading counts for the mean cost of a request, for each answered request; and at most. */
const WEIGHT = { each: 0.02, most: 0.3 } as const;

/**
 * Decides how many requests may be under way (docs/adr/0023). The queue of a gateway is what it has begun and not yet answered,
 * because work is done in slices, in turn. Its length is a time: the number of requests, times what one costs. Requests that
 * wait for back ends look the same, so the length alone says nothing: the event loop must also have had no idle moment.
 */
export class OverloadRule {
  #isOverloaded = false;
  #limit = Number.POSITIVE_INFINITY;
  #hold = Number.POSITIVE_INFINITY;
  /** Milliseconds of processor time of one request. */
  #cost = 0;
  /** Milliseconds for which the event loop has been saturated; without a refusal. */
  #saturated = 0;
  #quiet = 0;

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** Requests under way from which on `arrival` has to be asked. */
  get hold(): number {
    return this.#hold;
  }

  /**
   * Decides about a request that arrives when `hold` is reached.
   * @param since `idle` and `elapsed` since the last reading or `begin`, in milliseconds; `count` requests under way or waiting.
   * @returns overload begins with the first `refuse`.
   */
  arrival({ idle, elapsed, count }: { readonly idle: number; readonly elapsed: number; readonly count: number }): Arrival {
    if (this.#isOverloaded) return 'refuse';
    if (!isSaturated(idle, elapsed)) {
      // Those under way wait for back ends, so there is room for as many again.
      this.#hold = count + this.#held();
      this.#saturated = 0;
      return 'begin';
    }
    if (count < this.#limit || this.#saturated + elapsed < SATURATED_AFTER) return 'wait';
    this.#isOverloaded = true;
    this.#quiet = 0;
    this.#limit = this.#aim();
    this.#hold = this.#limit;
    return 'refuse';
  }

  /** To be called many times a second. @returns true when overload has ended. */
  take(reading: LoadReading): boolean {
    const { idle, elapsed } = reading;
    this.#measure(reading);
    this.#saturated = isSaturated(idle, elapsed) ? this.#saturated + elapsed : 0;
    if (!this.#isOverloaded) this.#watch(reading);
    else if (this.#mayEnd(reading)) {
      this.#isOverloaded = false;
      this.#watch(reading);
      return true;
    } else this.#control(reading);
    return false;
  }

  #measure({ busy, answered }: LoadReading): void {
    if (answered === 0) return;
    const weight = this.#cost === 0 ? 1 : Math.min(WEIGHT.most, answered * WEIGHT.each);
    this.#cost += (busy / answered - this.#cost) * weight;
  }

  #watch({ underWay }: LoadReading): void {
    this.#limit = Math.max(MANY, this.#worth(MOST_WORK));
    this.#hold = (this.#saturated === 0 ? underWay : 0) + this.#held();
  }

  #mayEnd({ refused, elapsed }: LoadReading): boolean {
    this.#quiet = refused === 0 ? this.#quiet + elapsed : 0;
    return this.#quiet >= QUIET;
  }

  /** As many requests as keep the event loop busy: those that wait for back ends come on top of the aim. */
  #control({ idle, elapsed, underWay }: LoadReading): void {
    const aim = this.#aim();
    if (idle >= elapsed * IDLE) this.#limit = Math.max(this.#limit, underWay) + aim;
    else if (this.#saturated > 0) this.#limit = Math.max(aim, this.#limit - aim);
    this.#hold = this.#limit;
  }

  #aim(): number {
    return Math.max(LEAST, this.#worth(AIM));
  }

  #held(): number {
    return Math.max(HOLD.least, this.#worth(HOLD.work));
  }

  /** Requests that need so many milliseconds of processor time. */
  #worth(work: number): number {
    return this.#cost > 0 ? Math.ceil(work / this.#cost) : Number.POSITIVE_INFINITY;
  }
}

function isSaturated(idle: number, elapsed: number): boolean {
  return idle <= elapsed * SATURATED;
}
