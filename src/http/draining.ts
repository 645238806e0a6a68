import { setMaxListeners } from 'node:events';

/** How far the gateway is on its way to the end. Whoever serves requests asks here. */
export class Draining {
  #hasBegun = false;
  #endsConnections = false;
  readonly #end = new AbortController();

  constructor() {
    // One for each open event stream.
    setMaxListeners(0, this.#end.signal);
  }

  /** True from the signal to stop: readiness is refused, everything else is served. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Whether an answer is the last on its connection. */
  get endsConnections(): boolean {
    return this.#endsConnections;
  }

  /** Aborted when no more connections are taken: what has no end of its own, such as an event stream, ends now. */
  get end(): AbortSignal {
    return this.#end.signal;
  }

  /** From now on clients are told to connect anew, which a load balancer makes them do elsewhere. */
  begin(): void {
    this.#hasBegun = true;
    this.#endsConnections = true;
  }

  /**
   * Connections are kept while the listener closes: a client that connects in that very moment is reset by the operating
   * system, so nobody should have to.
   */
  hold(): void {
    this.#hasBegun = true;
    this.#endsConnections = false;
  }

  /** No more connections are taken. */
  finish(): void {
    this.begin();
    this.#end.abort();
  }
}
