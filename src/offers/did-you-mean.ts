/** Names that a message lists. */
const MAX_LISTED = 20;

/**
 * The message for a name that does not exist. It suggests the name that was probably meant, or lists those that exist.
 * @param expected what the name is of: `an audience`.
 * @param received as the message shows it; the name in quotes if left out.
 */
export function unknownName(expected: string, name: string, known: readonly string[], received = JSON.stringify(name)): string {
  const suggestion = didYouMean(name, known);
  if (suggestion !== '') return `expected ${expected}, received ${received}${suggestion}`;
  const more = known.length > MAX_LISTED ? ` and ${known.length - MAX_LISTED} more` : '';
  const existing = known.length === 0 ? 'there is none' : `${known.slice(0, MAX_LISTED).join(', ')}${more}`;
  return `expected ${expected} (${existing}), received ${received}`;
}

/**
 * The name that was probably meant: the nearest of the known ones by the distance of Damerau and Levenshtein, if it is near enough.
 * @returns `; did you mean loyalty?`, or nothing.
 */
export function didYouMean(received: string, known: Iterable<string>): string {
  let nearest: string | null = null;
  // A third of the letters may be wrong, and one of a short name.
  let least = Math.max(1, Math.floor(received.length / 3)) + 1;
  for (const name of known) {
    const distance = distanceOf(received.toLowerCase(), name.toLowerCase());
    // With every letter another, it is another name.
    if (distance < least && distance < Math.max(received.length, name.length)) {
      least = distance;
      nearest = name;
    }
  }
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

/** How many letters have to be added, left out, replaced, or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (before[j - 2] as number) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    before = row;
    row = next;
  }
  return row[b.length] as number;
}
