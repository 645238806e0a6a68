/**
 * JSON with exact numbers. JSON has no bounds for numbers (RFC 8259, section 6), but JavaScript has: the id 9007199254740993
 * would become 9007199254740992, which is another customer's. So a number that a JavaScript number cannot hold becomes a
 * string of its exact digits; any other stays a number.
 *
 * The source text of a number comes from the platform (`JSON.parse` source text access,
 * https://github.com/tc39/proposal-json-parse-with-source), so there is no second grammar of JSON here. A reviver makes
 * parsing several times slower (bench/json.ts), so it runs only for a text that may contain such a number.
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
 * @throws SyntaxError for text that is no JSON, RangeError for such a number among too many levels of nesting.
 */
export function parseExactJson(text: string): unknown {
  return mayHoldLongNumber(text) ? parseWithSource(text, reviveDigits) : JSON.parse(text);
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

/** What a reviver of `JSON.parse` gets beside key and value. */
interface ReviverContext {
  /** The text of a number, string, boolean or null. */
  readonly source?: string;
}

type Reviver = (key: string, value: unknown, context: ReviverContext) => unknown;

/** For `JSON.parse`, as a reviver: leaves a `LongNumber` where a number would lose digits. */
const reviveLongNumbers: Reviver = (_, value, { source }) => {
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
