import { maskIdentifier } from './mask-identifier.ts';

/** A number as identifiers have it (E.164). Shorter ones are no telephone's. */
const PHONE = /^\+\d{8,15}$/;
/** Digits of a number with its country code, at most. */
const MOST_DIGITS = 15;
/** By so many last digits a number is recognised that is written without its country code: `020 7946 0958`. */
const LAST_DIGITS = 7;
/** Digits with what people and addresses of pages write between them. */
const RUN = /[+(]{0,2}\d(?:[\d\s()./+-]|%20){6,}/g;

/**
 * Finds phone numbers in texts by their last digits, and masks them. In the time of one look at each character, however many numbers
 * and digits there are: a pattern for each number would take minutes for texts full of digits.
 */
export class MaskedPhones {
  /** By the last digits: the value of the identifier. */
  readonly #values: ReadonlyMap<string, string>;

  /** @param values of identifiers; those that are no phone numbers are left out. */
  constructor(values: readonly string[]) {
    this.#values = new Map(values.filter((value) => PHONE.test(value)).map((value) => [value.slice(-LAST_DIGITS), value]));
  }

  text(text: string): string {
    return this.#values.size === 0 ? text : text.replace(RUN, (run) => this.#run(run));
  }

  /** @returns the mask of a number that was sent as one; undefined for any other. */
  number(digits: string): string | undefined {
    const value = digits.length <= MOST_DIGITS && /^\d{7,}$/.test(digits) ? this.#values.get(digits.slice(-LAST_DIGITS)) : undefined;
    return value && maskIdentifier(value);
  }

  #run(run: string): string {
    let masked = '';
    /** From where on nothing is written yet. */
    let from = 0;
    /** Where the digits since then are. */
    let digits: number[] = [];
    for (let at = 0; at < run.length; at++) {
      if (run.startsWith('%20', at)) at += 2;
      else if (isDigit(run[at])) digits.push(at);
      else continue;
      if (digits.length > MOST_DIGITS) digits.shift();
      if (isDigit(run[at + 1]) || digits.length < LAST_DIGITS) continue;
      const written = digits.map((index) => run[index]).join('');
      const value = this.#values.get(written.slice(-LAST_DIGITS));
      if (value === undefined) continue;
      const start = digits.at(-lengthOf(value, written)) as number;
      masked += run.slice(from, start).replace(/[+(]+$/, '') + maskIdentifier(value);
      from = at + 1;
      digits = [];
    }
    return masked + run.slice(from);
  }
}

/** How many of the last written digits are of the number: those that are equal, and a zero or two in place of the country code. */
function lengthOf(value: string, written: string): number {
  let length = LAST_DIGITS;
  while (length < written.length && written.at(-length - 1) === value.at(-length - 1)) length++;
  for (let zeros = 0; zeros < 2 && length < written.length && written.at(-length - 1) === '0'; zeros++) length++;
  return length;
}

const isDigit = (character: string | undefined): boolean => character !== undefined && character >= '0' && character <= '9';
