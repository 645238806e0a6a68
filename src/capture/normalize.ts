import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import { DEFAULT_KEY_BYTES, type Identifier, isLongerThan } from '../model/identifier.ts';
import { whyBlocked } from './blocked-value.ts';

export const NORMALIZERS = ['email', 'phone', 'lowercase'] as const;
/** A named normalisation, or your own function: it returns the one form of all equal values, or null for an invalid value. */
export type Normalizer = (typeof NORMALIZERS)[number] | ((value: string) => string | null);

/** The part of an identifier type that decides which values are valid, and which are equal. */
export interface IdentifierFormat {
  readonly normalize?: Normalizer | undefined;
  /** The country of phone numbers without country code (ISO 3166-1 alpha-2). */
  readonly region?: string | undefined;
  /** Makes the stored form of a normalised value, for values that must not be stored in clear. */
  readonly hash?: ((value: string) => string) | undefined;
  /** Bytes of UTF-8 that a value has at most (`limits.keyBytes`); 256 when left out. */
  readonly keyBytes?: number | undefined;
}

const PRINTABLE_ASCII = /^[!-~]*$/;
/** A value with more characters than this factor times `keyBytes`, white space around it included, is refused unread. */
const MAX_PADDING = 4;
/** White space and invisible characters (Unicode general category Cf): around a value, they come from copy and paste. */
const UNSEEN = /[\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f]/;
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{C}\u2800]/u;
/** A text in the store cannot contain NUL. Unicode NFC turns the other characters into `K`, `;` and a backtick. */
const MISTAKABLE = /[\0\u212a\u037e\u1fef]/;
const NOT_ASCII = /[^\0-\x7f]/;
/**
 * One `@`, and behind it a domain of at least two labels, none of them empty, without the punctuation that no domain has:
 * `ada@x.io.` at the end of a sentence is none, nor is `<ada@x.io>` or `mailto:ada@x.io`. Before it, the
 * characters that need no quotes (RFC 5322, section 3.2.3), or a text in quotes.
 */
