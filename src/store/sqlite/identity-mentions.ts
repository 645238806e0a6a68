import type { DatabaseSync } from 'node:sqlite';
import { mentionedIn } from '../kept-changes.ts';

/** One row of `identity_event`. */
export interface EventRowKey {
  readonly customer_id: string;
  /** Milliseconds. */
  readonly recorded_at: number;
  readonly event_id: string;
}

/** The index of identity events by the identifiers that they name. Writes are to be called inside a transaction. */
export class IdentityMentions {
  readonly #insert;
  readonly #of;
  readonly #delete;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'insert or ignore into identity_mention (id_key, customer_id, recorded_at, event_id) values (?, ?, ?, ?)',
    );
    this.#of = database.prepare(
      'select customer_id, recorded_at, event_id from identity_mention where id_key = ? and customer_id = ? limit ?',
    );
    this.#delete = database.prepare(
      'delete from identity_mention where id_key = ? and customer_id = ? and recorded_at = ? and event_id = ?',
    );
  }

  /** @param changes the event's, as JSON. */
  record({ customer_id, recorded_at, event_id }: EventRowKey, changes: string): void {
    for (const key of mentionedIn(changes)) this.#insert.run(key, customer_id, recorded_at, event_id);
  }

  /** Rows of events in a customer's history that name an identifier, at most `limit`. */
  of(key: string, customerId: string, limit: number): EventRowKey[] {
    return this.#of.all(key, customerId, limit) as unknown as EventRowKey[];
  }

  forget(key: string, { customer_id, recorded_at, event_id }: EventRowKey): void {
    this.#delete.run(key, customer_id, recorded_at, event_id);
  }
}
