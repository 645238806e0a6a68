import { yieldWhenLong } from '../batching/event-loop.ts';
import type { StoredInteraction } from '../model/interaction.ts';
import type { OperationBudget } from '../sources/operation-budget.ts';

/** Bytes of an interaction beside its properties, about. */
const INTERACTION_BYTES = 300;

/**
 * Reads of the store for one operation. The same read is made once in it, however many fields and positions ask for it.
 * What is read counts for the operation's budget, and a read begins only in a turn of the event loop that is not long yet:
 * SQLite answers at once, and rows of 16 kB take a few milliseconds a page.
 */
export class BudgetedReads {
  readonly #budget: OperationBudget;
  readonly #sizeOf: (value: unknown) => number;
  readonly #known = new Map<string, Promise<unknown>>();

  /** @param sizeOf bytes of a JSON value, about. */
  constructor(budget: OperationBudget, sizeOf: (value: unknown) => number) {
    this.#budget = budget;
    this.#sizeOf = sizeOf;
  }

  /**
   * @param what is read: the name and all arguments. The same text is the same read.
   * @throws GatewayError when the operation has gone beyond one of its limits.
   */
  once<Value>(what: readonly unknown[], read: () => Promise<Value>): Promise<Value> {
    const key = JSON.stringify(what);
    const known = this.#known.get(key) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    const made = this.#begin(read);
    this.#known.set(key, made);
    return made;
  }

  /** As `once`, of interactions. */
  interactions(what: readonly unknown[], read: () => Promise<readonly StoredInteraction[]>): Promise<readonly StoredInteraction[]> {
    return this.once(what, async () => {
      const found = await read();
      let bytes = 0;
      for (const { properties } of found) bytes += INTERACTION_BYTES + this.#sizeOf(properties);
      this.#budget.countRows(found.length, bytes);
      this.#budget.requireOpen();
      return found;
    });
  }

  /** Counts other rows. @returns the rows. */
  counted<Row>(rows: readonly Row[]): readonly Row[] {
    this.#budget.countRows(rows.length);
    this.#budget.requireOpen();
    return rows;
  }

  /** After a change of what is stored. */
  forget(): void {
    this.#known.clear();
  }

  async #begin<Value>(read: () => Promise<Value>): Promise<Value> {
    const turn = yieldWhenLong();
    if (turn !== undefined) await turn;
    this.#budget.requireOpen();
    return read();
  }
}
