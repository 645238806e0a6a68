import type { CapturableRequest } from './capture.ts';
import type { CaptureRule } from './capture-rule.ts';
import { cookieValues } from './cookie-header.ts';
import { queryOf } from './page-parameters.ts';

/** Values of one name that are tried: a page's address can repeat a parameter any number of times. */
const MAX_VALUES = 100;
const NONE: readonly string[] = [];

/** Finds the values of capture rules on a request. The page's address is parsed once, and only when needed. */
export class RequestReader {
  readonly #request: CapturableRequest;
  #pageQuery: URLSearchParams | undefined;

  constructor(request: CapturableRequest) {
    this.#request = request;
  }

  /** All values of a rule on the request, in the order in which they are tried. Mostly one or none. */
  find({ kind, name }: CaptureRule): readonly string[] {
    const { headers, query, viewer } = this.#request;
    switch (kind) {
      case 'bearerClaim':
        return claimValues(viewer.claims, name);
      case 'cookie':
      case 'issuedCookie':
        return headers.cookie === undefined ? NONE : bounded(cookieValues(headers.cookie, name));
      case 'handoff':
      case 'urlParameter': {
        const own = query.size === 0 ? NONE : query.getAll(name);
        const page = this.#request.pageUrl === undefined ? NONE : this.#page().getAll(name);
        return bounded(page.length === 0 ? own : [...own, ...page]);
      }
      case 'header':
        return headerValues(headers[name]);
    }
  }

  #page(): URLSearchParams {
    const { pageUrl } = this.#request;
    this.#pageQuery ??= queryOf(pageUrl ?? '');
    return this.#pageQuery;
  }
}

function bounded(values: readonly string[]): readonly string[] {
  return values.length > MAX_VALUES ? values.slice(0, MAX_VALUES) : values;
}

/** A text, or an integer that was not rounded. */
function claimValues(claims: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const claim = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (typeof claim === 'string') return [claim];
  return Number.isSafeInteger(claim) ? [String(claim)] : NONE;
}

/** A header that was sent several times is one with commas (RFC 9110, section 5.3): Node and proxies join them. */
function headerValues(header: string | undefined): readonly string[] {
  if (header === undefined) return NONE;
  return header.includes(',') ? bounded(header.split(',').map((value) => value.trim())) : [header];
}
