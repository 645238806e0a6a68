/**
 * Every value of each cookie, in the order in which the browser sent them. A browser sends one name several times where it
 * has the cookie for several paths or domains (RFC 6265, section 5.4), and a foreign one may stand first; the `cookie`
 * package keeps only the first.
 * @param header the `Cookie` header; Node joins several to one.
 */
export function readCookies(header: string): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>();
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at === -1) continue;
    const name = pair.slice(0, at).trim();
    const value = readValue(pair.slice(at + 1).trim());
    const values = cookies.get(name);
    if (values === undefined) cookies.set(name, [value]);
    else values.push(value);
  }
  return cookies;
}

/** Without the quotes that a server may put around it (RFC 6265, section 4.1.1), and percent-decoded where that can be done. */
function readValue(written: string): string {
  const text = written.length > 1 && written.startsWith('"') && written.endsWith('"') ? written.slice(1, -1) : written;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
