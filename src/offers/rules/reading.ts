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

/** What reads of one customer's values share while rules are evaluated: how absence is reported, and failures of sources. */
export class Reading {
  /**
   * True: reading an absent value throws `ABSENT_VALUE`. False, for terms with `has()`: it gives undefined, which cel-js expects
   * there. cel-js then throws an error of its own, with a slow stack trace, where the value is needed.
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
