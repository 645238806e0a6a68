import { exactNumber } from '../../model/exact-json.ts';

/** The character before decimals: a comma, a point, or either of them where it is not known. */
export type DecimalMark = 'comma' | 'point' | 'either';

/**
 * The mark of a file. Without `decimalComma`, semicolons between cells mean either mark: most programs that write them have
 * the comma as decimal mark, but not all.
 */
export function decimalMarkOf(decimalComma: boolean | undefined, delimiter: string): DecimalMark {
  if (decimalComma === undefined) return delimiter === ';' ? 'either' : 'point';
  return decimalComma ? 'comma' : 'point';
}

/** A number whose mark may separate thousands as well. */
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
/** A number as JSON writes it, without an exponent. */
const PLAIN_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** @returns the number's text with a point before its decimals; null for a wrong or an ambiguous mark. */
function withPoint(text: string, mark: DecimalMark): string | null {
  if (!text.includes(',')) return text.includes('.') && (mark === 'comma' || (mark === 'either' && AMBIGUOUS.test(text))) ? null : text;
  if (mark === 'point' || text.includes('.') || (mark === 'either' && AMBIGUOUS.test(text))) return null;
  return text.replace(',', '.');
}

/** @returns the number; its digits as text where a JavaScript number can't hold them, as in JSON; null for any other text. */
export function readNumber(text: string, mark: DecimalMark): number | string | null {
  const pointed = withPoint(text, mark);
  if (pointed === null || !NUMBER.test(pointed)) return null;
  return Number.isFinite(Number(pointed)) ? exactNumber(asInJson(pointed)) : null;
}

/** JSON has no plus sign, no leading zeros, and digits on both sides of a point (RFC 8259, section 6). */
function asInJson(number: string): string {
  return number
    .replace(/^\+/, '')
    .replace(/^(-?)0+(?=\d)/, '$1')
    .replace(/^-?(?=\.)/, (sign) => `${sign}0`)
    .replace(/\.(?=e|$)/i, '');
}

/** @returns a number that can be written as the same text: not `012`, which is a code, nor `1e3`; null for any other text. */
export function readPlainNumber(text: string, mark: DecimalMark): number | null {
  const pointed = withPoint(text, mark);
  if (pointed === null || !PLAIN_NUMBER.test(pointed)) return null;
  const number = Number(pointed);
  return pointed.includes('.') || Number.isSafeInteger(number) ? number : null;
}

/** The spellings of PostgreSQL (https://www.postgresql.org/docs/current/datatype-boolean.html), which has those of spreadsheets and of YAML. */
const TRUE = new Set(['true', 't', 'yes', 'y', 'on', '1']);
const FALSE = new Set(['false', 'f', 'no', 'n', 'off', '0']);

/** @returns null for any other text. */
export function readBoolean(text: string): boolean | null {
  const lower = text.toLowerCase();
  if (TRUE.has(lower)) return true;
  return FALSE.has(lower) ? false : null;
}

/** The spellings of booleans, for messages. */
export const EXPECTED_BOOLEAN = 'true or false, yes or no, y or n, t or f, on or off, 1 or 0';

/** @returns for a message: what was expected instead of a text that is no number. It does not hold the text. */
export function expectedNumber(text: string, mark: DecimalMark): string {
  if (mark === 'either' && AMBIGUOUS.test(text)) {
    return 'a number whose mark is known: this one stands before decimals or between thousands; say whether decimals have a comma';
  }
  if (/^-?[1-9]\d{15,}$/.test(text)) return 'a whole number below 2^53; a longer one can only be kept as text';
  return `a plain number such as 12 or ${mark === 'comma' ? '-0,5' : '-0.5'}`;
}
