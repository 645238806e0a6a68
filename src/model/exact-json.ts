/**
 * JSON whose numbers keep their digits. JSON has no bounds for numbers (RFC 8259, section 6), JavaScript has: an id of
 * 9007199254740993 would become 9007199254740992, which is another customer's. So a number that a JavaScript number
 * can't hold becomes a string of its exact digits; any other stays a number.
 *
 * The source text of a number comes from the platform (`JSON.parse` source text access,
 * https://github.com/tc39/proposal-json-parse-with-source), so there is no second grammar of JSON here. A reviver makes
 * parsing several times as slow (bench/json.ts), so it runs only for a text in which such a number may stand.
 */

/**
 * Finds sixteen characters of a number: fifteen digits always survive. An id in quotes is none. What is looked at behind
 * is bounded, so that a long row of digits takes linear time. Sixteen classes instead of a repetition (`{16}`), from
 * which V8 would not see that it may skip ahead: ten times as fast. `/` stands between `.` and `0`, and in no number.
 */
const LONG_NUMBER = new RegExp(`${'[.-9]'.repeat(16)}(?![.-9]{0,40}")`);
/** An exponent of three digits or more: beyond the range of a JavaScript number, perhaps. */
const LARGE_EXPONENT = /\d[eE][+-]?\d\d\d(?![\w-]{0,40}")/;

/** Whether a number may stand in a JSON text that a JavaScript number can't hold. Cheap; true for some texts without one. */
export function mayHoldLongNumber(text: string): boolean {
  return LONG_NUMBER.test(text) || LARGE_EXPONENT.test(text);
}

/**
 * Parses JSON. Numbers that a JavaScript number can't hold are strings of their exact digits.
 * @throws SyntaxError for text that is no JSON, RangeError for such a number among too many levels of nesting.
 */
export function parseExactJson(text: string): unknown {
  return mayHoldLongNumber(text) ? parseWithSource(text, reviveDigits) : JSON.parse(text);
}

/** A number of a request's body that a JavaScript number can't hold: what it is to become depends on the type that is expected. */
export class LongNumber {
  /** Its exact digits, as a string. */
  readonly digits: string;
  /** The JavaScript number next to it. */
  readonly nearest: number;

  constructor(digits: string, nearest: number) {
    this.digits = digits;
    this.nearest = nearest;
  }

  /** For what is sent back as it came, such as the payload of a WebSocket's ping. */
  toJSON(): number {
    return this.nearest;
  }
}

/** True for an object of JSON: no list, and none of the objects that stand for a number. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof LongNumber);
}

/** What a reviver of `JSON.parse` gets beside key and value. */
interface ReviverContext {
  /** Of numbers, strings, booleans and null: how they are written. */
  readonly source?: string;
}

type Reviver = (key: string, value: unknown, context: ReviverContext) => unknown;

/** For `JSON.parse`, as a reviver: leaves a `LongNumber` where a number would lose digits. */
export const reviveLongNumbers: Reviver = (_, value, { source }) => {
  if (typeof value !== 'number' || source === undefined) return value;
  const exact = exactNumber(source, value);
  return typeof exact === 'string' ? new LongNumber(exact, value) : value;
};

const reviveDigits: Reviver = (_, value, { source }) =>
  typeof value === 'number' && source !== undefined ? exactNumber(source, value) : value;

/** Parses JSON. Numbers that a JavaScript number can't hold are `LongNumber`s. @throws SyntaxError for text that is no JSON. */
export function parseJsonWithLongNumbers(text: string): unknown {
  return mayHoldLongNumber(text) ? parseWithSource(text, reviveLongNumbers) : JSON.parse(text);
}

function parseWithSource(text: string, reviver: Reviver): unknown {
  // TypeScript's library does not know the third parameter yet.
  return JSON.parse(text, reviver as Parameters<typeof JSON.parse>[1]);
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
  // Fifteen digits come back, unless an exponent moves them out of range.
  if (source.length <= SAFE_DIGITS && !/e/i.test(source)) return value;
  const given = partsOf(source);
  if (Number.isFinite(value) && (isSame(given, partsOf(String(value))) || isPrintedDouble(given, value))) {
    // Also where it comes back: of a column of ids, all are of one type.
    return Number.isInteger(value) && !Number.isSafeInteger(value) && !/e/i.test(source) ? source.replace(/\.0*$/, '') : value;
  }
  return written(given, source);
}

/**
 * True for a fraction with the 17 digits that C's `%.17g` and other printers give a double, such as 19.989999999999998 for
 * 19.99: it names that double, and nobody's key.
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

/** Characters of a number that was written with an exponent, at most: `1e999999999` is not written out. */
const MAX_WRITTEN = 400;

/** The number without an exponent. One that was written without keeps its digits, zeros at its end included. */
function written({ sign, digits, scale }: NumberParts, source: string): string {
  if (!/e/i.test(source)) return source;
  if (Math.max(Math.abs(scale), digits.length) > MAX_WRITTEN) return source;
  if (scale >= digits.length) return sign + digits.padEnd(scale, '0');
  return scale > 0 ? `${sign}${digits.slice(0, scale)}.${digits.slice(scale)}` : `${sign}0.${'0'.repeat(-scale)}${digits}`;
}
