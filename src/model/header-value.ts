/** Characters that no value of a header has (RFC 9110, section 5.5). */
const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/;

/** True for a text that can be the value of an HTTP header. The `connection_init` message of a socket can contain others. */
export function isHeaderValue(text: string): boolean {
  return !NOT_IN_HEADERS.test(text);
}
