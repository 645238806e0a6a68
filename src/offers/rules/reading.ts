/** Thrown where a rule reads something that this customer does not have. Made once: a stack trace takes longer than a rule. */
class AbsentValue extends Error {}
export const ABSENT_VALUE = new AbsentValue('the customer does not have this');

/** Thrown where a rule reads what a data source should have answered, and did not. */
export class SourceFailure extends Error {
  /** The name of the data source. */
  readonly source: string;

  constructor(source: string) {
    super(`the data source ${source} failed`);
    this.source = source;
  }
}

/** How the values of one customer are read while rules are evaluated. */
export class Reading {
  /**
   * True: an absent value is thrown as `ABSENT_VALUE`. False, for terms with `has()`: it is undefined, as cel-js wants it; cel-js
   * makes an error with a stack trace of it where the value is needed.
   */
  isStrict = true;
  readonly #failures = new Map<string, SourceFailure>();

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
