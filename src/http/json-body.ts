import { scan } from 'secure-json-parse';
import { parseExactJson, parseJsonWithLongNumbers } from '../model/exact-json.ts';
import { RequestError } from './request-error.ts';

const BYTE_ORDER_MARK = 0xfeff;
/** Names with which JSON can reach into objects' prototypes, and escapes that could hide them. */
const SUSPICIOUS = /__proto__|constructor|\\u/;

/** A request's text without the mark that some programs put in front of UTF-8. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

/**
 * A record in a request's JSON text, such as an interaction. Numbers that a JavaScript number can't hold are strings of
 * their exact digits.
 * @throws SyntaxError for a text that is no JSON; its message repeats the text. RangeError for too many levels of nesting.
 */
export function parseJson(text: string): unknown {
  return parseExactJson(withoutMark(text));
}

/**
 * A whole body of JSON, as objects that code reads by property name. Numbers that a JavaScript number can't hold are
 * `LongNumber`s, which are converted later, by the expected type.
 * @throws RequestError 400 for an empty body, one that is no JSON, or a name that reaches an object's prototype.
 */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') throw new RequestError(400, 'expected a body of JSON, received an empty one');
  try {
    const body = parseJsonWithLongNumbers(withoutMark(text));
    if (SUSPICIOUS.test(text) && typeof body === 'object' && body !== null) scan(body);
    return body;
  } catch (error) {
    // JSON.parse with a function for each value exhausts the stack on deep nesting.
    const expected = error instanceof RangeError ? 'a body of JSON with fewer levels of nesting' : 'a body of JSON';
    throw new RequestError(400, `expected ${expected}, received something that is none`);
  }
}
