import { randomUUID } from 'node:crypto';

/**
 * JSON with exact numbers. JSON has no bounds for numbers (RFC 8259, section 6), but JavaScript has: the id 9007199254740993
 * would become 9007199254740992, which is another customer's. So a number that a JavaScript number cannot hold becomes a
 * string of its exact digits; any other stays a number.
 *
 * `JSON.parse` alone says what is JSON. Before it parses a text that may contain such a number, the number is written as a
 * string. A reviver with access to the source text would need no look at the text, but it is called for each value: a request
 * of 1 MB would keep the event loop for 350 ms (bench/json.ts).
 */

/**
 * Finds sixteen characters of a number, because fifteen digits are always exact. A number in quotes does not match. The
 * lookahead is bounded, so that a long row of digits takes linear time. Sixteen classes are ten times faster than `{16}`,
 * because V8 can skip ahead. The range `.-9` includes `/`, which is in no number.
 */
const LONG_NUMBER = new RegExp(`${'[.-9]'.repeat(16)}(?![.-9]{0,40}")`);
/** An exponent of three digits or more: perhaps beyond the range of a JavaScript number. */
const LARGE_EXPONENT = /\d[eE][+-]?\d\d\d(?![\w-]{0,40}")/;

/** True when a JSON text may contain a number that a JavaScript number cannot hold. Fast; also true for some texts without one. */
export function mayHoldLongNumber(text: string): boolean {
  return LONG_NUMBER.test(text) || LARGE_EXPONENT.test(text);
}

/**
 * Parses JSON. Numbers that a JavaScript number can't hold are strings of their exact digits.
 * @throws SyntaxError for text that is no JSON.
 */
export function parseExactJson(text: string): unknown {
  return JSON.parse(mayHoldLongNumber(text) ? withoutLongNumbers(text, (digits) => `"${digits}"`) : text);
}

/** A number of a request's body that a JavaScript number cannot hold. The expected type decides what it becomes. */
export class LongNumber {
  /** Its exact digits, as a string. */
  readonly digits: string;
  /** The nearest JavaScript number. */
  readonly nearest: number;

  constructor(digits: string, nearest: number) {
    this.digits = digits;
    this.nearest = nearest;
  }

  /** For data that is sent back unchanged, such as the payload of a WebSocket's ping. */
  toJSON(): number {
    return this.nearest;
  }
}

/** True for a JSON object: no list, and no `LongNumber`. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LongNumber);
}

/** What a text begins with that stands for a `LongNumber`. Random, so that no client can write one. */
const MARK = `long number ${randomUUID()} `;

/** Parses JSON. Numbers that a JavaScript number can't hold are `LongNumber`s. @throws SyntaxError for text that is no JSON. */
export function parseJsonWithLongNumbers(text: string): unknown {
  const marked = markLongNumbers(text);
  return marked === text ? JSON.parse(text) : takeLongNumbers(JSON.parse(marked));
}

/** Writes each number that a JavaScript number can't hold as a text that `takeLongNumbers` recognises after parsing. */
function markLongNumbers(text: string): string {
  return mayHoldLongNumber(text) ? withoutLongNumbers(text, (_, source) => `"${MARK}${source}"`) : text;
}

/** Puts `LongNumber`s into a value that was parsed from a marked text. Changes the value itself. */
function takeLongNumbers(parsed: unknown): unknown {
  const root = [parsed];
  // Not recursive: a text may have any number of levels.
  const waiting: object[] = [root];
  const take = (holder: object, name: string | number) => {
    const value = (holder as Record<string | number, unknown>)[name];
    if (typeof value === 'object' && value !== null) waiting.push(value);
    else if (typeof value === 'string' && isLongNumber(value)) {
      const source = value.slice(MARK.length);
      (holder as Record<string | number, unknown>)[name] = new LongNumber(String(exactNumber(source)), Number(source));
    }
  };
  for (let holder = waiting.pop(); holder !== undefined; holder = waiting.pop()) {
    if (Array.isArray(holder)) for (let index = 0; index < holder.length; index++) take(holder, index);
    else for (const name of Object.keys(holder)) take(holder, name);
  }
  return root[0];
}

/** True for what stands for a `LongNumber` in a value parsed from a marked text. */
function isLongNumber(text: string): boolean {
  return text.startsWith(MARK);
}

/** Characters of numbers: all numbers that are long, and more. A shorter text holds none that is too large (`1e400`). */
const PERHAPS_LONG = /[-+.\deE]{5,}/g;
const NAME_ENDS = /[ \t\r\n]*:/y;
/** The grammar of JSON (RFC 8259, section 6): anything else stays as it is, and `JSON.parse` refuses it. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/**
 * Replaces numbers that a JavaScript number can't hold, in one pass over the text; what stands in strings is left alone. Only
 * numbers of JSON's grammar, and none in place of a name, are replaced. So the new text is JSON exactly when the old one is.
 */
function withoutLongNumbers(text: string, write: (digits: string, source: string) => string): string {
  const parts: string[] = [];
  let copied = 0;
  for (let from = 0; from < text.length; ) {
    const quote = text.indexOf('"', from);
    const to = quote === -1 ? text.length : quote;
    if (to - from >= 5) {
      for (const { 0: source, index } of text.slice(from, to).matchAll(PERHAPS_LONG)) {
        const digits = JSON_NUMBER.test(source) ? exactNumber(source) : 0;
        const begin = from + index;
        const end = begin + source.length;
        NAME_ENDS.lastIndex = end;
        if (typeof digits === 'number' || NAME_ENDS.test(text)) continue;
        parts.push(text.slice(copied, begin), write(digits, source));
        copied = end;
      }
    }
    from = quote === -1 ? text.length : endOfString(text, quote);
  }
  return copied === 0 ? text : parts.join('') + text.slice(copied);
}

/** @param quote index of the quote that begins a string. @returns the index after the one that ends it. */
function endOfString(text: string, quote: number): number {
  for (let end = text.indexOf('"', quote + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text[before - 1] === '\\') before--;
    if ((end - before) % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Digits that any JavaScript number keeps (`DBL_DIG` of C). */
const SAFE_DIGITS = 15;

/**
 * The number of a JSON text, or its exact digits where a JavaScript number can't hold it: an integer beyond 2^53, or a
 * decimal with more digits than a JavaScript number is printed with.
 * @param source a number as JSON writes it.
 * @param value what JavaScript makes of it.
 */
export function exactNumber(source: string, value = Number(source)): number | string {
  // Fifteen digits are exact, unless an exponent moves them out of range.
  if (source.length <= SAFE_DIGITS && !/e/i.test(source)) return value;
  const given = partsOf(source);
  if (Number.isFinite(value) && (isSame(given, partsOf(String(value))) || isPrintedDouble(given, value))) {
    // A string also for an exact large integer, so that all large ids of a column have one type.
    return Number.isInteger(value) && !Number.isSafeInteger(value) && !/e/i.test(source) ? source.replace(/\.0*$/, '') : value;
  }
  return written(given, source);
}

/**
 * True for a fraction with the 17 digits that C's `%.17g` and other programs print for a double, such as 19.989999999999998
 * for 19.99: it stays that number, because it is no key.
 */
function isPrintedDouble(given: NumberParts, value: number): boolean {
  return !Number.isInteger(value) && isSame(given, partsOf(value.toPrecision(17)));
}

/** ±0.DIGITS × 10^scale, without zeros at either end; no digits for zero. */
interface NumberParts {
  readonly sign: string;
  readonly digits: string;
  readonly scale: number;
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

function partsOf(source: string): NumberParts {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = NUMBER.exec(source) ?? [];
  const all = whole + fraction;
  const digits = trimZeros(all);
  const leading = all.length - all.replace(/^0+/, '').length;
  return digits === '' ? { sign: '', digits, scale: 0 } : { sign, digits, scale: whole.length - leading + Number(exponent) };
}

function isSame(one: NumberParts, other: NumberParts): boolean {
  return one.sign === other.sign && one.digits === other.digits && one.scale === other.scale;
}

/** A linear scan: the text comes from outside, and `/0+$/` takes quadratic time on long rows of zeros. */
function trimZeros(text: string): string {
  let begin = 0;
  let end = text.length;
  while (begin < end && text[begin] === '0') begin++;
  while (end > begin && text[end - 1] === '0') end--;
  return text.slice(begin, end);
}

/** Digits of a number that is written without its exponent, at most: `1e999999999` stays as it is. */
const MAX_WRITTEN = 400;

/** The number without exponent. A number that has none stays as it is, with zeros at its end. */
function written({ sign, digits, scale }: NumberParts, source: string): string {
  if (!/e/i.test(source)) return source;
  if (Math.max(Math.abs(scale), digits.length) > MAX_WRITTEN) return source;
  if (scale >= digits.length) return sign + digits.padEnd(scale, '0');
  return scale > 0 ? `${sign}${digits.slice(0, scale)}.${digits.slice(scale)}` : `${sign}0.${'0'.repeat(-scale)}${digits}`;
}
