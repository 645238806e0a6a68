/** What no header's value has in it (RFC 9110, section 5.5). */
const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether a text can be the value of an HTTP header. A socket's client can say anything in place of one. */
export function isHeaderValue(text: string): boolean {
  return !NOT_IN_HEADERS.test(text);
}
