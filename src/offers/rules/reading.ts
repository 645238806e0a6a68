/** Thrown where a rule reads something that this customer does not have. Made once: a stack trace takes longer than a rule. */
class AbsentValue extends Error {}
export const ABSENT_VALUE = new AbsentValue('the customer does not have this');

/** Thrown where a rule reads something that its data source failed to answer. */
export class SourceFailure extends Error {
  /** The name of the data source. */
  readonly source: string;

  constructor(source: string) {
    super(`the data source ${source} failed`);
    this.source = source;
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
  /** How many values are in it, however deep. */
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
  #evaluations = 0;
  #evaluation = 0;
  #readAgain = 0;

  /**
   * Evaluates one term, which may evaluate others.
   * @param isStrict see there.
   */
  evaluate<Context>(run: (context: Context) => unknown, context: Context, isStrict: boolean): unknown {
    const outer = { isStrict: this.isStrict, evaluation: this.#evaluation, readAgain: this.#readAgain };
    this.isStrict = isStrict;
    this.#evaluation = ++this.#evaluations;
    this.#readAgain = 0;
    try {
      return run(context);
    } finally {
      this.isStrict = outer.isStrict;
      this.#evaluation = outer.evaluation;
      this.#readAgain = outer.readAgain;
    }
  }

  /**
   * To be called with each value that is read. The first time within a term is free, so a rule may look at all items of all lists.
   * @throws TooMuchRead for a term that reads lists again and again.
   */
  counted<Value>(value: Value): Value {
    if (typeof value !== 'object' || value === null) return value;
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

  failure(source: string): SourceFailure {
    const known = this.#failures.get(source);
    if (known !== undefined) return known;
    const failure = new SourceFailure(source);
    this.#failures.set(source, failure);
    return failure;
  }
}

/** How many values are in a list or an object of JSON. What has a class is one: its own values are read one by one. */
function sizeOf(value: object): number {
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
  let size = 1;
  if (isPlain) for (const part of Object.values(value)) size += typeof part === 'object' && part !== null ? sizeOf(part) : 1;
  return size;
}
