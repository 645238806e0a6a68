/** Reads a JSON text of a database: of a column of a JSON type, or of a text that a path leads into. */
export function parseJson(text: string): unknown {
  return JSON.parse(text);
}
