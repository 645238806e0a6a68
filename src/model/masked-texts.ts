import type { Identifier } from './identifier.ts';
import { maskIdentifier } from './mask-identifier.ts';

/** A shorter value can't be told from a count or a size that is the same by chance. */
const LEAST_EQUAL = 4;
/** A shorter value is not looked for inside of longer texts: a year stands in every time. */
const LEAST_INSIDE = 6;
/** What people write between the digits of a phone number. */
const BETWEEN_DIGITS = '[\\s()./-]*';

/**
 * Finds the values of a customer's identifiers in data that the customer or a page wrote, such as an address of a page or the
 * properties of an interaction, and masks them there.
 */
export class MaskedTexts {
  readonly #whole: ReadonlyMap<string, string>;
  readonly #inside: RegExp | null;

  constructor(identifiers: readonly Identifier[]) {
    const values = [...new Set(identifiers.map(({ value }) => value))].filter((value) => value.length >= LEAST_EQUAL);
    this.#whole = new Map(values.map((value) => [value.toLowerCase(), maskIdentifier(value)]));
    // Longest first, so that of two values that begin alike the whole one is found.
    const inside = values.filter((value) => value.length >= LEAST_INSIDE).sort((a, b) => b.length - a.length);
    this.#inside = inside.length === 0 ? null : new RegExp(inside.map(patternOf).join('|'), 'giu');
  }

  /** The same JSON value with masked texts. Objects that are not plain are left as they are. */
  mask(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#whole.get(String(value)) ?? value;
    if (Array.isArray(value)) return value.map((item) => this.mask(item));
    if (!isPlain(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [this.text(name), this.mask(inner)]));
  }

  text(text: string): string {
    const whole = this.#whole.get(text.toLowerCase());
    if (whole !== undefined) return whole;
    return this.#inside === null ? text : text.replace(this.#inside, (found) => maskIdentifier(found));
  }
}

/** A value as it may be written in a text: also percent-encoded, and a phone number with spaces. */
function patternOf(value: string): string {
  const isPhone = /^\+\d+$/.test(value);
  return Array.from(value, patternOfCharacter).join(isPhone ? BETWEEN_DIGITS : '');
}

function patternOfCharacter(character: string): string {
  const literal = RegExp.escape(character);
  const encoded = encodeURIComponent(character.toWellFormed());
  return encoded === character ? literal : `(?:${literal}|${RegExp.escape(encoded)})`;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
