import type { Identifier } from './identifier.ts';
import { maskIdentifier } from './mask-identifier.ts';
import { MaskedPhones } from './masked-phones.ts';

/** A shorter value may be a count or a size that is the same by chance. */
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
  readonly #phones: MaskedPhones;
  readonly #inside: RegExp | null;
  /** For each group of `#inside`, the text that replaces what it found. */
  readonly #masks: readonly string[];

  readonly #before: MaskedTexts | null;
  /** Then nothing is copied: all viewers but agents who must confirm read journeys by here. */
  readonly #isNothing: boolean;

  /** @param before what is masked as well. */
  constructor(identifiers: readonly Identifier[], before: MaskedTexts | null = null) {
    this.#before = before;
    const values = [...new Set(identifiers.map(({ value }) => value))].filter((value) => value.length >= LEAST_EQUAL);
    this.#isNothing = values.length === 0 && before === null;
    this.#whole = new Map(values.map((value) => [value.toLowerCase(), maskIdentifier(value)]));
    this.#phones = new MaskedPhones(values);
    // Longest first, so that of two values that begin alike the whole one is found.
    const inside = values.filter((value) => value.length >= LEAST_INSIDE).sort((a, b) => b.length - a.length);
    this.#inside = inside.length === 0 ? null : new RegExp(inside.map((value) => `(${patternOf(value)})`).join('|'), 'giu');
    this.#masks = inside.map(maskIdentifier);
  }

  /**
   * The same value with masked texts. Objects that are not plain are left as they are.
   * @param copies of the objects around it, since an owner's value may contain itself.
   */
  mask(value: unknown, copies: Map<object, object> = new Map()): unknown {
    if (this.#isNothing) return value;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#number(value);
    const isList = Array.isArray(value);
    if (!isList && !isPlain(value)) return value;
    const known = copies.get(value);
    if (known !== undefined) return known;
    const copy: Record<string, unknown> | unknown[] = isList ? [] : {};
    copies.set(value, copy);
    if (isList) for (const item of value) (copy as unknown[]).push(this.mask(item, copies));
    else
      for (const [name, inner] of Object.entries(value))
        Object.defineProperty(copy, this.text(name), {
          value: this.mask(inner, copies),
          enumerable: true,
          writable: true,
          configurable: true,
        });
    return copy;
  }

  /** True when nothing more is masked where this value is masked as well. */
  covers({ value }: Identifier): boolean {
    return value.length < LEAST_EQUAL || this.#whole.has(value.toLowerCase()) || this.#before?.covers({ type: '', value }) === true;
  }

  #number(value: number): unknown {
    const text = String(value);
    return this.#whole.get(text) ?? this.#phones.number(text) ?? this.#before?.mask(value) ?? value;
  }

  text(given: string): string {
    const text = this.#before?.text(given) ?? given;
    const whole = this.#whole.get(text.toLowerCase());
    if (whole !== undefined) return whole;
    const masked =
      this.#inside === null
        ? text
        : text.replace(this.#inside, (_, ...groups) => this.#masks[groups.findIndex((found) => found !== undefined)] as string);
    return this.#phones.text(masked);
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
  // The encoded form first: of a percent sign, the other one is a part of it.
  return encoded === character ? literal : `(?:${RegExp.escape(encoded)}|${literal})`;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
