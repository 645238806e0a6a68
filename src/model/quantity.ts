import { z } from 'zod';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|y)$/;
const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, y: 31_536_000_000 } as const;
const SIZE = /^(\d+(?:\.\d+)?)(B|KB|MB|GB)$/;
const BYTES = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

/** A length of time with its unit in the value: `'500ms'`, `'2s'`, `'5m'`, `'1h'`, `'30d'`, `'1y'` (365 days). */
export type Duration = `${number}${keyof typeof MILLISECONDS}`;

/** An amount of data with its unit in the value, in steps of 1,024: `'512KB'`, `'10MB'`. */
export type ByteSize = `${number}${keyof typeof BYTES}`;

/** @returns whole milliseconds: 1.1 times an hour is 3960000.0000000005, and stores keep integers. @throws TypeError that names the expected form. */
export function parseDuration(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  if (amount === undefined) throw new TypeError(`expected a duration such as '500ms', '30s' or '5m', received ${JSON.stringify(text)}`);
  return Math.round(Number(amount) * MILLISECONDS[unit as keyof typeof MILLISECONDS]);
}

/** The number and unit of a length of time, in the largest of `d`, `h`, `m`, `s` and `ms` that divides it: `[7, 'd']`. */
export function inLargestUnit(milliseconds: number): readonly [amount: number, unit: 'd' | 'h' | 'm' | 's' | 'ms'] {
  const unit = (['d', 'h', 'm', 's'] as const).find((each) => milliseconds % MILLISECONDS[each] === 0) ?? 'ms';
  return [milliseconds / MILLISECONDS[unit], unit];
}

/** @returns bytes. @throws TypeError that names the expected form. */
export function parseByteSize(text: string): number {
  const [, amount, unit] = SIZE.exec(text) ?? [];
  if (amount === undefined) throw new TypeError(`expected a size such as '512KB' or '10MB', received ${JSON.stringify(text)}`);
  return Number(amount) * BYTES[unit as keyof typeof BYTES];
}

/**
 * The Zod schema of an option with a unit in its text. Its output is the number that `parse` returns: milliseconds or bytes.
 * @param expected the message: `expected a duration such as '90d'`.
 * @param isAccepted returns false for an amount that the option cannot have.
 */
export function quantity<Text extends Duration | ByteSize>(
  parse: (text: string) => number,
  expected: string,
  isAccepted: (amount: number) => boolean = () => true,
) {
  const amountIn = (value: unknown) => {
    try {
      return typeof value === 'string' ? parse(value) : Number.NaN;
    } catch {
      return Number.NaN;
    }
  };
  return z
    .custom<Text>((value) => {
      const amount = amountIn(value);
      return !Number.isNaN(amount) && isAccepted(amount);
    }, expected)
    .transform(parse);
}
