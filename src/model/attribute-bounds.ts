import { isWholeText } from './check-text.ts';
import { beyondBounds } from './json-bounds.ts';

/** Names of attributes that one customer can have, because all are read together. Further names are not stored. */
export const MAX_ATTRIBUTE_NAMES = 500;
/** Attributes of one event or interaction. */
const MAX_ATTRIBUTES = 50;
/** Characters of a name. */
const MAX_NAME = 100;
/** Characters of JSON. */
const MAX_VALUE = 4 * 1024;

/** @returns what is wrong with the attributes of one event or interaction, without their values; null for nothing. */
export function attributesProblem(attributes: Readonly<Record<string, unknown>>): string | null {
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) return `expected at most ${MAX_ATTRIBUTES} attributes`;
  for (const [name, value] of entries) {
    // In values a NUL is escaped, as JSON.
    if (name.length > MAX_NAME || !isWholeText(name)) {
      return `expected names of at most ${MAX_NAME} whole Unicode characters without NUL`;
    }
    const problem = beyondBounds(value, MAX_VALUE);
    if (problem !== null) return `${problem} for each`;
  }
  return null;
}
