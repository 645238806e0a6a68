import { setMaxListeners } from 'node:events';

/** How far the gateway has stopped. Everything that serves requests reads it. */
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

  /** Aborted when no more connections are taken. Event streams end then, because they have no end of their own. */
  get end(): AbortSignal {
    return this.#end.signal;
  }

  /** From now on answers end their connections, so that clients connect again; a load balancer sends them to another gateway. */
  begin(): void {
    this.#hasBegun = true;
    this.#endsConnections = true;
  }

  /**
   * Answers keep their connections while the listener closes: a client that connects in that moment is reset by the
   * operating system.
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
