/** The left column: who this is and how sure that is. */
export function Who() {
  return null;
}
