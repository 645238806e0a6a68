/** The parts of a URL of PostgreSQL: the texts between `//`, `@`, `/`, `?` and `#`. */
const PARTS = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#@]*)(?:\/([^?#@]*))?(\?[^#]*)?$/;

/** One host: a name, an IPv4 address, an encoded folder of a socket (`%2Frun%2Fpostgresql`) or an IPv6 address in brackets. */
const HOST = /^(?:\[[\da-f:.]+\]|[\w%.-]+)(?::(\d{1,5}))?$/i;

const EXAMPLE = "such as 'postgres://user:password@host:5432/database'";

/**
 * What is wrong with a URL of PostgreSQL, before a driver guesses what was meant: drivers take a missing database for one with the
 * user's name, and a character of a password for the beginning of the host.
 * @returns what was expected, without any part of the URL; null for a URL that is right.
 */
export function postgresUrlProblem(url: string): string | null {
  if (/[\s\p{Cc}]/u.test(url)) return `expected a URL ${EXAMPLE}: encode a space as %20`;
  const [all, user = '', hosts = '', database = '', parameters = ''] = PARTS.exec(url) ?? [];
  if (all === undefined) {
    return `expected a URL ${EXAMPLE}: characters of the user and the password other than letters, digits, '-', '.', '_' and '~' are to be encoded, as encodeURIComponent does, '@' as %40 and '/' as %2F`;
  }
  if (/%(?![\da-f]{2})/i.test(url)) return "expected a URL whose '%' is followed by two hexadecimal digits: encode '%' itself as %25";
  if (!isDecodable(url)) return 'expected a URL whose encoded characters are UTF-8';
  if (user.startsWith(':')) return `expected a user before the password, ${EXAMPLE}`;
  // A folder of a socket may be written as a parameter, as PostgreSQL's own clients have it.
  const host = new URLSearchParams(parameters).get('host');
  if (hosts === '' && !host) return `expected a URL with a host, ${EXAMPLE}`;
  if (hosts !== '' && !hosts.split(',').every(isHost)) {
    return `expected a host, with a port from 1 to 65535 where there is one, or several with commas between, ${EXAMPLE}`;
  }
  if (database === '') return `expected a URL with the name of a database, ${EXAMPLE}`;
  if (database.includes('/')) return "expected the name of one database: encode '/' in it as %2F";
  return null;
}

function isHost(text: string): boolean {
  const [all, port] = HOST.exec(text) ?? [];
  return all !== undefined && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535));
}

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url);
    return true;
  } catch {
    return false;
  }
}
