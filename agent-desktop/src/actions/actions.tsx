/** The right column: what to do. */
export function Actions() {
  return null;
}
