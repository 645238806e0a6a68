import type { Identifier } from './identifier.ts';
import type { IdentityChanges } from './identity.ts';

/** An issued cookie that was replaced: its value recognises nobody any more. */
export interface RetiredCookie {
  /** The value of the cookie that replaced it; null after its customer was erased. */
  readonly successor: string | null;
  /** A keyed hash of the person for whom it was replaced, or a constant for a new name; null when the visitor was reset. */
  readonly proof: string | null;
  readonly retiredAt: Date;
}

/** An order to replace an issued cookie. */
export interface CookieRotation {
  readonly cookie: Identifier;
  /** The value of its successor. */
  readonly successor: string;
  /** As in `RetiredCookie`. */
  readonly proof: string | null;
  /**
   * - `person`: the request proves a person who does not own the cookie. That person gets the successor, and the history of an
   *   anonymous owner. The history of another person stays where it is.
   * - `replace`: the successor belongs to the same customer.
   * - `reset`: the successor belongs to a new visitor.
   */
  readonly kind: 'person' | 'replace' | 'reset';
  /** Proven identifiers beside the cookie, strongest type first; for `person` the first one is the person. */
  readonly proven: readonly Identifier[];
  readonly at: Date;
  /** What the identifiers were read from. */
  readonly source: string;
}

/** The result of a rotation. */
export type RotationOutcome =
  /** Replaced by this call, or by an earlier one whose successor counts. */
  | { readonly kind: 'retired'; readonly cookie: RetiredCookie; readonly changes: readonly IdentityChanges[] }
  /** Not replaced: the person owns the cookie already, or the conflict policy refuses to move it. */
  | { readonly kind: 'current'; readonly changes: readonly IdentityChanges[] }
  /** Nothing was done, because the successor was a cookie before: another person may know it, so it must not recognise this person. */
  | { readonly kind: 'spent' };
