import { yieldWhenLong } from '../batching/event-loop.ts';
import type { StoredInteraction } from '../model/interaction.ts';
import type { OperationBudget } from '../sources/operation-budget.ts';

/** Bytes of an interaction beside its properties, about. */
const INTERACTION_BYTES = 300;

interface FoundRows<Row> {
  readonly rows: readonly Row[];
  readonly bytes: number;
}

/**
 * Reads of the store by their arguments, each made once. A read begins only in a turn of the event loop that is not long yet:
 * SQLite answers at once, and rows of 16 kB take a few milliseconds a page.
 */
export class SharedReads {
  readonly #known = new Map<string, Promise<unknown>>();

  /** @param key what is read: the name and all arguments. The same text is the same read. */
  once<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    const made = begin(read);
    this.#known.set(key, made);
    return made;
  }

  /** After a change of what is stored. */
  forget(): void {
    this.#known.clear();
  }
}

async function begin<Value>(read: () => Promise<Value>): Promise<Value> {
  const turn = yieldWhenLong();
  if (turn !== undefined) await turn;
  return read();
}

/**
 * Reads of the store for one operation. The same read is made once in it, however many fields and positions ask for it, and
 * counts once for the operation's budget. Operations that answer the same event may share what they read: the store is asked
 * once, and what it answers counts for each of them.
 */
export class BudgetedReads {
  readonly #budget: OperationBudget;
  readonly #sizeOf: (value: unknown) => number;
  readonly #shared: SharedReads;
  readonly #known = new Map<string, Promise<unknown>>();

  /** @param sizeOf bytes of a JSON value, about. */
  constructor(budget: OperationBudget, sizeOf: (value: unknown) => number, shared = new SharedReads()) {
    this.#budget = budget;
    this.#sizeOf = sizeOf;
    this.#shared = shared;
  }

  /**
   * Makes something of reads, once.
   * @param what is made: the name and all arguments. The same text is the same.
   * @throws GatewayError when the operation has gone beyond one of its limits.
   */
  once<Value>(what: readonly unknown[], make: () => Promise<Value>): Promise<Value> {
    return this.#once(JSON.stringify(what), make);
  }

  /** Reads interactions, as `rows`. Their bytes count as well. */
  interactions(what: readonly unknown[], read: () => Promise<readonly StoredInteraction[]>): Promise<readonly StoredInteraction[]> {
    const bytesOf = ({ properties }: StoredInteraction) => INTERACTION_BYTES + this.#sizeOf(properties);
    return this.rows(what, read, bytesOf);
  }

  /**
   * Reads rows of the store.
   * @param what is read: the name and all arguments. The same text is the same read.
   * @throws GatewayError when the operation has gone beyond one of its limits.
   */
  rows<Row>(
    what: readonly unknown[],
    read: () => Promise<readonly Row[]>,
    bytesOf: (row: Row) => number = noBytes,
  ): Promise<readonly Row[]> {
    const key = JSON.stringify(what);
    return this.#once(key, async () => {
      this.#budget.requireOpen();
      const { rows, bytes } = await this.#shared.once(key, async (): Promise<FoundRows<Row>> => {
        const found = await read();
        return { rows: found, bytes: found.reduce((sum, row) => sum + bytesOf(row), 0) };
      });
      this.#budget.countRows(rows.length, bytes);
      this.#budget.requireOpen();
      return rows;
    });
  }

  /** After a change of what is stored. */
  forget(): void {
    this.#known.clear();
    this.#shared.forget();
  }

  #once<Value>(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key) as Promise<Value> | undefined;
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }
}

function noBytes(): number {
  return 0;
}
