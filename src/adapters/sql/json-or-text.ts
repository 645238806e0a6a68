import { parseExactJson } from '../../model/exact-json.ts';

/**
 * What a JSON column says. SQLite takes any text into one, and so does MariaDB while constraints are not checked. A text that
 * is no JSON is left to the check of the field that reads it, so that it costs no other row.
 */
export function jsonOrText(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return text;
  }
}
