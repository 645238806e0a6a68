import type { DatabaseSync } from 'node:sqlite';
import type { Identifier } from '../../model/identifier.ts';
import { erasedInteractionHash } from '../keyed-hashes.ts';

/** How long an erased interaction is recognised, in milliseconds: 400 days, as long as an identity event (identity-event-log.ts). */
const REMEMBERED_MS = 400 * 24 * 60 * 60 * 1_000;
/** How many are forgotten at most with one call, so that old ones go in small parts. */
const FORGOTTEN_AT_ONCE = 100;

/**
 * Recognises interactions that an erasure deleted, also when they are sent again without their time or with a newer one:
 * they are the erased customer's. Until the row is deleted, it tells itself; afterwards a keyed hash does. Writes are to be called
 * inside a transaction.
 */
export class ErasedInteractions {
  readonly #key: string;
  readonly #state;
  readonly #find;
  readonly #pending;
  readonly #insert;
  readonly #forget;
  #isAnyDeleted = false;
  #isAnyPending = false;

  /** @param key the store's secret. */
  constructor(database: DatabaseSync, key: string) {
    this.#key = key;
    this.#state = database.prepare(
      `select exists (select 1 from erased_interaction) as deleted, exists (select 1 from purge where id_key is null) as pending`,
    );
    this.#find = database.prepare('select 1 from erased_interaction where interaction_key = ?');
    // Customers who are being deleted are few, and rows of one id may be many: a cross join probes by customer.
    this.#pending = database.prepare(
      `select 1 from purge p cross join interaction i on i.id = ?1 and i.customer_id = p.customer_id
       where p.id_key is null and i.identifier_type = ?2 and i.identifier_value = ?3 limit 1`,
    );
    this.#insert = database.prepare('insert or ignore into erased_interaction values (?, ?)');
    this.#forget = database.prepare(
      `delete from erased_interaction where interaction_key in
         (select interaction_key from erased_interaction where deleted_at < ? order by deleted_at limit ${FORGOTTEN_AT_ONCE})`,
    );
  }

  /** To be called at the beginning of each transaction's look-ups: while nothing is erased, `has` costs no statement. @param now milliseconds. */
  refresh(now: number): void {
    const { deleted, pending } = this.#state.get() as { deleted: number; pending: number };
    this.#isAnyDeleted = deleted === 1;
    this.#isAnyPending = pending === 1;
    if (this.#isAnyDeleted) this.#forget.run(now - REMEMBERED_MS);
  }

  /** @param deciding the identifier that says whose the interaction is. */
  has(id: string, deciding: Identifier): boolean {
    if (this.#isAnyDeleted && this.#find.get(erasedInteractionHash(this.#key, id, deciding)) !== undefined) return true;
    return this.#isAnyPending && this.#pending.get(id, deciding.type, deciding.value) !== undefined;
  }

  /** @param deciding the identifier by which it was stored. @param now milliseconds. */
  add(id: string, deciding: Identifier, now: number): void {
    this.#insert.run(erasedInteractionHash(this.#key, id, deciding), now);
  }
}
