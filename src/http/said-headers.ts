import { maxHeaderSize } from 'node:http';
import { isHeaderValue } from '../model/header-value.ts';
import type { SaidInstead } from './capturable-request.ts';

/** What a client may say in `connection_init` in place of the headers that a browser can't send. */
const NAMES: ReadonlySet<string> = new Set(['authorization', 'x-touchpoint']);
/** Any other that no HTTP header could be counts as absent. A touchpoint's name that is none is refused by itself. */
const TOUCHPOINT = 'x-touchpoint';

/**
 * Headers that a WebSocket's client says, held to the rules of HTTP's: without white space around the value, and absent
 * where it has a character that no header has, or more bytes than all headers of a request may have. Passed on to a back
 * end it would make calls fail, as if the back end were down.
 * @param onRefused learns of a header that counts as absent.
 */
export function headersSaid(parameters: Readonly<Record<string, unknown>> | undefined, onRefused: (header: string) => void): SaidInstead {
  const headers: Record<string, string> = {};
  for (const [said, value] of Object.entries(parameters ?? {})) {
    const name = said.toLowerCase();
    if (typeof value !== 'string' || !NAMES.has(name)) continue;
    if (name === TOUCHPOINT) headers[name] = value;
    else if (value.length <= maxHeaderSize && isHeaderValue(value)) headers[name] = value.replace(/^[\t ]+|[\t ]+$/g, '');
    else onRefused(name);
  }
  return { headers };
}
