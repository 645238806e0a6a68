import { setMaxListeners } from 'node:events';

/** How far the gateway is on its way to the end. Whoever serves requests asks here. */
export class Draining {
  #hasBegun = false;
  readonly #end = new AbortController();

  /** True from the signal to stop: readiness is refused and every answer ends its connection, but everything is served. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  constructor() {
    // One for each open event stream.
    setMaxListeners(0, this.#end.signal);
  }

  begin(): void {
    this.#hasBegun = true;
  }

  /** Aborted when no more connections are taken: what has no end of its own, such as an event stream, ends now. */
  get end(): AbortSignal {
    return this.#end.signal;
  }

  finish(): void {
    this.#hasBegun = true;
    this.#end.abort();
  }
}
