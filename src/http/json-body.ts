import { scan } from 'secure-json-parse';
import { RequestError } from './request-error.ts';

const BYTE_ORDER_MARK = 0xfeff;
/** Names with which JSON can reach into objects' prototypes, and escapes that could hide them. */
export const SUSPICIOUS = /__proto__|constructor|\\u/;

/** A request's text without the mark that some programs put in front of UTF-8. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

/** The JSON text of a request, wherever it comes in. @throws SyntaxError for what is no JSON; its words repeat the text. */
export function parseJson(text: string): unknown {
  return JSON.parse(withoutMark(text));
}

/**
 * A whole body of JSON, of which objects are made that code looks into by name.
 * @throws RequestError 400 for none, what is no JSON, or what reaches for a prototype.
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') throw new RequestError(400, 'expected a body of JSON, received an empty one');
  try {
    const body = parseJson(text);
    if (SUSPICIOUS.test(text) && typeof body === 'object' && body !== null) scan(body);
    return body;
  } catch {
    throw new RequestError(400, 'expected a body of JSON, received something that is none');
  }
}
