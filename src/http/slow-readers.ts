import type { Socket } from 'node:net';

/** The progress of a connection at the last check. */
interface Progress {
  /** Bytes that have left the process. */
  readonly sent: number;
  /** When that number was first seen, in milliseconds of `performance.now()`. */
  readonly since: number;
}

/** Finds clients that do not read their answers, which fill this process's memory. */
export class SlowReaders {
  readonly #patience: number;
  readonly #waiting = new WeakMap<Socket, Progress>();

  /** @param patience milliseconds without a byte that leaves, while some wait. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Cuts off the connections that made no progress for `patience`. To be called at intervals. */
  endIn(connections: Iterable<Socket>): void {
    const now = performance.now();
    for (const socket of connections) {
      if (socket.writableLength === 0) {
        this.#waiting.delete(socket);
        continue;
      }
      const sent = socket.bytesWritten - socket.writableLength;
      const before = this.#waiting.get(socket);
      if (before?.sent !== sent) this.#waiting.set(socket, { sent, since: now });
      else if (now - before.since >= this.#patience) socket.destroy();
    }
  }
}
