import type { Socket } from 'node:net';
import { GatewayError } from '../../model/errors.ts';
import type { Trust } from '../../model/trust-proxy.ts';
import { errorAnswer } from '../http-answer.ts';
import { addressKey } from '../limits/client-keys.ts';
import { KeyCounts } from '../limits/key-counts.ts';
import { answerConnection } from './answer-connection.ts';

/** Seconds after which a refused client should try again. Idle connections end after little more than a minute. */
const RETRY_AFTER = 60;

export interface ConnectionLimits {
  /** Connections of one address at a time. */
  readonly connections: number;
  /** Decides which proxies are trusted; null for none. */
  readonly trust: Trust | null;
}

/** Bounds the connections of one address. A trusted proxy has as many as it needs, because they are its clients'. */
export class ConnectionCounts {
  readonly #trust: Trust | null;
  readonly #open: KeyCounts;

  constructor({ connections, trust }: ConnectionLimits) {
    this.#trust = trust;
    this.#open = new KeyCounts(connections);
  }

  /** @returns false, and ends the connection with 503, when its address has too many. */
  admits(socket: Socket): boolean {
    const { remoteAddress: address } = socket;
    // A socket of the file system has none.
    if (address === undefined || this.#trust?.(address, 0)) return true;
    const key = addressKey(address);
    if (!this.#open.begin(key)) {
      refuse(socket, this.#open.max);
      return false;
    }
    socket.once('close', () => this.#open.end(key));
    return true;
  }
}

/** Answers before any request is read, which costs least. A client that is still sending may see a reset instead. */
function refuse(socket: Socket, max: number): void {
  const message = `expected at most ${max} connections from one address: close some, or try again later`;
  socket.on('error', () => {});
  answerConnection(
    socket,
    errorAnswer(new GatewayError('OVERLOADED', message, { limit: 'connections', allowed: max, retryAfter: RETRY_AFTER })),
  );
  socket.destroySoon();
}
