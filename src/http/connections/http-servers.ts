import { createServer, type RequestListener, type Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { holdBody } from './arriving-bodies.ts';
import { ConnectionCounts, type ConnectionLimits } from './connection-counts.ts';
import type { ConnectionTimeouts } from './connection-timeouts.ts';
import type { HeldBytes } from './held-bytes.ts';
import { joinPieces } from './joined-pieces.ts';
import { oneAfterAnother } from './request-queue.ts';
import { SlowReaders } from './slow-readers.ts';

/** The listener closes when no connection came for this time: connections that wait to be accepted then are reset. */
const NO_CONNECTION = { milliseconds: 50, turns: 3 };
/** Milliseconds after which the listener closes although connections still arrive. */
const LISTENS_AT_MOST_MS = 4_000;
/**
 * Milliseconds for which a connection is left alone after the last answer that did not say `connection: close`: its
 * client's next request may be on its way, and would be answered with a reset. Longer under load, when clients are slow.
 */
const QUIET_MS = { usually: 250, busy: 1_000 };

/**
 * Connections of one server, from all addresses. An idle one costs about ten kilobytes, with a subscription over a WebSocket
 * about fifty, so at this number they fill a gigabyte. Node closes a connection beyond it at once.
 */
const MAX_CONNECTIONS = 20_000;

/** Milliseconds between two looks at what clients hold: in five seconds, the bodies of fast clients are a gigabyte. */
const HELD_CHECK_MS = 1_000;

/** Why a client's connection is cut off or refused. */
export type CutOff = 'heldBytes' | 'slow' | 'waitingRequests' | 'pieces' | 'connections';

export interface HttpServersOptions extends ConnectionLimits {
  readonly timeouts: ConnectionTimeouts;
  readonly held: HeldBytes;
  /** Bytes that a body may have. */
  readonly bodyLimit: number;
  /** Counts a client whose connection is cut off or refused. */
  onCutOff(reason: CutOff): void;
}

/** Makes the gateway's HTTP servers, and ends their connections. */
export class HttpServers {
  readonly #options: HttpServersOptions;
  readonly #counts: ConnectionCounts;
  readonly #servers = new Map<Server, Set<Socket>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #lastConnectionAt = 0;
  /** Turns of the event loop since then; counted by `stopListening` only. */
  #turnsSince = 0;
  #hasEnded: Promise<unknown> = Promise.resolve();
  #isBusy = false;

  constructor(options: HttpServersOptions) {
    this.#options = options;
    this.#counts = new ConnectionCounts(options);
  }

  create(listener: RequestListener): Server {
    const { timeouts, held, bodyLimit, onCutOff } = this.#options;
    const { headers, request, keepAlive, silence, checkEvery } = timeouts;
    const count: RequestListener = (message, response) => {
      holdBody(message, response, held, bodyLimit);
      listener(message, response);
    };
    const queued = oneAfterAnother(count, () => onCutOff('waitingRequests'));
    const server = createServer(
      { headersTimeout: headers, requestTimeout: request, keepAliveTimeout: keepAlive, connectionsCheckingInterval: checkEvery },
      (message, response) => {
        // Also of a request that waits.
        joinPieces(message, bodyLimit, () => onCutOff('pieces'));
        queued(message, response);
      },
    );
    server.maxConnections = MAX_CONNECTIONS;
    const connections = new Set<Socket>();
    this.#servers.set(server, connections);
    // Timers for all connections: one for each, set anew with each request, costs more.
    const slowReaders = new SlowReaders(silence, () => onCutOff('slow'));
    const timers = [
      setInterval(() => slowReaders.endIn(connections), checkEvery).unref(),
      setInterval(() => held.check(), Math.min(checkEvery, HELD_CHECK_MS)).unref(),
    ];
    this.#timers.push(...timers);
    // Where the start fails later, this is all that is closed.
    server.once('close', () => timers.forEach(clearInterval));
    server.on('connection', (socket: Socket) => {
      if (!this.#counts.admits(socket)) {
        onCutOff('connections');
        return;
      }
      this.#lastConnectionAt = performance.now();
      this.#turnsSince = 0;
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
    });
    return server;
  }

  /**
   * Takes no further connections, and resolves when the listeners are closed; open connections go on. Until then answers
   * should not end their connections: a client that connects again may be reset.
   */
  async stopListening(): Promise<void> {
    const started = performance.now();
    const read = this.#bytesRead();
    this.#turnsSince = 0;
    // Node accepts one connection in each turn of its event loop, and under load a turn may take longer than the time above.
    while (this.#mayMoreArrive() && performance.now() - started < LISTENS_AT_MOST_MS) {
      await new Promise(setImmediate);
      this.#turnsSince++;
    }
    this.#isBusy = this.#bytesRead() !== read;
    // Not by `close` of the HTTP server: that ends idle connections at once.
    const ended = [...this.#servers.keys()]
      .filter((server) => server.listening)
      .map((server) => new Promise<void>((resolve) => void NetServer.prototype.close.call(server, () => resolve())));
    this.#hasEnded = Promise.all(ended);
  }

  #mayMoreArrive(): boolean {
    if (this.#turnsSince < NO_CONNECTION.turns) return true;
    return this.#connections().length > 0 && performance.now() - this.#lastConnectionAt < NO_CONNECTION.milliseconds;
  }

  /**
   * Ends connections as they become idle. To be called after `stopListening`, when every answer ends its connection.
   * @param within milliseconds after which connections that are left are cut off.
   * @returns resolves when the last connection has ended.
   */
  async endConnections(within: number): Promise<void> {
    const over = new AbortController();
    const ended = this.#hasEnded.then(() => over.abort());
    const quiet = this.#isBusy ? QUIET_MS.busy : QUIET_MS.usually;
    for (let waited = 0; waited < within && !over.signal.aborted; waited += quiet) {
      await pause(quiet, undefined, { signal: over.signal }).catch(() => {});
      // On a busy machine, requests have arrived that this process had no time to read: timers run before sockets are read.
      for (let turn = 0; turn < NO_CONNECTION.turns; turn++) await new Promise(setImmediate);
      for (const server of this.#servers.keys()) server.closeIdleConnections();
      // Node does not count a connection as idle on which nothing was received yet.
      for (const socket of this.#connections()) if (socket.bytesRead === 0) socket.destroy();
    }
    for (const socket of this.#connections()) socket.destroy();
    await ended;
    // A server that never listened, as where requests are injected, has no event `close`.
    this.#timers.forEach(clearInterval);
  }

  #bytesRead(): number {
    return this.#connections().reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  #connections(): Socket[] {
    return [...this.#servers.values()].flatMap((connections) => [...connections]);
  }
}
