import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LongNumber, mayHoldLongNumber, parseExactJson, parseJsonWithLongNumbers } from '../../src/model/exact-json.ts';

const digit = fc.integer({ min: 0, max: 9 });
const digits = (bounds: { minLength: number; maxLength: number }) => fc.array(digit, bounds).map((all) => all.join(''));
/** Numbers as JSON's grammar has them (RFC 8259, section 6). */
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(
      fc.constant('0'),
      fc.tuple(fc.integer({ min: 1, max: 9 }), digits({ minLength: 0, maxLength: 24 })).map((all) => all.join('')),
      fc.bigInt({ min: 2n ** 53n - 4n, max: 2n ** 53n + 4n }).map(String),
    ),
    fc.oneof(
      fc.constant(''),
      digits({ minLength: 1, maxLength: 24 }).map((fraction) => `.${fraction}`),
    ),
    fc.oneof(
      fc.constant(''),
      fc
        .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.integer({ min: 0, max: 330 }))
        .map(([e, sign, size]) => e + sign + size),
    ),
  )
  .map((parts) => parts.join(''));

/** A decimal as an integer times a power of ten, by BigInt: another way than the one under test. */
function decimalOf(text: string): { readonly integer: bigint; readonly power: number } {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return {
    integer: BigInt(`${whole}${fraction}`.replace(/^-0+(?=\d)/, '-').replace(/^-0$/, '0')),
    power: Number(exponent) - fraction.length,
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [decimalOf(one), decimalOf(other)];
  const power = Math.min(a.power, b.power);
  return a.integer * 10n ** BigInt(a.power - power) === b.integer * 10n ** BigInt(b.power - power);
}

/** A fraction in the digits that a double is printed with: the fewest that name it, or the 17 of C's `%.17g`. */
function isPrinted(source: string, number: number): boolean {
  return (
    Number.isFinite(number) && (isSame(source, String(number)) || (!Number.isInteger(number) && isSame(source, number.toPrecision(17))))
  );
}

describe('a number of a JSON text', () => {
  it('keeps its value, as a number or as a string, whatever it is', () => {
    fc.assert(
      fc.property(number, (source) => {
        const { value } = parseExactJson(`{"value": ${source} }`) as { value: number | string };
        const isKept = typeof value === 'number' ? isPrinted(source, value) : isSame(source, value);
        expect(isKept, `${source} became ${value}`).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is a number where JavaScript keeps it, and an integer up to 2^53 is one always', () => {
    fc.assert(
      fc.property(number, (source) => {
        const { value } = parseExactJson(`{"value":${source}}`) as { value: number | string };
        const isHeld = isPrinted(source, Number(source));
        const isLongInteger = /^-?\d+(\.0*)?$/.test(source) && !Number.isSafeInteger(Number(source));
        expect(typeof value).toBe(isHeld && !isLongInteger ? 'number' : 'string');
      }),
      { numRuns: 3_000 },
    );
  });

  for (const [source, value] of [
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['9.007199254740993E15', '9007199254740993'],
    ['12345678901234567890.50', '12345678901234567890.50'],
    ['4503599627370497.5', '4503599627370497.5'],
    ['0.1', 0.1],
    ['0.10000000000000001', 0.1],
    ['19.989999999999998', 19.99],
    ['0.100000000000000011', '0.100000000000000011'],
    ['1E3', 1000],
    ['1.0', 1],
    ['-0', -0],
    ['0e999', 0],
    ['1e21', 1e21],
    ['1e400', '1e400'],
    ['1e999999999', '1e999999999'],
  ] as const) {
    it(`${source} becomes ${typeof value === 'string' ? `"${value}"` : value}`, () => {
      expect(parseExactJson(`[${source}]`)).toEqual([value]);
      expect(parseExactJson(source)).toBe(value);
    });
  }

  it('stands apart from a text of the same characters', () => {
    const text = '{"9007199254740993":"9007199254740993","n":9007199254740993,"t":"is 9007199254740993, or 1e400"}';
    expect(Object.entries(parseExactJson(text) as object)).toEqual([
      ['9007199254740993', '9007199254740993'],
      ['n', '9007199254740993'],
      ['t', 'is 9007199254740993, or 1e400'],
    ]);
  });
});

it('parses any JSON as JSON.parse does, but for long numbers', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // The long number takes the text to the slow way.
      const text = `{"long":9007199254740993,"value":${JSON.stringify(value)}}`;
      const { value: parsed } = parseJsonWithLongNumbers(text) as { value: unknown };
      const plain = JSON.parse(JSON.stringify(value));
      expect(withNearest(parsed)).toEqual(plain);
    }),
  );
});

function withNearest(value: unknown): unknown {
  if (value instanceof LongNumber) return value.nearest;
  if (Array.isArray(value)) return value.map(withNearest);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withNearest(inner)]));
}

it('looks closer only where a long number may stand', () => {
  for (const text of [
    '{"id":"9007199254740993"}',
    '{"at":"2026-01-31T12:00:00.123Z"}',
    '{"id":123456789012345}',
    '{"id":"7f1c3e45-12ab-4e56-9e12-aa0000000001"}',
  ]) {
    expect(mayHoldLongNumber(text), text).toBe(false);
  }
});

it('takes linear time on long rows of digits', () => {
  // Of the processor: the clock would count others' work.
  const time = () => process.threadCpuUsage().user / 1_000;
  const begun = time();
  mayHoldLongNumber(`"${'1'.repeat(2_000_000)}"`);
  parseExactJson(`[0.${'0'.repeat(1_000_000)}1,1${'0'.repeat(1_000_000)},1e99999999999]`);
  // Quadratic time would be hours.
  expect(time() - begun).toBeLessThan(10_000);
});

it('refuses what is no JSON', () => {
  expect(() => parseExactJson('{"id":9007199254740993')).toThrow(SyntaxError);
});

it('reads a long number among any number of levels', () => {
  const levels = 1e5;
  let value = parseJsonWithLongNumbers(`${'['.repeat(levels)}9007199254740993${']'.repeat(levels)}`);
  while (Array.isArray(value)) value = value[0];
  expect(value).toEqual(new LongNumber('9007199254740993', 9007199254740992));
});

it('takes a text for JSON exactly when JSON.parse does, whatever long numbers are in it', () => {
  const piece = fc.constantFrom(
    ...['{', '}', '[', ']', ',', ':', ' ', '\n', '"', '\\', '"a"', '"\\""', 'true', 'e', '-', '+', '.', '0', '1'],
    ...['9007199254740993', '-9007199254740993.50', '01234567890123456789', '1e400', '1-2345678901234567890', '12345678901234567890.'],
  );
  const isJson = (parse: (text: string) => unknown, text: string) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const valid = fc.json();
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc
      .tuple(valid, fc.nat(), piece)
      .map(([json, at, added]) => json.slice(0, at % (json.length + 1)) + added + json.slice(at % (json.length + 1))),
  );
  fc.assert(
    fc.property(text, (each) => {
      expect([each, isJson(parseExactJson, each)]).toEqual([each, isJson(JSON.parse, each)]);
    }),
    { numRuns: 20_000 },
  );
});
