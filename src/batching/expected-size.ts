/** Growth after a call during which other keys arrived: slow at first, faster from `SMALL` on. */
const [FIRST_GROWTH, GROWTH] = [0.1, 0.25];
/** Below this expected size, a wait that brought no second key resets the expectation to 1. */
const SMALL = 2.5;

/** The size of batch that is worth waiting for while no call is under way: 1 where keys come one by one. */
export class ExpectedSize {
  readonly #max: number;
  #size = 1;

  /** @param max keys in one batch. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Whole keys. */
  get size(): number {
    return Math.floor(this.#size);
  }

  /** Other keys arrived during a call. */
  raise(): void {
    this.#size = Math.min(this.#size + (this.#size < SMALL ? FIRST_GROWTH : GROWTH), this.#max);
  }

  /** A wait ended with `came` keys. */
  lower(came: number): void {
    if (came >= this.#size) return;
    this.#size = came <= 1 && this.#size < SMALL ? 1 : this.#size + (came - this.#size) / 4;
  }
}
