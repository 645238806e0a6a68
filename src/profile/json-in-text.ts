import { valueAt } from '../adapters/values.ts';
import { parseExactJson } from '../model/exact-json.ts';

/**
 * The value at a path into a record. Where the path goes on in a text that is a JSON object or list, it goes on in what that
 * says: SQLite, CSV files and Redis hashes have no other way to keep one.
 * @throws SyntaxError for a text that only begins like one.
 */
export function valueAtPath(record: unknown, path: readonly string[]): unknown {
  const value = valueAt(record, path);
  if (value !== undefined || path.length === 1) return value;
  for (let end = 1; end < path.length; end++) {
    const text = valueAt(record, path.slice(0, end));
    if (typeof text === 'string') return isJson(text) ? valueAtPath(parseExactJson(text), path.slice(end)) : undefined;
  }
  return undefined;
}

/** An object or a list that is there as a JSON text. Anything else as it is. @throws SyntaxError as above. */
export function outOfText(value: unknown): unknown {
  return typeof value === 'string' && isJson(value) ? parseExactJson(value) : value;
}

/** Begins as an object or a list does. */
function isJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}
