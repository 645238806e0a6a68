import type { DatabaseSync } from 'node:sqlite';

/**
 * Identifiers that were erased and whose values are still in the data of others. Reads answer them as erased, so what is
 * answered does not depend on how far the purge is.
 */
export class PendingErasures {
  readonly #any;
  readonly #one;

  constructor(database: DatabaseSync) {
    this.#any = database.prepare('select 1 from purge where id_key is not null limit 1');
    this.#one = database.prepare('select 1 from purge where id_key = ? and customer_id = ? limit 1');
  }

  /** @returns a test of an identifier's key in what lies under a customer's id; null when nothing is pending, as usual. */
  find(): ((key: string, customerId: string) => boolean) | null {
    if (this.#any.get() === undefined) return null;
    return (key, customerId) => this.#one.get(key, customerId) !== undefined;
  }
}
