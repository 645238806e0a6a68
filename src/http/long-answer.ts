import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { HeldBytes } from './held-bytes.ts';
import { PIECE_BYTES, piecesOf } from './pieces.ts';

/**
 * True for a text that is written in pieces, each once the one before has left. Any other is written at once: what its client
 * does not take is less than what the operating system keeps for a connection.
 */
export function isLong(text: string): boolean {
  return text.length > PIECE_BYTES;
}

/**
 * Reads the bytes of a long answer as the client takes them. Until the answer is closed they count as held.
 * @param response ended by its reader.
 */
export function longAnswer(bytes: Buffer, response: ServerResponse, held: HeldBytes): Readable {
  const release = held.hold(bytes.length, () => response.destroy());
  response.once('close', release);
  return Readable.from(eachPiece(bytes), { objectMode: false, highWaterMark: PIECE_BYTES });
}

function* eachPiece(bytes: Buffer): Generator<Buffer> {
  for (const { piece } of piecesOf(bytes)) yield piece;
}

/** Writes a part of a stream. @returns resolves when the client has taken it, or has gone. */
export async function writeSlowly(response: ServerResponse, text: string, held: HeldBytes): Promise<void> {
  if (!isLong(text)) {
    await write(response, text);
    return;
  }
  const bytes = Buffer.from(text);
  const release = held.hold(bytes.length, () => response.destroy());
  for (const { piece } of piecesOf(bytes)) await write(response, piece);
  release();
}

async function write(response: ServerResponse, data: string | Buffer): Promise<void> {
  if (response.destroyed || response.writableEnded || response.write(data)) return;
  const closed = new AbortController();
  const abort = () => closed.abort();
  response.once('close', abort);
  await once(response, 'drain', { signal: closed.signal }).catch(() => {});
  response.off('close', abort);
}
