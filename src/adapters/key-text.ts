import { AdapterFailure } from './adapter-failure.ts';
import { decodeUtf8 } from './answer-bytes.ts';

/**
 * The text of a value that may be a key: a string, an exact number, or bytes that are UTF-8 (a binary column of a database).
 * A number is its digits, so 17850 is the key `17850`.
 * @returns null for any other value. A number beyond 2^53 has lost digits, so that it may be another customer's.
 */
export function keyTextOf(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isInteger(value) ? (Number.isSafeInteger(value) ? String(value) : null) : Number.isFinite(value) ? String(value) : null;
    default:
      return value instanceof Uint8Array ? textOfBytes(value) : null;
  }
}

function textOfBytes(bytes: Uint8Array): string | null {
  try {
    return decodeUtf8(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof AdapterFailure) return null;
    throw error;
  }
}

/** Differences of spelling between back ends. Each function removes one of them from a text. */
const ASPECTS: Readonly<Record<string, (text: string) => string>> = {
  // Compatibility forms too: full-width digits and ligatures are forms of the same characters (Unicode Annex 15).
  'Unicode form': (text) => text.normalize('NFKC'),
  'surrounding spaces': (text) => text.trim(),
  case: (text) => text.toUpperCase().toLowerCase(),
  'leading zeros': (text) => text.replace(/^0+(?=.)/s, ''),
};
/** Printable ASCII without capitals and without a leading zero: there is nothing to remove. */
const PLAIN = /^[!-/1-@[-~][!-@[-~]*$/;

/** True for a text that is its own loose form: two different such texts never have the same one. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** The text without differences of case, Unicode form, surrounding spaces and leading zeros. */
export function looseForm(text: string): string {
  return isPlain(text) ? text : without(text, Object.keys(ASPECTS));
}

/** How two texts with the same loose form differ: `['case', 'leading zeros']`. */
export function differencesOf(one: string, other: string): string[] {
  const names = Object.keys(ASPECTS);
  const needed = names.filter((name) => {
    const others = names.filter((each) => each !== name);
    return without(one, others) !== without(other, others);
  });
  if (needed.length > 0) return needed;
  // Two differences hide each other, such as the case and the width of a full-width letter.
  return names.filter((name) => without(one, [name]) !== one || without(other, [name]) !== other);
}

function without(text: string, aspects: readonly string[]): string {
  return aspects.reduce((rest, aspect) => (ASPECTS[aspect] as (text: string) => string)(rest), text);
}
