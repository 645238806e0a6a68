import type { DatabaseSync } from 'node:sqlite';
import { LIMIT } from './read-bounds.ts';

/** One row of `identity_event`. */
export interface EventRowKey {
  readonly customer_id: string;
  /** Milliseconds. */
  readonly recorded_at: number;
  readonly event_id: string;
}

/** The index of identity events by the identifiers that they name. Writes are to be called inside a transaction. */
export class IdentityMentions {
  readonly #of;
  readonly #delete;

  constructor(database: DatabaseSync) {
    this.#of = database.prepare(
      `select customer_id, recorded_at, event_id from identity_mention where id_key = ? and customer_id = ? ${LIMIT}`,
    );
    this.#delete = database.prepare(
      'delete from identity_mention where id_key = ? and customer_id = ? and recorded_at = ? and event_id = ?',
    );
  }

  /** Rows of events in a customer's history that name an identifier, at most `limit`. */
  of(key: string, customerId: string, limit: number): EventRowKey[] {
    return this.#of.all(key, customerId, limit) as unknown as EventRowKey[];
  }

  forget(key: string, { customer_id, recorded_at, event_id }: EventRowKey): void {
    this.#delete.run(key, customer_id, recorded_at, event_id);
  }
}