const EMAIL = /^(?:[^\s@"(),:;<>[\]\\]+|"[^\s@"]+")@(?:[^\s\0-,./:-@[-^`{-\x7f]+\.)+[^\s\0-,./:-@[-^`{-\x7f]+$/;
/** Invisible in an address, and disallowed there (RFC 8264, section 9.13). Joiners are allowed: Persian and Hindi need them. */
const HIDDEN = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u;
const TEL = /^tel:(?!.*;phone-context=)/i;

export type NormalizedIdentifier =
  | { readonly ok: true; readonly identifier: Identifier }
  | {
      readonly ok: false;
      readonly reason: 'BLOCKED_VALUE' | 'INVALID_VALUE';
      /** The reason, for the sender. It contains no part of the value. */
      readonly message: string;
      /** True when it is longer than `keyBytes`. */
      readonly isTooLong?: boolean;
    };

/** Normalises a value by the format of its type. */
export type Normalize = (type: string, value: string) => NormalizedIdentifier;

/**
 * The one form of all equal values, or the reason why a value is invalid or a placeholder. Every value goes through here:
 * captured, given as an argument, imported or looked up. A normalised value does not change.
 */
export function normalizeIdentifier(
  type: string,
  raw: string,
  format: IdentifierFormat,
  blocked: ReadonlySet<string>,
): NormalizedIdentifier {
  const { keyBytes = DEFAULT_KEY_BYTES } = format;
  if (raw.length > MAX_PADDING * keyBytes) return tooLong(keyBytes);
  const isPlain = PRINTABLE_ASCII.test(raw);
  const problem = isPlain ? null : whyUnreadable(raw);
  if (problem !== null) return { ok: false, reason: 'INVALID_VALUE', message: problem };
  // Printable ASCII, as most values are, needs no trimming and no NFC.
  const text = isPlain ? raw : trim(raw).normalize('NFC');
  if (isLongerThan(text, keyBytes)) return tooLong(keyBytes);
  const lower = isPlain ? text.toLowerCase() : lowerCase(text);
  const block = whyNobody(lower, blocked);
  if (block !== null) return { ok: false, reason: 'BLOCKED_VALUE', message: block };
  const value = canonical(text, lower, format);
  if (value === null || value === '') return { ok: false, reason: 'INVALID_VALUE', message: expectationOf(format) };
  if (value !== text && isLongerThan(value, keyBytes)) return tooLong(keyBytes);
  // The form can be a placeholder when the text was none: a function that parses a number may return `NaN`.
  const blockedForm = value === text || value === lower ? null : whyNobody(lowerCase(value), blocked);
  if (blockedForm !== null) return { ok: false, reason: 'BLOCKED_VALUE', message: blockedForm };
  return { ok: true, identifier: { type, value: format.hash?.(value) ?? value } };
}

function whyNobody(lower: string, blocked: ReadonlySet<string>): string | null {
  return whyBlocked(lower) ?? (blocked.has(lower) ? "among the configuration's blocked values" : null);
}

function tooLong(keyBytes: number): NormalizedIdentifier {
  const message = `longer than ${keyBytes} bytes of UTF-8 (limits.keyBytes)`;
  return { ok: false, reason: 'INVALID_VALUE', message, isTooLong: true };
}

/** @returns null for a text that can be a value. */
function whyUnreadable(raw: string): string | null {
  // Stored as UTF-8, two different lone surrogates would become the same text.
  if (!raw.isWellFormed()) return 'expected Unicode text, received half of a character (a lone surrogate)';
  return MISTAKABLE.test(raw) ? 'received a NUL, or a character that Unicode normalisation makes an ASCII one' : null;
}

/** Removes invisible characters from both ends. A text without any visible character becomes empty. */
function trim(raw: string): string {
  if (!VISIBLE.test(raw)) return '';
  let [start, end] = [0, raw.length];
  while (UNSEEN.test(raw.charAt(start))) start++;
  while (UNSEEN.test(raw.charAt(end - 1))) end--;
  return raw.slice(start, end);
}

/** Unicode's default lower case, which is not always in NFC. */
function lowerCase(text: string): string {
  return text.toLowerCase().normalize('NFC');
}

function canonical(text: string, lower: string, { normalize, region }: IdentifierFormat): string | null {
  if (normalize === undefined) return text;
  if (typeof normalize === 'function') return ownForm(text, normalize);
  switch (normalize) {
    case 'lowercase':
      return lower;
    case 'email':
      return EMAIL.test(lower) && !(NOT_ASCII.test(lower) && isMistakable(lower)) ? lower : null;
    case 'phone':
      return phoneNumber(text, region);
  }
}

/**
 * The form that the owner's function makes of a text from outside. When the function throws, as `BigInt` and `new URL` do, or
 * returns something else than a storable text, the value is invalid. Its error is not passed on: the client would lose the
 * answer, and the log would have the text.
 */
function ownForm(text: string, normalize: (value: string) => string | null): string | null {
  try {
    const form: unknown = normalize(text);
    return typeof form === 'string' && whyUnreadable(form) === null ? form : null;
  } catch {
    return null;
  }
}

/**
 * True for an address that looks like another one. Addresses are compared in Unicode's lower case, the local part too, as
 * mail systems do in practice (RFC 5321, section 2.4, allows to distinguish cases). A character that compatibility
 * normalisation (NFKC) makes ASCII, such as a full-width letter, is refused, because such an address does not belong to the
 * owner of the ASCII address. PRECIS refuses it in user names, too (RFC 8264, section 9.17: HasCompat). Kelvin signs are
 * refused before (see MISTAKABLE): they were CVE-2019-19844 in Django.
 */
function isMistakable(lower: string): boolean {
  if (HIDDEN.test(lower)) return true;
  return [...lower].some((character) => character > '\x7f' && /[\0-\x7f]/.test(character.normalize('NFKC')));
}

/**
 * E.164, with `;ext=` for an extension (RFC 3966), because two extensions of a switchboard belong to two people. The whole
 * text must be the number: a sentence that contains one is invalid.
 */
function phoneNumber(text: string, region: string | undefined): string | null {
  const phone = parsePhoneNumberFromString(text.replace(TEL, ''), { defaultCountry: region as CountryCode | undefined, extract: false });
  if (!phone?.isPossible()) return null;
  return phone.ext === undefined ? phone.number : `${phone.number};ext=${phone.ext}`;
}

function expectationOf({ normalize, region }: IdentifierFormat): string {
  switch (normalize) {
    case 'email':
      return 'expected an e-mail address and nothing else';
    case 'phone':
      return `expected one phone number and nothing else${region === undefined ? ', with its country code' : ''}`;
    default:
      return "expected a value that the type's normalize accepts";
  }
}
