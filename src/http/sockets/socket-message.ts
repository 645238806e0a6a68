import { isJsonObject, parseJsonWithLongNumbers } from '../../model/exact-json.ts';

/** The types of messages that a client sends (graphql-transport-ws). */
const TYPES: ReadonlySet<unknown> = new Set(['connection_init', 'ping', 'pong', 'subscribe', 'complete']);

/**
 * A message of a client, of which only the type is checked. Numbers that a JavaScript number can't hold are `LongNumber`s.
 * Parsed here, because the library calls a function for each value, which takes several times as long.
 * @returns null for a text that is no message of a client.
 */
export function socketMessageOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const message = parseJsonWithLongNumbers(text);
    return isJsonObject(message) && TYPES.has(message.type) ? message : null;
  } catch {
    return null;
  }
}
