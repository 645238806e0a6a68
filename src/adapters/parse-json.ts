/**
 * Reads a JSON text that stands in a record: of a database's JSON column, or of a text that a path leads into.
 * @throws SyntaxError for a text that is no JSON.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text);
}
