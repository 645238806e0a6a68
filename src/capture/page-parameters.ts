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
    return names.length === 0 ? '' : JSON.stringify(names.map((name) => [name, query.get(name)]));
  }

  /** The parameters' names that an address has. */
  namesIn(query: URLSearchParams): string[] {
    return [...this.#names].filter((name) => query.has(name));
  }

  /** The address as it may be kept: without these parameters, and without user and password. Apps' names of screens stay as they are. */
  strip(pageUrl: string): string {
    if (URL.canParse(pageUrl)) {
      const url = new URL(pageUrl);
      if (url.username === '' && url.password === '' && this.namesIn(url.searchParams).length === 0) return pageUrl;
      url.username = '';
      url.password = '';
      for (const name of this.namesIn(url.searchParams)) url.searchParams.delete(name);
      return url.href;
    }
    const query = queryOf(pageUrl);
    const names = this.namesIn(query);
    if (names.length === 0) return pageUrl;
    for (const name of names) query.delete(name);
    const [path = '', hash = ''] = [pageUrl.slice(0, pageUrl.indexOf('?')), /#.*$/s.exec(pageUrl)?.[0]];
    return `${path}${query.size > 0 ? `?${query}` : ''}${hash}`;
  }
}

/** The query of an address, also of one without a host. */
export function queryOf(pageUrl: string): URLSearchParams {
  const at = pageUrl.indexOf('?');
  if (at === -1) return new URLSearchParams();
  const hash = pageUrl.indexOf('#', at);
  return new URLSearchParams(pageUrl.slice(at, hash === -1 ? undefined : hash));
}
