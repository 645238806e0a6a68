import type { Identifier } from './identifier.ts';
import type { IdentityChanges } from './identity.ts';

/** An issued cookie that was replaced. Its value recognises nobody any more. */
export interface RetiredCookie {
  /** The value of the cookie that replaced it; null where its customer was erased. */
  readonly successor: string | null;
  /** A keyed hash of what made the gateway replace it; null when the visitor was reset. */
  readonly proof: string | null;
  readonly retiredAt: Date;
}

/** That an issued cookie is to be replaced. */
export interface CookieRotation {
  readonly cookie: Identifier;
  /** The value of its successor. */
  readonly successor: string;
  /** As in `RetiredCookie`. */
  readonly proof: string | null;
  /**
   * - `person`: the request proves a person whom the cookie is not. The successor is theirs, and so is the history of an
   *   anonymous owner; what is somebody else's stays there.
   * - `replace`: the successor stands for the same customer.
   * - `reset`: the successor stands for nobody.
   */
  readonly kind: 'person' | 'replace' | 'reset';
  /** All that the request proves beside the cookie, strongest type first; for the kind `person` the first one is the person. */
  readonly proven: readonly Identifier[];
  readonly at: Date;
  /** What the identifiers were read from. */
  readonly source: string;
}

/** What became of a rotation. */
export type RotationOutcome =
  /** Replaced by this call, or by an earlier one whose successor counts. */
  | { readonly kind: 'retired'; readonly cookie: RetiredCookie; readonly changes: readonly IdentityChanges[] }
  /** The cookie is the person's already, or a conflict keeps it from them. */
  | { readonly kind: 'current'; readonly changes: readonly IdentityChanges[] }
  /** Nothing was done: the successor was a cookie before, and who knows it from then must not come to stand for the person. */
  | { readonly kind: 'spent' };
