import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpAnswer } from '../http-answer.ts';
import { EVERY_ANSWER } from '../security-headers.ts';

/**
 * Sends an answer on a connection of which no request was read, and says that it is the last one. The connection itself is the
 * caller's to end.
 */
export function answerConnection(socket: Socket, { status, type, text, headers }: HttpAnswer): void {
  const all = { 'content-type': type, ...EVERY_ANSWER, ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${text}`);
}
