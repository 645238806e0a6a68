import type { DatabaseSync } from 'node:sqlite';

/** A column of a read's first statement: 1 while an erased value is still in the data of others. Costs no statement of its own. */
export const ANY_PENDING = '(select 1 from purge where id_key is not null limit 1) as any_pending';

/**
 * Identifiers that were erased and whose values are still in the data of others. Reads answer them as erased, so what is
 * answered does not depend on how far the purge is.
 */
export class PendingErasures {
  readonly #one;

  constructor(database: DatabaseSync) {
    this.#one = database.prepare('select 1 from purge where id_key = ? and customer_id = ? limit 1');
  }

  /** @param key an identifier's, in what lies under `customerId`. */
  has(key: string, customerId: string): boolean {
    return this.#one.get(key, customerId) !== undefined;
  }
}
