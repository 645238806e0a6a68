import fc from 'fast-check';

/** Bytes with which programs have trouble: ends of texts, encodings, numbers, names of prototypes, separators. */
const TROUBLE: readonly Buffer[] = [
  ...[
    '\0',
    '\r\n',
    '\n',
    ' ',
    '\t',
    '"',
    "'",
    '\\',
    '/',
    ';',
    '=',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '$',
    '&',
    '?',
    '#',
    '@',
    '%',
    '*',
  ],
  ...['%00', '%', '%zz', '%ed%a0%80', '\\u0000', '\\ud800', '\\uDFFF', '\u{1f600}', '\ufeff', '\u2028', '\u202e', 'ı', 'ß', '\ud83d'],
  ...[
    'null',
    'true',
    '-0',
    '1e999',
    '-1',
    '0',
    '9007199254740993',
    '99999999999999999999',
    '1e-400',
    'NaN',
    '2147483648',
    '""',
    '[]',
    '{}',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '__typename',
    '"__proto__":',
    '...',
    '"""',
    '../',
    '<!--',
    "' or 1=1 --",
  ],
]
  .map((text) => Buffer.from(text))
  .concat([Buffer.from([0xff]), Buffer.from([0xc0, 0x80]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf4, 0x90, 0x80, 0x80])]);

type Mutation = (bytes: Buffer) => Buffer;

/** A position within bytes, as a share of their length, so that shrinking the bytes keeps it inside. */
const share = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Buffer, share: number) => Math.floor(share * bytes.length);

const mutation = (others: readonly Buffer[]): fc.Arbitrary<Mutation> =>
  fc.oneof(
    fc.tuple(share, fc.constantFrom(...TROUBLE)).map(
      ([share, what]): Mutation =>
        (bytes) => {
          const position = at(bytes, share);
          return Buffer.concat([bytes.subarray(0, position), what, bytes.subarray(position)]);
        },
    ),
    fc.tuple(share, share).map(
      ([from, length]): Mutation =>
        (bytes) => {
          const position = at(bytes, from);
          return Buffer.concat([bytes.subarray(0, position), bytes.subarray(position + Math.ceil(length * 12))]);
        },
    ),
    fc.tuple(share, fc.nat(255)).map(
      ([share, byte]): Mutation =>
        (bytes) => {
          const copy = Buffer.from(bytes);
          if (copy.length > 0) copy[Math.min(at(bytes, share), copy.length - 1)] = byte;
          return copy;
        },
    ),
    share.map(
      (share): Mutation =>
        (bytes) =>
          bytes.subarray(0, at(bytes, share)),
    ),
    fc.tuple(share, share, fc.integer({ min: 1, max: 40 })).map(
      ([from, length, times]): Mutation =>
        (bytes) => {
          const position = at(bytes, from);
          const piece = bytes.subarray(position, position + Math.ceil(length * 30));
          return Buffer.concat([bytes.subarray(0, position), ...Array<Buffer>(times).fill(piece), bytes.subarray(position)]);
        },
    ),
    fc.tuple(share, share, fc.nat(others.length - 1)).map(
      ([head, tail, index]): Mutation =>
        (bytes) => {
          const other = others[index] as Buffer;
          return Buffer.concat([bytes.subarray(0, at(bytes, head)), other.subarray(at(other, tail))]);
        },
    ),
  );

/** An entry with up to four changes: bytes inserted, removed, replaced, cut off, repeated, or joined with another entry's. */
export function mutated(entries: readonly Buffer[]): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.constantFrom(...entries), fc.array(mutation(entries), { maxLength: 4 }))
    .map(([entry, mutations]) => mutations.reduce<Buffer>((bytes, change) => change(bytes), entry));
}

/**
 * The number of runs: fixed, so that all tests of this folder take less than a minute. `NUM_RUNS` in the environment multiplies
 * it. The seed is random; fast-check prints it with a counterexample.
 */
export function budget(runs: number): { readonly numRuns: number } {
  return { numRuns: Math.ceil(runs * Number(process.env.NUM_RUNS ?? 1)) };
}
