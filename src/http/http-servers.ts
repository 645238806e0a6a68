import { createServer, type RequestListener, type Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionTimeouts } from './connection-timeouts.ts';

/**
 * Milliseconds for which a connection is left alone after the last answer that did not say `connection: close`: its
 * client's next request may be on its way, and would be answered with a reset.
 */
const QUIET_MS = 250;

/** The gateway's HTTP servers, which know their connections. */
export class HttpServers {
  readonly #timeouts: ConnectionTimeouts;
  readonly #servers = new Map<Server, Set<Socket>>();

  constructor(timeouts: ConnectionTimeouts) {
    this.#timeouts = timeouts;
  }

  create(listener: RequestListener): Server {
    const { headers, request, keepAlive, silence, checkEvery } = this.#timeouts;
    const server = createServer(
      { headersTimeout: headers, requestTimeout: request, keepAliveTimeout: keepAlive, connectionsCheckingInterval: checkEvery },
      listener,
    );
    server.setTimeout(silence);
    const connections = new Set<Socket>();
    this.#servers.set(server, connections);
    server.on('connection', (socket: Socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
    return server;
  }

  /**
   * Takes no further connections, and resolves when the last one has ended. Requests that are under way are answered.
   * For a gateway that is draining, so that each answer ends its connection.
   * @param within milliseconds after which what is left is cut off.
   */
  async close(within: number): Promise<void> {
    const closing = [...this.#servers].filter(([server]) => server.listening);
    if (closing.length === 0) return;
    // Connections that wait to be accepted are accepted before the timer's turn comes.
    await new Promise(setImmediate);
    const over = new AbortController();
    const closed = Promise.all(closing.map(([server]) => stopListening(server))).then(() => over.abort());
    const wait = (milliseconds: number) => pause(milliseconds, undefined, { signal: over.signal }).catch(() => {});
    for (let waited = 0; waited < within && !over.signal.aborted; waited += QUIET_MS) {
      await wait(QUIET_MS);
      for (const [server, connections] of closing) {
        server.closeIdleConnections();
        // Node does not count a connection as idle on which nothing has come yet.
        for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
      }
    }
    for (const [, connections] of closing) for (const socket of connections) socket.destroy();
    await closed;
  }
}

/** Not by `close` of the HTTP server: that ends idle connections at once. */
function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => void NetServer.prototype.close.call(server, () => resolve()));
}
