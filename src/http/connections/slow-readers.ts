import type { Socket } from 'node:net';

/**
 * Bytes in a second that a client must take of its answers at least, in each period of patience: half of what the slowest
 * mobile network in use gives (EDGE, more than 16 KB a second). An answer of ten megabytes takes at most 21 minutes.
 */
export const LEAST_RATE = 8 * 1024;

/** The progress of a connection since the last decision. */
interface Progress {
  /** Bytes that had left the process. */
  readonly sent: number;
  /** When that was, in milliseconds of `performance.now()`. */
  readonly since: number;
}

/** Finds clients that do not read their answers, or read them too slowly: they fill this process's memory. */
export class SlowReaders {
  readonly #patience: number;
  readonly #onCutOff: () => void;
  readonly #waiting = new WeakMap<Socket, Progress>();

  /**
   * @param patience milliseconds after which it is decided, while bytes wait all the time.
   * @param onCutOff called for each client that is cut off.
   */
  constructor(patience: number, onCutOff = () => {}) {
    this.#patience = patience;
    this.#onCutOff = onCutOff;
  }

  /** Cuts off the connections that took less than `LEAST_RATE` in a period of patience. To be called at intervals. */
  endIn(connections: Iterable<Socket>): void {
    const now = performance.now();
    for (const socket of connections) {
      if (socket.writableLength === 0) {
        this.#waiting.delete(socket);
        continue;
      }
      const sent = socket.bytesWritten - socket.writableLength;
      const before = this.#waiting.get(socket);
      if (before !== undefined && now - before.since < this.#patience) continue;
      const least = before === undefined ? 0 : (LEAST_RATE * (now - before.since)) / 1_000;
      if (before !== undefined && sent - before.sent < least) {
        socket.destroy();
        this.#onCutOff();
      } else this.#waiting.set(socket, { sent, since: now });
    }
  }
}
