import type { Socket } from 'node:net';
import { ERROR_CODES, GatewayError } from '../../model/errors.ts';
import type { Trust } from '../../model/trust-proxy.ts';
import { addressKey } from '../limits/client-keys.ts';

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
  readonly #limits: ConnectionLimits;
  readonly #open = new Map<string, number>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** @returns false, and ends the connection with 503, when its address has too many. */
  admits(socket: Socket): boolean {
    const { connections: max, trust } = this.#limits;
    const { remoteAddress: address } = socket;
    // A socket of the file system has none.
    if (address === undefined || trust?.(address, 0)) return true;
    const key = addressKey(address);
    const open = this.#open.get(key) ?? 0;
    if (open >= max) {
      refuse(socket, max);
      return false;
    }
    this.#open.set(key, open + 1);
    socket.once('close', () => this.#closed(key));
    return true;
  }

  #closed(key: string): void {
    const left = (this.#open.get(key) ?? 0) - 1;
    if (left > 0) this.#open.set(key, left);
    else this.#open.delete(key);
  }
}

/** Answers before any request is read, which costs least. A client that is still sending may see a reset instead. */
function refuse(socket: Socket, max: number): void {
  const message = `expected at most ${max} connections from one address: close some, or try again later`;
  const { code, details } = new GatewayError('OVERLOADED', message, { limit: 'connections', allowed: max, retryAfter: RETRY_AFTER });
  const body = JSON.stringify({ error: { code, message, ...details } });
  const head = `HTTP/1.1 ${ERROR_CODES[code].status} Service Unavailable\r\ncontent-type: application/json; charset=utf-8\r\n`;
  socket.on('error', () => {});
  socket.end(`${head}retry-after: ${RETRY_AFTER}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
  socket.destroySoon();
}
