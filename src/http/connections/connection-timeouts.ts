/** How long the gateway waits for the other end of a connection, in milliseconds. docs/requests.md lists the same. */
export interface ConnectionTimeouts {
  /** From a request's first byte to the end of its headers; of a new connection, from its beginning. */
  readonly headers: number;
  /**
   * From a request's first byte to its last, so that half a body does not hold a connection for ever; of a WebSocket, the
   * same for a message.
   */
  readonly request: number;
  /** From an answer to the next request on the same connection. */
  readonly keepAlive: number;
  /** In which a client must take the least amount of its answers (`LEAST_RATE`), while some of them waits. */
  readonly silence: number;
  /** From the opening of a WebSocket to its `connection_init`. */
  readonly socketInit: number;
  /** Between comments on an event stream, and between pings on a WebSocket. A client of which nothing arrives in that time, and that takes nothing, is gone. */
  readonly ping: number;
  /** How often `headers`, `request` and `silence` are checked: a connection may live so much longer. */
  readonly checkEvery: number;
}

export const CONNECTION_TIMEOUTS: ConnectionTimeouts = {
  headers: 30_000,
  // Node's own is five minutes. A body has a megabyte at most, which a slow telephone sends in much less.
  request: 60_000,
  // Load balancers keep connections for 60 s. The gateway must not close first: the next request may be on its way.
  keepAlive: 72_000,
  silence: 120_000,
  socketInit: 10_000,
  // Proxies end connections that are silent for long, the usual ones after 60 s.
  ping: 12_000,
  checkEvery: 5_000,
};
