import type { CustomerId } from '../../../model/customer.ts';
import { type Connection, prepared } from '../statement.ts';

const PENDING = prepared(`select customer_id, id_key from purge where customer_id = any($1) and id_key <> ''`);

/**
 * Identifiers that were erased and whose values are still in the data of others. Reads answer them as erased, so what is
 * answered does not depend on how far the purge is.
 */
export class PendingErasures {
  readonly #keys = new Map<CustomerId, Set<string>>();

  /**
   * Reads those in what lies under some ids. To be called before the read of the data itself, in the same turn of the event loop:
   * an erasure that was decided before either is pending here, or is done in the data.
   */
  async load(connection: Connection, ids: readonly CustomerId[]): Promise<void> {
    const { rows } = await connection.run({ prepared: PENDING, values: [ids] });
    for (const { customer_id, id_key } of rows as unknown as readonly { customer_id: CustomerId; id_key: string }[]) {
      const keys = this.#keys.get(customer_id);
      if (keys === undefined) this.#keys.set(customer_id, new Set([id_key]));
      else keys.add(id_key);
    }
  }

  /** The keys of identifiers that are erased in what lies under this id; undefined for none. */
  under(id: CustomerId): ReadonlySet<string> | undefined {
    return this.#keys.get(id);
  }
}
