import type { CaptureRule } from './capture-rule.ts';

/** The URL parameters in which capture rules look: they hold identifiers and tokens. */
export class PageParameters {
  readonly #names: ReadonlySet<string>;

  constructor(rules: Iterable<CaptureRule>) {
    this.#names = new Set([...rules].filter(({ kind }) => kind === 'urlParameter' || kind === 'handoff').map(({ name }) => name));
  }

  /** What of a page's address capture would read, as one text: two pages with the same are the same to it. */
  readIn(pageUrl: string | undefined): string {
    if (pageUrl === undefined || !pageUrl.includes('?')) return '';
    const query = queryOf(pageUrl);
    const names = this.namesIn(query);
    return names.length === 0 ? '' : JSON.stringify(names.map((name) => [name, query.getAll(name)]));
  }

  /** The parameters' names that an address has. */
  namesIn(query: URLSearchParams): string[] {
    return [...this.#names].filter((name) => query.has(name));
  }

  #holds(pair: string): boolean {
    const name = nameOf(pair);
    return name !== undefined && this.#names.has(name);
  }

  /**
   * The address as it may be kept: without these parameters, and without user and password. What stays keeps its bytes,
   * also in apps' names of screens.
   */
  strip(pageUrl: string): string {
    const { path, query, hash } = partsOf(withoutUser(pageUrl));
    if (query === null) return path + hash;
    const kept = query.split('&').filter((pair) => !this.#holds(pair));
    return kept.length === 0 || kept.join('') === '' ? path + hash : `${path}?${kept.join('&')}${hash}`;
  }
}

/**
 * The address with a parameter of this value, and no other of its name. All else keeps its bytes. It stands before the
 * hash, where the tag looks for it, also where a router has a query of its own behind (`#/basket?x=1`).
 */
export function withParameter(address: string, name: string, value: string): string {
  const hashAt = address.indexOf('#');
  const hash = hashAt === -1 ? '' : address.slice(hashAt);
  const { path, query } = partsOf(hashAt === -1 ? address : address.slice(0, hashAt));
  const kept = (query ?? '').split('&').filter((pair) => pair !== '' && nameOf(pair) !== name);
  return `${path}?${[...kept, new URLSearchParams([[name, value]])].join('&')}${hash}`;
}

/** The query of an address, also of one without a host. */
export function queryOf(pageUrl: string): URLSearchParams {
  const { query } = partsOf(pageUrl);
  return query === null ? new URLSearchParams() : new URLSearchParams(`?${query}`);
}

/** As they are written. @returns a query without its `?`, null for none; a hash with its `#`, or nothing. */
function partsOf(address: string): { path: string; query: string | null; hash: string } {
  const at = address.indexOf('?');
  const hashAt = address.indexOf('#', at === -1 ? 0 : at);
  const end = hashAt === -1 ? address.length : hashAt;
  const hash = address.slice(end);
  return at === -1
    ? { path: address.slice(0, end), query: null, hash }
    : { path: address.slice(0, at), query: address.slice(at + 1, end), hash };
}

/** A parameter's name as capture reads it. The `&` keeps a `?` at its beginning from being taken for the query's. */
function nameOf(pair: string): string | undefined {
  const [name] = new URLSearchParams(`&${pair}`).keys();
  return name;
}

const USER = /^([a-z][a-z\d+.-]*:\/\/)[^/?#\\]*@/i;

function withoutUser(address: string): string {
  if (!address.includes('@')) return address;
  const written = address.replace(USER, '$1');
  if (!URL.canParse(written)) return written;
  // Browsers understand other spellings, too.
  const url = new URL(written);
  if (url.username === '' && url.password === '') return written;
  url.username = '';
  url.password = '';
  return url.href;
}
