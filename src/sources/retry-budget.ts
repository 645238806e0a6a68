/** A fifth of the calls may be repeated, beyond a reserve for quiet times: the share that Finagle's RetryBudget has. */
const PER_CALL = 0.2;
const RESERVE = 10;

/** How much may be tried again. When a back end fails every call, repeating each would only double its load. */
export class RetryBudget {
  #balance = RESERVE;

  /** A first attempt was made. */
  deposit(): void {
    this.#balance = Math.min(RESERVE, this.#balance + PER_CALL);
  }

  /** Whether one more attempt may be made. */
  tryTake(): boolean {
    if (this.#balance < 1) return false;
    this.#balance--;
    return true;
  }
}
