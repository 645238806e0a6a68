/** Rows of one answer: decoding them takes some milliseconds, for which all requests of this process wait. */
const MOST_ROWS = 4_000;

/**
 * Reads the rows of many keys in answers of a bounded length: where there are more, the keys are read in two halves.
 * @param read at most `limit` rows of the keys; null for all. What one key has is bounded by itself.
 */
export async function readInParts<Key, Row>(
  keys: readonly Key[],
  read: (keys: readonly Key[], limit: number | null) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  if (keys.length === 0) return [];
  if (keys.length === 1) return read(keys, null);
  const rows = await read(keys, MOST_ROWS + 1);
  if (rows.length <= MOST_ROWS) return rows;
  const half = keys.length >> 1;
  // One after the other: so no answer comes right behind another.
  const first = await readInParts(keys.slice(0, half), read);
  return [...first, ...(await readInParts(keys.slice(half), read))];
}
