/** Bytes that this process keeps for one client: answers that it has not read, or a body that has not arrived whole. */
export interface Holder {
  /** Now. */
  readonly bytes: number;
  /** When it began, in milliseconds of `performance.now()`. */
  readonly since: number;
  /** Ends the client's connection, which frees the bytes. */
  cutOff(): void;
}

/**
 * Bytes that all clients together may make this process hold. The largest answer has ten megabytes and the largest body has
 * one, so a process holds 25 unread answers, or the bodies of 256 clients that are slow to send. Every client that reads or
 * sends at the usual speed holds its bytes for less than a second.
 */
export const MAX_HELD_BYTES = 256 * 1024 * 1024;

/**
 * Bounds what clients make this process hold. Beyond the bound, the connection is cut off that has held the most for the
 * longest time, by bytes times seconds. So a client that has just asked is not cut off for those who do not read.
 */
export class HeldBytes {
  readonly #max: number;
  readonly #onCutOff: () => void;
  readonly #holders = new Set<Holder>();

  /** @param max bytes. @param onCutOff called for each client that is cut off. */
  constructor(max = MAX_HELD_BYTES, onCutOff = () => {}) {
    this.#max = max;
    this.#onCutOff = onCutOff;
  }

  add(holder: Holder): void {
    this.#holders.add(holder);
  }

  delete(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** Adds bytes whose number does not change. @returns a function that says they are released. */
  hold(bytes: number, cutOff: () => void): () => void {
    const holder = { bytes, since: performance.now(), cutOff };
    this.#holders.add(holder);
    this.check();
    return () => void this.#holders.delete(holder);
  }

  /** Cuts clients off until the bound is kept. To be called when many bytes are added, and at intervals. */
  check(): void {
    let total = 0;
    for (const { bytes } of this.#holders) total += bytes;
    if (total <= this.#max) return;
    const now = performance.now();
    // The weight of a holder that began in this millisecond is its bytes.
    const weight = ({ bytes, since }: Holder) => bytes * (now - since + 1);
    for (const holder of [...this.#holders].sort((one, other) => weight(other) - weight(one))) {
      if (total <= this.#max) return;
      total -= holder.bytes;
      this.#holders.delete(holder);
      holder.cutOff();
      this.#onCutOff();
    }
  }
}
