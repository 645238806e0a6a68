import { beyondBounds } from './json-bounds.ts';

const MAX_ATTRIBUTES = 50;
const MAX_NAME = 100;
/** Characters of JSON. */
const MAX_VALUE = 4 * 1024;

/** What is wrong with the attributes of one event; null for nothing. Names what was expected, and no value. */
export function attributesProblem(attributes: Readonly<Record<string, unknown>>): string | null {
  const entries = Object.entries(attributes);
  if (entries.length > MAX_ATTRIBUTES) return `expected at most ${MAX_ATTRIBUTES} attributes`;
  for (const [name, value] of entries) {
    if (name.length > MAX_NAME || !name.isWellFormed()) return `expected names of at most ${MAX_NAME} whole Unicode characters`;
    const problem = beyondBounds(value, { size: MAX_VALUE });
    if (problem !== null) return `${problem} for each`;
  }
  return null;
}
