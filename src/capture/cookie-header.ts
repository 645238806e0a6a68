/**
 * Every value of a cookie, in the order in which the browser sent them. A browser sends one name several times where it
 * has the cookie for several paths or domains (RFC 6265, section 5.4), and a foreign one may stand first; the `cookie`
 * package keeps only the first. Most headers have one, among others that nobody asks for.
 * @param header the `Cookie` header; Node joins several to one.
 */
export function cookieValues(header: string, name: string): readonly string[] {
  let values: string[] | undefined;
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + 1)) {
    const equals = at + name.length;
    if (header[equals] !== '=' || !beginsPair(header, at)) continue;
    const semicolon = header.indexOf(';', equals);
    const value = readValue(header.slice(equals + 1, semicolon === -1 ? undefined : semicolon).trim());
    if (values === undefined) values = [value];
    else values.push(value);
  }
  return values ?? NONE;
}

const NONE: readonly string[] = [];

function beginsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (header[before] === ' ' || header[before] === '\t') before--;
  return before === -1 || header[before] === ';';
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
