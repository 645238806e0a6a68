import type { CaptureRule } from './capture-rule.ts';

/** The URL parameters of capture rules: they contain identifiers and tokens. */
export class PageParameters {
  readonly #names: ReadonlySet<string>;

  constructor(rules: Iterable<CaptureRule>) {
    this.#names = new Set([...rules].filter(({ kind }) => kind === 'urlParameter' || kind === 'handoff').map(({ name }) => name));
  }

  /** The captured parameters of a page's address, as a key: pages with the same key have the same identifiers. */
  readIn(pageUrl: string | undefined): string {
    if (pageUrl === undefined || !pageUrl.includes('?')) return '';
    const query = queryOf(pageUrl);
    const names = this.namesIn(query);
    return names.length === 0 ? '' : JSON.stringify(names.map((name) => [name, query.getAll(name)]));
  }

  /** The names of the captured parameters in a query. */
  namesIn(query: URLSearchParams): string[] {
    return [...this.#names].filter((name) => query.has(name));
  }

  #holds(pair: string): boolean {
    const name = nameOf(pair);
    return name !== undefined && this.#names.has(name);
  }

  /**
   * The address as it may be stored: without captured parameters, user and password. All other bytes stay, also in the name
   * of an app's screen.
   */
  strip(pageUrl: string): string {
    const { path, query, hash } = partsOf(withoutUser(pageUrl));
    const kept = (query ?? '').split('&').filter((pair) => !this.#holds(pair));
    return kept.join('') === '' ? path + hash : `${path}?${kept.join('&')}${hash}`;
  }
}

/**
 * Sets a parameter of an address, and removes others of its name. All other bytes stay. The parameter is put before the hash,
 * where the tag reads it, also when the hash has its own query (`#/basket?x=1`).
 */
export function withParameter(address: string, name: string, value: string): string {
  const hashAt = address.indexOf('#');
  const hash = hashAt === -1 ? '' : address.slice(hashAt);
  const { path, query } = partsOf(hashAt === -1 ? address : address.slice(0, hashAt));
  const kept = (query ?? '').split('&').filter((pair) => pair !== '' && nameOf(pair) !== name);
  return `${path}?${[...kept, new URLSearchParams([[name, value]])].join('&')}${hash}`;
}

/** The query of an address, also without a host. */
export function queryOf(pageUrl: string): URLSearchParams {
  const { query } = partsOf(pageUrl);
  return query === null ? new URLSearchParams() : new URLSearchParams(`?${query}`);
}

/** Parts of an address, not decoded. @returns the query without its `?`, null for none; the hash with its `#`, or an empty text. */
function partsOf(address: string): { path: string; query: string | null; hash: string } {
  const at = address.indexOf('?');
  const hashAt = address.indexOf('#', at === -1 ? 0 : at);
  const end = hashAt === -1 ? address.length : hashAt;
  const hash = address.slice(end);
  return at === -1
    ? { path: address.slice(0, end), query: null, hash }
    : { path: address.slice(0, at), query: address.slice(at + 1, end), hash };
}

/** The decoded name of a parameter. After the `&`, a `?` at its beginning is not removed. */
function nameOf(pair: string): string | undefined {
  const [name] = new URLSearchParams(`&${pair}`).keys();
  return name;
}

const USER = /^([a-z][a-z\d+.-]*:\/\/)[^/?#\\]*@/i;

function withoutUser(address: string): string {
  if (!address.includes('@')) return address;
  const written = address.replace(USER, '$1');
  if (!URL.canParse(written)) return written;
  // Browsers also accept other forms, such as with backslashes.
  const url = new URL(written);
  if (url.username === '' && url.password === '') return written;
  url.username = '';
  url.password = '';
  return url.href;
}
