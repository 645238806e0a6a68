import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Identifier } from '../model/identifier.ts';

export const NORMALIZERS = ['email', 'phone', 'lowercase'] as const;
/** A named normalisation, or your own: it returns the one form that equal values share, or null for a value that is none. */
export type Normalizer = (typeof NORMALIZERS)[number] | ((value: string) => string | null);

/** What of an identifier type decides which values are equal, and which are no values at all. */
export interface IdentifierFormat {
  readonly normalize?: Normalizer | undefined;
  /** The country whose phone numbers may come without country code (ISO 3166-1 alpha-2). */
  readonly region?: string | undefined;
  /** From the normalised value to what is kept of it, for values that must not lie in the store in clear. */
  readonly hash?: ((value: string) => string) | undefined;
}

/** Placeholders that systems write where they know nothing; joining on one would join strangers. */
const BLOCKED = new Set(['', 'null', 'undefined', 'none', 'anonymous', 'guest', '0', '-1', 'nan', 'unknown', 'n/a']);
const PLAIN = /^[!-~]*$/;
const ALL_ZERO = /^[0-]+$/;
const TEST_EMAIL = /^test@/;
/** Long enough for any e-mail address (RFC 5321: 254) and any token-like id. */
const MAX_LENGTH = 512;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

export type NormalizedIdentifier =
  | { readonly ok: true; readonly identifier: Identifier }
  | { readonly ok: false; readonly reason: 'BLOCKED_VALUE' | 'INVALID_VALUE' };

/** The one form that equal values share; or why the value names nobody. */
export function normalizeIdentifier(
  type: string,
  raw: string,
  format: IdentifierFormat,
  blocked: ReadonlySet<string>,
): NormalizedIdentifier {
  // Of printable ASCII, as most are, nothing is to be put in order.
  const text = PLAIN.test(raw) ? raw : raw.trim().normalize('NFC');
  const lower = text.toLowerCase();
  if (BLOCKED.has(lower) || ALL_ZERO.test(lower) || TEST_EMAIL.test(lower) || blocked.has(lower)) {
    return { ok: false, reason: 'BLOCKED_VALUE' };
  }
  const value = text.length > MAX_LENGTH ? null : canonical(text, lower, format);
  if (value === null || value === '') return { ok: false, reason: 'INVALID_VALUE' };
  return { ok: true, identifier: { type, value: format.hash?.(value) ?? value } };
}

function canonical(text: string, lower: string, { normalize, region }: IdentifierFormat): string | null {
  if (normalize === undefined) return text;
  if (typeof normalize === 'function') return normalize(text);
  switch (normalize) {
    case 'lowercase':
      return lower;
    case 'email':
      return EMAIL.test(lower) ? lower : null;
    case 'phone': {
      const phone = parsePhoneNumberFromString(text, region as CountryCode | undefined);
      return phone?.isPossible() ? phone.number : null;
    }
  }
}
