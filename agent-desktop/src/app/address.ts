import type { OpenQuestion } from '../model/open-question.ts';

export interface Address {
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

/** Longer identifiers are of no type that the gateway has. */
const LONGEST = 500;

/**
 * Reads a screen pop: `#identifier=phone:%2B44…`, or `?identifier=…` for telephone systems that cannot set a fragment, or `#id=…`.
 * @returns whom to open, and the address without it; null when the address names nobody.
 */
export function readAddress({ pathname, search, hash }: Address): { readonly question: OpenQuestion | null; readonly rest: string } | null {
  const query = new URLSearchParams(search);
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  const names = ['identifier', 'id'];
  if (![query, fragment].some((part) => names.some((name) => part.has(name)))) return null;
  const question = questionOf(fragment) ?? questionOf(query);
  for (const name of names) {
    query.delete(name);
    fragment.delete(name);
  }
  const rest = [query.size > 0 ? `?${query}` : '', fragment.size > 0 ? `#${fragment}` : ''].join('');
  return { question, rest: `${pathname}${rest}` };
}

function questionOf(part: URLSearchParams): OpenQuestion | null {
  const id = part.get('id');
  if (id !== null && id !== '' && id.length <= LONGEST) return { id };
  const identifier = part.get('identifier') ?? '';
  const colon = identifier.indexOf(':');
  const value = withPluses(identifier.slice(colon + 1));
  if (colon < 1 || value === '' || identifier.length > LONGEST) return null;
  return { identifier: { type: identifier.slice(0, colon), value } };
}

/** A `+` that was not encoded is read as a space: no telephone number begins with one, and no e-mail address has one. */
const withPluses = (value: string): string => (value.includes('@') ? value.trim().replaceAll(' ', '+') : value.replace(/^ /, '+'));

/** Reads the page's own address, and takes the customer out of it and out of the history at once. */
export function takeQuestion(): OpenQuestion | null {
  const read = readAddress(location);
  if (read === null) return null;
  history.replaceState(history.state, '', read.rest);
  return read.question;
}

/** What the issuer sends agents back with. */
const RETURNED = ['code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'session_state'];

/** Reads the answer of the issuer, and takes it out of the address and out of the history at once. @returns null where there is none. */
export function takeReturned(): URLSearchParams | null {
  const query = new URLSearchParams(location.search);
  if (!query.has('state') || !(query.has('code') || query.has('error'))) return null;
  const returned = new URLSearchParams();
  for (const name of RETURNED) {
    for (const value of query.getAll(name)) returned.append(name, value);
    query.delete(name);
  }
  history.replaceState(history.state, '', `${location.pathname}${query.size > 0 ? `?${query}` : ''}${location.hash}`);
  return returned;
}
