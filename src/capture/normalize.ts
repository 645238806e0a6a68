import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js';
import { DEFAULT_KEY_BYTES, type Identifier, isLongerThan } from '../model/identifier.ts';
import { whyBlocked } from './blocked-value.ts';

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
  /** Bytes of UTF-8 that a value has at most (`limits.keyBytes`); 256 when left out. */
  readonly keyBytes?: number | undefined;
}

const PRINTABLE_ASCII = /^[!-~]*$/;
/** A value with more characters than so many for each byte that it may have, spaces around it included, is not even looked at. */
const MAX_PADDING = 4;
/** White space and characters that are never seen (Unicode general category Cf): around a value, they are a slip of the clipboard. */
const UNSEEN = /[\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f]/;
const VISIBLE = /[^\p{Default_Ignorable_Code_Point}\p{White_Space}\p{C}\u2800]/u;
/** The store's texts hold no NUL. The others are letters and marks of their own that Unicode NFC makes `K`, `;` and a backtick. */
const MISTAKABLE = /[\0\u212a\u037e\u1fef]/;
const NOT_ASCII = /[^\0-\x7f]/;
/**
 * One `@`, and behind it a domain of at least two labels, none of them empty, without the punctuation that no domain has:
 * `ada@x.io.` at the end of a sentence is none, nor is `<ada@x.io>` or `mailto:ada@x.io`. Before it, what stands there
 * without quotes (RFC 5322, section 3.2.3), or something in quotes.
 */
const EMAIL = /^(?:[^\s@"(),:;<>[\]\\]+|"[^\s@"]+")@(?:[^\s\0-,./:-@[-^`{-\x7f]+\.)+[^\s\0-,./:-@[-^`{-\x7f]+$/;
/** Never seen inside an address, and disallowed there (RFC 8264, section 9.13). Joiners are letters' in Persian and Hindi. */
const HIDDEN = /(?![\u200c\u200d])\p{Default_Ignorable_Code_Point}/u;
const TEL = /^tel:(?!.*;phone-context=)/i;

export type NormalizedIdentifier =
  | { readonly ok: true; readonly identifier: Identifier }
  | {
      readonly ok: false;
      readonly reason: 'BLOCKED_VALUE' | 'INVALID_VALUE';
      /** Why, for whoever sent it; it holds nothing of the value. */
      readonly message: string;
      /** True where it is longer than `keyBytes`. */
      readonly isTooLong?: boolean;
    };

/**
 * The one form that equal values share; or why the value names nobody. Every way in goes through here: what is captured,
 * given as an argument, imported or looked up. Without effect on a value that went through before.
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
  // Of printable ASCII, as most are, nothing is to be put in order.
  const text = isPlain ? raw : trim(raw).normalize('NFC');
  if (isLongerThan(text, keyBytes)) return tooLong(keyBytes);
  const lower = isPlain ? text.toLowerCase() : lowerCase(text);
  const block = whyNobody(lower, blocked);
  if (block !== null) return { ok: false, reason: 'BLOCKED_VALUE', message: block };
  const value = canonical(text, lower, format);
  if (value === null || value === '') return { ok: false, reason: 'INVALID_VALUE', message: expectationOf(format) };
  if (value !== text && isLongerThan(value, keyBytes)) return tooLong(keyBytes);
  // A form can be such a value when the text was none: a number that is parsed of letters is `NaN`.
  const blockedForm = value === text || value === lower ? null : whyNobody(lowerCase(value), blocked);
  if (blockedForm !== null) return { ok: false, reason: 'BLOCKED_VALUE', message: blockedForm };
  return { ok: true, identifier: { type, value: format.hash?.(value) ?? value } };
}

function whyNobody(lower: string, blocked: ReadonlySet<string>): string | null {
  return whyBlocked(lower) ?? (blocked.has(lower) ? OWNER_BLOCKED : null);
}

const OWNER_BLOCKED = "among the configuration's blocked values";

function tooLong(keyBytes: number): NormalizedIdentifier {
  const message = `longer than ${keyBytes} bytes of UTF-8 (limits.keyBytes)`;
  return { ok: false, reason: 'INVALID_VALUE', message, isTooLong: true };
}

/** @returns null for a text that can be a value. */
function whyUnreadable(raw: string): string | null {
  // Two halves of characters that differ would become the same when they are stored as UTF-8.
  if (!raw.isWellFormed()) return 'expected Unicode text, received half of a character (a lone surrogate)';
  return MISTAKABLE.test(raw) ? 'received a NUL, or a character that Unicode normalisation makes an ASCII one' : null;
}

/** Without what is not seen at its ends; all of it where nothing is seen at all. */
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
 * What the owner's function makes of a text that anybody can have sent. Where it throws, as `BigInt` and `new URL` do, or
 * makes what can't be kept, the text is no value; its error would be an answer without its data, and the text in the log.
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
 * Addresses are compared in lower case as Unicode maps it, the local part too, as mail systems do in practice (RFC 5321,
 * section 2.4, would let them tell cases apart). No other letter may become an ASCII one on the way: an address with a
 * character that compatibility normalisation (NFKC) makes ASCII, such as a full-width letter, belongs to somebody else
 * than the ASCII address, if to anybody. So it is none, as for user names in PRECIS (RFC 8264, section 9.17: HasCompat).
 * Kelvin signs are out before (see MISTAKABLE): CVE-2019-19844 in Django was one.
 */
function isMistakable(lower: string): boolean {
  if (HIDDEN.test(lower)) return true;
  return [...lower].some((character) => character > '\x7f' && /[\0-\x7f]/.test(character.normalize('NFKC')));
}

/**
 * E.164, with `;ext=` where there is an extension (RFC 3966): two extensions of a switchboard are two people's. The whole
 * text is the number, so a sentence that has one somewhere is none.
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
