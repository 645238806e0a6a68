import { MAX_VALUES } from './redact.ts';

/** A string or a number in a GraphQL document or in JSON. A string may lack its end, so that no text is scanned twice. */
const LITERAL = /"[^"\\]*(?:\\.[^"\\]*)*"?|\d[\d.]*/gs;

/**
 * What an unexpected error may quote of a request: each of its texts; the strings and numbers in it, where it is a document
 * or JSON; and all of these in normalised form, such as a phone number without the spaces that the client sent.
 * @param normalizers return the normalised form of an identifier, or null.
 */
export function quotableTexts(texts: readonly string[], normalizers: Iterable<(text: string) => string | null>): string[] {
  const all = new Set(texts);
  for (const text of texts) for (const [literal] of text.matchAll(LITERAL)) all.add(literal.startsWith('"') ? unquoted(literal) : literal);
  // With more values the message is left out of the log.
  const first = [...all].slice(0, MAX_VALUES);
  for (const normalize of normalizers) for (const text of first) all.add(normalize(text) ?? text);
  return [...all];
}

function unquoted(literal: string): string {
  try {
    return JSON.parse(literal);
  } catch {
    return literal.replace(/^"|"$/g, '');
  }
}
