/** Characters of one piece. A piece that has left shows that its client reads, so it is small; a million has sixteen. */
export const PIECE_LENGTH = 64 * 1024;

/**
 * Cuts a long text, so that a piece becomes bytes only when its client takes it. The two halves of a surrogate pair stay
 * together, because either alone is no character.
 */
export function* piecesOf(text: string): Generator<{ readonly piece: string; readonly isLast: boolean }> {
  let begin = 0;
  while (begin < text.length) {
    let end = begin + PIECE_LENGTH;
    if (isHighSurrogate(text.charCodeAt(end - 1))) end--;
    yield { piece: text.slice(begin, end), isLast: end >= text.length };
    begin = end;
  }
}

/** Also false for the NaN of a position behind the end. */
function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
