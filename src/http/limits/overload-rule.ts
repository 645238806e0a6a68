/** What the main thread and the store did since the reading before. */
export interface LoadReading {
  /** Turns of the event loop. */
  readonly turns: number;
  /** Milliseconds of processor time of the main thread. */
  readonly busy: number;
  /** Milliseconds. */
  readonly elapsed: number;
  /** Requests that arrived, refused ones included. */
  readonly arrived: number;
  readonly refused: number;
}

/**
 * Processor time of a turn of the event loop that nobody should have to wait for, in milliseconds. A request that arrives
 * within a turn waits for its end.
 */
const LONG_TURN = 50;
/**
 * Requests in a turn. With fewer, long turns come of dear requests: refusing others would not make the turns much shorter. So
 * clients that together wait for fewer answers are never refused.
 */
const MANY = 100;
/** Milliseconds for which every turn must be long before requests are refused: a burst is shorter. */
const STANDING = 200;
/** Readings without a refusal after which nothing is refused any more. */
const QUIET_READINGS = 5;
/** The length of a turn while requests are refused, in milliseconds of processor time: an admitted request waits for about two or three turns. */
const AIM = 8;
/** Milliseconds of processor time of a turn after which further requests of it are refused. */
const ROOM = { first: 4, least: 0.5, most: LONG_TURN } as const;

/**
 * Decides when the event loop has more work than it can do, by the rule of CoDel (RFC 8289): what counts is not how long a
 * queue is at its worst, which bursts cause, but that it never became short for a while. The queue is the event loop's: what
 * arrives within one turn waits for the next. Its length is measured as processor time for each turn, because on a busy
 * machine a turn takes long without any fault of the requests (docs/adr/0023).
 */
export class OverloadRule {
  #isOverloaded = false;
  /** Milliseconds for which all turns were long; their readings. */
  #standing = 0;
  #readings = 0;
  #quiet = 0;
  #room: number = ROOM.first;

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** Milliseconds of processor time of a turn after which further requests of it are refused, while there is overload. */
  get room(): number {
    return this.#room;
  }

  /** To be called several times a second. @returns true when `isOverloaded` has changed. */
  take(reading: LoadReading): boolean {
    const before = this.#isOverloaded;
    if (before) this.#control(reading);
    else this.#watch(reading);
    return this.#isOverloaded !== before;
  }

  #watch({ turns, busy, elapsed, arrived }: LoadReading): void {
    const isLong = turns > 0 && busy / turns >= LONG_TURN && arrived / turns >= MANY;
    this.#standing = isLong ? this.#standing + elapsed : 0;
    this.#readings = isLong ? this.#readings + 1 : 0;
    if (this.#standing < STANDING || this.#readings < 2) return;
    this.#isOverloaded = true;
    this.#quiet = 0;
    this.#room = ROOM.first;
  }

  #control({ turns, busy, refused }: LoadReading): void {
    const isLong = turns > 0 && busy / turns > AIM;
    this.#room = isLong ? Math.max(ROOM.least, this.#room * 0.7) : Math.min(ROOM.most, this.#room * 1.5);
    this.#quiet = refused === 0 ? this.#quiet + 1 : 0;
    if (this.#quiet < QUIET_READINGS) return;
    this.#isOverloaded = false;
    this.#standing = 0;
    this.#readings = 0;
  }
}
