import { isProven } from '../model/assurance.ts';
import type { Evidence, Origin } from '../model/evidence.ts';
import type { Identifier } from '../model/identifier.ts';
import type { Viewer } from '../model/viewer.ts';
import type { CaptureRule } from './capture-rule.ts';
import type { IdentifierFormat } from './normalize.ts';

/** What capture reads of a request, whatever protocol it came by. */
export interface CapturableRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the request's own URL. */
  readonly query: URLSearchParams;
  /** The page's address; for HTTP the `Referer`. */
  readonly pageUrl: string | undefined;
  /** The touchpoint's name, when one was recognised. */
  readonly touchpoint: string | null;
  /** The request's own touchpoint, also where an interaction names another: a handoff must be meant for it. */
  readonly audience: string | null;
  /** False only where the request came to localhost. */
  readonly secure: boolean;
  /** True where the request came to http://localhost: browsers take no cookie with the prefix `__Host-` from there. */
  readonly isPlainLocalhost?: boolean;
  /** True where its answer can set cookies: a socket can't. */
  readonly setsCookies: boolean;
  /** True where a visitor without a cookie is given one: its touchpoint has visitors, and its answer can set cookies. */
  readonly startsVisitors: boolean;
  /** True where a handoff is used up: only where the site's own code asks. */
  readonly redeemsHandoffs: boolean;
  readonly viewer: Viewer;
}

/** What was read off a request. */
export interface Capture {
  /** At most one per identifier type, in the order of the configuration: strongest type first. */
  readonly identifiers: readonly Evidence[];
  /** What a handoff brought, by the rules that read it. Its effect depends on who giver and follower are (`acceptHandoff`). */
  readonly handedOver: readonly Evidence[];
  /** A visitor who has no cookie yet: becomes one with this `Set-Cookie` header. */
  readonly newVisitor: NewVisitor | null;
  /** Issued cookies that recognise nobody any more and under which something can still be stored (DESIGN, Capture 6). */
  readonly retired?: readonly Evidence[];
  /** Rules whose token or cookie was there but forged, expired or malformed, or held a value that is too long: for counting. */
  readonly refused: readonly string[];
}

/** A visitor who is given a cookie. */
export interface NewVisitor {
  readonly identifier: Identifier;
  /** Of the rule that issues the cookie. */
  readonly origin: Origin;
  /** The header that makes the browser keep it. */
  readonly setCookie: string;
}

/** An identifier type as capture reads and keeps its values. */
export interface CapturedType extends IdentifierFormat {
  /** In the order in which they are tried. */
  readonly capture: readonly CaptureRule[];
}

/** What several readings of one request must do only once. */
export interface CaptureMemory {
  /** By token, what a handoff carried; null for one that proves nothing here. */
  readonly handoffs: Map<string, readonly Identifier[] | null>;
  /** The visitor that was started, by identifier type. */
  readonly visitors: Map<string, NewVisitor>;
  /** True when the visitor was reset by this request: the cookies that came with it don't count any more. */
  isReset: boolean;
}

/**
 * The identifiers under which something is stored for the customer of a request: what is proven. Where nothing is, the
 * visitor whom this request started, or a retired cookie. A retired cookie stands beside other proof as well: it links
 * nothing, and the store recognises by it what was stored under it before. A started visitor stands beside other proof only
 * with a handoff, which is used up here: a client that keeps no cookies would otherwise link a new one at each request. A
 * claim counts for nothing.
 */
export function provenOf({ identifiers, newVisitor, retired = [] }: Capture): readonly (Identifier & { readonly origin: Origin })[] {
  const proven = identifiers.filter(({ assurance }) => isProven(assurance));
  const started = newVisitor === null ? [] : [{ ...newVisitor.identifier, origin: newVisitor.origin }];
  if (proven.length === 0) return started.length > 0 ? started : retired;
  return proven.some(isHandedOver) ? [...proven, ...started, ...retired] : [...proven, ...retired];
}

/** True where a handoff brought it. */
export function isHandedOver({ origin }: Pick<Evidence, 'origin'>): boolean {
  return origin.kind === 'handoff';
}

/** True for a cookie that this gateway issued, and that proves something. */
export function isIssuedCookie({ origin, assurance }: Evidence): boolean {
  return origin.kind === 'issuedCookie' && isProven(assurance);
}
