/** Thrown where a rule reads something that this customer does not have. Made once: a stack trace takes longer than a rule. */
class AbsentValue extends Error {}
export const ABSENT_VALUE = new AbsentValue('the customer does not have this');

/** Thrown where a rule reads something that its data source failed to answer. */
export class SourceFailure extends Error {
  /** The name of the data source, or of the field. */
  readonly source: string;
  /** True where this viewer may not see the field. */
  readonly isRefused: boolean;

  constructor(source: string, isRefused: boolean) {
    super(isRefused ? `this viewer may not see the field ${source}` : `the data source ${source} failed`);
    this.source = source;
    this.isRefused = isRefused;
  }
}

/**
 * Items of lists that one term may read again. A loop within a loop reads its list for each item of the outer one, and customers set
 * their own attributes: two lists of 4,096 characters each make 4 million steps, which take a second and a half. This many take
 * about 20 milliseconds.
 */
const MAX_READ_AGAIN = 50_000;

/** Thrown where a term would take too long with this customer's lists. */
class TooMuchRead extends Error {}
const TOO_MUCH_READ = new TooMuchRead(`expected at most ${MAX_READ_AGAIN} items that are read again`);

interface ReadList {
  /** How many values are in it, however deep. An object of JSON counts as a list of its values. */
  readonly size: number;
  /** The number of the evaluation that read it last. */
  evaluation: number;
}

/** What reads of one customer's values share while rules are evaluated: how absence is reported, and failures of sources. */
export class Reading {
  /**
   * True: reading an absent value throws `ABSENT_VALUE`. False, for terms with `has()`: it gives undefined, which cel-js expects
   * there. cel-js then throws an error of its own, with a slow stack trace, where the value is needed.
   */
  isStrict = true;
  readonly #failures = new Map<string, SourceFailure>();
  readonly #lists = new WeakMap<object, ReadList>();
  #evaluation = 0;
  #readAgain = 0;

  /** To be called before a term is evaluated. One that asks for an audience may read once more what was read before. */
  begin(isStrict: boolean): void {
    this.isStrict = isStrict;
    this.#evaluation++;
    this.#readAgain = 0;
  }

  /**
   * To be called with each value that is read. The first time within a term is free, so a rule may look at all items of all lists.
   * @throws TooMuchRead for a term that reads lists again and again.
   */
  counted<Value>(value: Value): Value {
    if (!isOfJson(value)) return value;
    const known = this.#lists.get(value);
    if (known === undefined) this.#lists.set(value, { size: sizeOf(value), evaluation: this.#evaluation });
    else if (known.evaluation !== this.#evaluation) known.evaluation = this.#evaluation;
    else {
      this.#readAgain += known.size;
      if (this.#readAgain > MAX_READ_AGAIN) throw TOO_MUCH_READ;
    }
    return value;
  }

  absent(): undefined {
    if (this.isStrict) throw ABSENT_VALUE;
    return undefined;
  }

  failure(source: string, isRefused = false): SourceFailure {
    const key = isRefused ? `customer.${source}` : source;
    const known = this.#failures.get(key);
    if (known !== undefined) return known;
    const failure = new SourceFailure(source, isRefused);
    this.#failures.set(key, failure);
    return failure;
  }
}

/** A list, or an object without a class. What has a class, such as a record of a type of the schema, is read part by part. */
function isOfJson(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function sizeOf(value: object): number {
  let size = 1;
  for (const part of Object.values(value)) size += isOfJson(part) ? sizeOf(part) : 1;
  return size;
}
