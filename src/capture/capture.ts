import { type Evidence, isProvenEvidence, type Origin } from '../model/evidence.ts';
import type { Identifier } from '../model/identifier.ts';
import type { Viewer } from '../model/viewer.ts';
import type { CaptureRule } from './capture-rule.ts';
import type { IdentifierFormat } from './normalize.ts';

/** The parts of a request that capture reads, for every transport. */
export interface CapturableRequest {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Of the request's own URL. */
  readonly query: URLSearchParams;
  /** The page's address; for HTTP the `Referer`. */
  readonly pageUrl: string | undefined;
  /** The name of the touchpoint; null without one. */
  readonly touchpoint: string | null;
  /** The request's own touchpoint, also where an interaction names another: a handoff must be meant for it. */
  readonly audience: string | null;
  /** False only for a request to localhost. */
  readonly secure: boolean;
  /** True for a request to http://localhost: from there, browsers accept no cookie with the prefix `__Host-`. */
  readonly isPlainLocalhost?: boolean;
  /** True when its answer can set cookies; a socket's cannot. */
  readonly setsCookies: boolean;
  /** True when a visitor without a cookie gets one: the touchpoint has visitors, and the answer can set cookies. */
  readonly startsVisitors: boolean;
  /** True when a handoff may be used up: only for requests of the site's own code. */
  readonly redeemsHandoffs: boolean;
  readonly viewer: Viewer;
}

/** What was read from a request. */
export interface Capture {
  /** At most one per identifier type, in the order of the configuration: strongest type first. */
  readonly identifiers: readonly Evidence[];
  /** The identifiers of a handoff. Their effect depends on giver and follower (`acceptHandoff`). */
  readonly handedOver: readonly Evidence[];
  /** The visitor whom this request started, whose cookie the answer sets; null for none. */
  readonly newVisitor: NewVisitor | null;
  /** Issued cookies that recognise nobody any more, but under which interactions can still be stored (DESIGN, Capture 6). */
  readonly retired?: readonly Evidence[];
  /** Origins whose token or cookie was forged, expired, malformed or too long. They are counted. */
  readonly refused: readonly string[];
}

/** A visitor who gets a cookie. */
export interface NewVisitor {
  readonly identifier: Identifier;
  /** Of the rule that issues the cookie. */
  readonly origin: Origin;
  /** The value of the `Set-Cookie` header. */
  readonly setCookie: string;
}

/** An identifier type, as far as capture needs it. */
export interface CapturedType extends IdentifierFormat {
  /** In the order in which they are tried. */
  readonly capture: readonly CaptureRule[];
}

/** State that all readings of one request share. */
export interface CaptureMemory {
  /** By token: the identifiers of a redeemed handoff, or null for one that proves nothing. A promise, because pages are read at the same time. */
  readonly handoffs: Map<string, Promise<readonly Identifier[] | null>>;
  /** By identifier type: the visitor that was started. */
  readonly visitors: Map<string, NewVisitor>;
  /** True after this request reset its visitor: the cookies that it sent do not count any more. */
  isReset: boolean;
}

/**
 * The identifiers under which interactions of a request are stored: the proven ones; without any, the visitor whom the
 * request started, or a retired cookie. Claimed identifiers do not count.
 *
 * - A retired cookie is added to proven identifiers: it links nothing, but the store recognises repetitions by it.
 * - A started visitor is added to proven identifiers only with a handoff, because the handoff is used up. Otherwise a client
 *   that keeps no cookies would link a new visitor at each request.
 */
export function provenOf({ identifiers, newVisitor, retired = [] }: Capture): readonly (Identifier & { readonly origin: Origin })[] {
  const proven = identifiers.filter(isProvenEvidence);
  const started = newVisitor === null ? [] : [{ ...newVisitor.identifier, origin: newVisitor.origin }];
  if (proven.length === 0) return started.length > 0 ? started : retired;
  return proven.some(isHandedOver) ? [...proven, ...started, ...retired] : [...proven, ...retired];
}

/** True for an identifier of a handoff. */
export function isHandedOver({ origin }: Pick<Evidence, 'origin'>): boolean {
  return origin.kind === 'handoff';
}

/** True for a proven cookie of this gateway. */
export function isIssuedCookie(evidence: Evidence): boolean {
  return evidence.origin.kind === 'issuedCookie' && isProvenEvidence(evidence);
}
