import type { Socket } from 'node:net';

/** How far a connection was when it was looked at last. */
interface Progress {
  /** Bytes that have left the process. */
  readonly sent: number;
  /** Milliseconds, as `performance.now()`: when that number was seen first. */
  readonly since: number;
}

/** Finds clients that do not read what they are sent: it stays in this process's memory. */
export class SlowReaders {
  readonly #patience: number;
  readonly #waiting = new WeakMap<Socket, Progress>();

  /** @param patience milliseconds without a byte that leaves, while some wait. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Cuts off those of these connections that made no progress for so long. To be called again and again. */
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
