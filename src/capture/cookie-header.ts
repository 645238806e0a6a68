/**
 * All values of a cookie, in the order of the header. A browser sends a name several times when it has the cookie for several
 * paths or domains (RFC 6265, section 5.4), and a planted one may be the first. The `cookie` package returns only the first.
 * @param header the `Cookie` header; Node joins several into one.
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

/** Removes quotes (RFC 6265, section 4.1.1), and decodes percent-encoding when it is valid. */
function readValue(written: string): string {
  const text = written.length > 1 && written.startsWith('"') && written.endsWith('"') ? written.slice(1, -1) : written;
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
