import { maxHeaderSize } from 'node:http';
import { isHeaderValue } from '../../model/header-value.ts';

/** Headers of a WebSocket's client, by lower-case name. */
export type SocketHeaders = Readonly<Record<string, string>>;

/** What a client may send in `connection_init`, because a browser can't send it as headers of a WebSocket. */
const NAMES: ReadonlySet<string> = new Set(['authorization', 'x-touchpoint']);
/** Passed on as it is: an unknown name is refused, whatever characters it has. Any other invalid value counts as absent. */
const TOUCHPOINT = 'x-touchpoint';

/**
 * The headers in `connection_init`, by lower-case name, under the rules of HTTP: without white space around the value, and
 * absent where the value has a character that no header has, or more bytes than all headers of a request may have. Passed on
 * to a back end, such a value would make calls fail, as if the back end were down.
 * @param onRefused called with a header that counts as absent.
 */
export function socketHeaders(
  parameters: Readonly<Record<string, unknown>> | undefined,
  onRefused: (header: string) => void,
): SocketHeaders {
  const headers: Record<string, string> = {};
  for (const [given, value] of Object.entries(parameters ?? {})) {
    const name = given.toLowerCase();
    if (typeof value !== 'string' || !NAMES.has(name)) continue;
    if (name === TOUCHPOINT) headers[name] = value;
    else if (value.length <= maxHeaderSize && isHeaderValue(value)) headers[name] = value.replace(/^[\t ]+|[\t ]+$/g, '');
    else onRefused(name);
  }
  return headers;
}
