/** Characters of a name that are compared: the time grows with the square of it. */
const MAX_LENGTH = 60;

/**
 * What was probably meant: the known name with the fewest letters to change, at most two in five.
 * @returns `; did you mean loyalty?`, or an empty text.
 */
export function didYouMean(name: string, known: Iterable<string>): string {
  const wanted = name.slice(0, MAX_LENGTH).toLowerCase();
  let nearest: string | null = null;
  let least = Math.ceil(wanted.length * 0.4) + 1;
  for (const each of known) {
    const distance = editDistance(wanted, each.slice(0, MAX_LENGTH).toLowerCase());
    if (distance < least) [nearest, least] = [each, distance];
  }
  return nearest === null ? '' : `; did you mean ${nearest}?`;
}

/** How many letters to insert, to remove, to replace, or to exchange with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (last[column - 1] as number) + (from[row - 1] === to[column - 1] ? 0 : 1);
      let least = Math.min(replaced, (last[column] as number) + 1, (current[column - 1] as number) + 1);
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1])
        least = Math.min(least, (before[column - 2] as number) + 1);
      current.push(least);
    }
    [before, last] = [last, current];
  }
  return last[to.length] as number;
}
