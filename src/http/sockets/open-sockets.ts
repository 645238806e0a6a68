/** The part of a socket that is used here. It is closed once everything is sent. */
interface ClosableSocket {
  close(code: number, reason: string): void;
}

/** 1001: the server goes away (RFC 6455, section 7.4.1). Clients connect again and begin their subscriptions anew. */
const GOING_AWAY = 1001;

/** Closes WebSockets without losing the answer of a query or a mutation that is under way. */
export class OpenSockets {
  /** Ids of queries and mutations that are not answered yet, by socket. */
  readonly #running = new Map<ClosableSocket, Set<string>>();
  #isGoingAway = false;

  add(socket: ClosableSocket): void {
    this.#running.set(socket, new Set());
  }

  delete(socket: ClosableSocket): void {
    this.#running.delete(socket);
  }

  /** @returns false, and closes the socket, when the gateway is going away. */
  accepts(socket: ClosableSocket): boolean {
    if (this.#isGoingAway) close(socket);
    return !this.#isGoingAway;
  }

  begun(socket: ClosableSocket, operation: string): void {
    this.#running.get(socket)?.add(operation);
  }

  ended(socket: ClosableSocket, operation: string): void {
    this.#running.get(socket)?.delete(operation);
    // The answer's last message is sent after this call.
    if (this.#isGoingAway) setImmediate(() => this.#closeWhenDone(socket));
  }

  /** Closes every socket, each as soon as its queries and mutations are answered. Subscriptions are cut off. */
  goAway(): void {
    this.#isGoingAway = true;
    for (const socket of this.#running.keys()) this.#closeWhenDone(socket);
  }

  #closeWhenDone(socket: ClosableSocket): void {
    if ((this.#running.get(socket)?.size ?? 0) === 0) close(socket);
  }
}

function close(socket: ClosableSocket): void {
  socket.close(GOING_AWAY, 'the gateway is going away; connect again');
}
