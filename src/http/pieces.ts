/** Bytes of one piece. A piece that has left shows that its client reads, so it is small; a megabyte has sixteen. */
export const PIECE_BYTES = 64 * 1024;

/** Cuts a long answer, without copying it. */
export function* piecesOf(bytes: Buffer): Generator<{ readonly piece: Buffer; readonly isLast: boolean }> {
  for (let begin = 0; begin < bytes.length; begin += PIECE_BYTES) {
    const end = begin + PIECE_BYTES;
    yield { piece: bytes.subarray(begin, end), isLast: end >= bytes.length };
  }
}
