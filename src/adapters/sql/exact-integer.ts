/**
 * An integer of a database in the form it has in a record: a number where JavaScript's numbers are exact (up to 2^53 - 1),
 * beyond that the text of its digits. So two different keys never become one.
 * @param integer a BigInt, or the canonical text that drivers answer for 64 bits.
 */
export function exactInteger(integer: bigint | string): number | string {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : String(integer);
}
