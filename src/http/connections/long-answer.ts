import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { HeldBytes } from './held-bytes.ts';
import { PIECE_LENGTH, piecesOf } from './pieces.ts';

/**
 * True for a text that is written in pieces, each once the one before has left. Any other is written at once: what its client
 * does not take is less than what the operating system keeps for a connection.
 */
export function isLongText(text: string): boolean {
  return text.length > PIECE_LENGTH;
}

/**
 * Reads a long answer as the client takes it. Until the answer is closed, its bytes count as held.
 * @param length bytes of the text.
 */
export function longAnswer(text: string, length: number, response: ServerResponse, held: HeldBytes): Readable {
  const release = held.hold(length, () => response.destroy());
  response.once('close', release);
  return Readable.from(eachPiece(text), { objectMode: false, highWaterMark: PIECE_LENGTH });
}

/** Sends a text by the framework, in pieces where it is long. */
export function sendText(text: string, reply: FastifyReply, held: HeldBytes): FastifyReply {
  if (!isLongText(text)) return reply.send(text);
  const length = Buffer.byteLength(text);
  return reply.header('content-length', length).send(longAnswer(text, length, reply.raw, held));
}

function* eachPiece(text: string): Generator<string> {
  for (const { piece } of piecesOf(text)) yield piece;
}

/** Writes a part of a stream. @returns resolves when the client has taken it, or has gone. */
export async function writeSlowly(response: ServerResponse, text: string, held: HeldBytes): Promise<void> {
  if (!isLongText(text)) {
    await write(response, text);
    return;
  }
  const release = held.hold(text.length, () => response.destroy());
  for (const { piece } of piecesOf(text)) await write(response, piece);
  release();
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.writableEnded || response.write(text)) return;
  const closed = new AbortController();
  const abort = () => closed.abort();
  response.once('close', abort);
  await once(response, 'drain', { signal: closed.signal }).catch(() => {});
  response.off('close', abort);
}
