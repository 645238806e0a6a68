import type { CaptureRule } from './capture-rule.ts';

/** The URL parameters in which capture rules look: they hold identifiers and tokens. */
export class PageParameters {
  readonly #names: ReadonlySet<string>;

  constructor(rules: Iterable<CaptureRule>) {
    this.#names = new Set([...rules].filter(({ kind }) => kind === 'urlParameter' || kind === 'handoff').map(({ name }) => name));
  }

  /** What of a page's address capture would read, as one text: two pages with the same are the same to it. */
  readIn(pageUrl: string | undefined): string {
    return this.#present(pageUrl)
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
  }

  /** The parameters' names that an address has. */
  namesIn(query: URLSearchParams): string[] {
    return [...this.#names].filter((name) => query.has(name));
  }

  /**
   * The address as it may be kept: without these parameters, and without user and password.
   * @returns anything that is no URL as it is: apps name screens.
   */
  strip(pageUrl: string): string {
    if (!URL.canParse(pageUrl)) return pageUrl;
    const url = new URL(pageUrl);
    const names = this.namesIn(url.searchParams);
    if (names.length === 0 && url.username === '' && url.password === '') return pageUrl;
    for (const name of names) url.searchParams.delete(name);
    url.username = '';
    url.password = '';
    return url.href;
  }

  #present(pageUrl: string | undefined): [string, string | null][] {
    if (pageUrl === undefined || !pageUrl.includes('?') || !URL.canParse(pageUrl)) return [];
    const { searchParams } = new URL(pageUrl);
    return this.namesIn(searchParams).map((name) => [name, searchParams.get(name)]);
  }
}
