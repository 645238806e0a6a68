import { createHmac } from 'node:crypto';
import type { CustomerId } from '../../model/customer.ts';
import { type Connection, prepared, type Statement } from './statement.ts';

const LOCK_CUSTOMER = prepared('select id from customer where id = $1 for update');
// Rows are locked in the order of the sort. A cluster takes no such statement over several shards.
const LOCK_CUSTOMERS = prepared('select id from customer where id = any($1) order by id for update');
const LOCK_NAMES = prepared('insert into mutex (name) select unnest($1::text[]) on conflict do nothing');
const UNLOCK_NAMES = prepared('delete from mutex where name = any($1)');

/**
 * Names of one round are taken in this order. What one round after another asks for comes later here: a process that finds its lease
 * of a cap used up locks the cap as well, while others already have both in mind.
 */
const KINDS = ['identifier', 'customer', 'lease', 'evidence', 'cap'] as const;

/** Deadlocks that a transaction was ended by before it takes turns with others that were ended as often. */
const DEADLOCKS_WITHOUT_TURN = 2;
/** The name of the turn in `mutex`, which no keyed hash has. */
const TURN = 'turn';

/**
 * The locks of one transaction. A row of `customer` is the lock of all that is kept of that customer. What has no such row, an
 * identifier that nobody owns above all, has a name in `mutex`.
 *
 * What a plan needs is known only after it has read, so locks are taken in rounds. Within a round they are taken in one order. Two
 * transactions may still wait for each other over several rounds: PostgreSQL ends one of them (40P01), and its repetition begins
 * with all the locks that it came to need (`before`). Where many change the same customers, the repetition may find that it needs
 * others by now, and be ended again. So those that were ended several times run one after the other: each waits for its turn before
 * it takes its first lock.
 */
export class Locks {
  readonly #secret: string;
  readonly #isCluster: boolean;
  readonly #customers = new Set<string>();
  readonly #names = new Set<string>();
  #newCustomers = new Set<string>();
  #newNames = new Set<string>();
  /** How many attempts before this one were ended because of a deadlock. */
  readonly #deadlocks: number;

  /**
   * @param secret the store's own. @param before the locks of an attempt that failed, and whether it was ended because of a deadlock.
   * @param isCluster false where customers may be locked by one statement for all of them; otherwise each has its own.
   */
  constructor(secret: string, before: { readonly locks: Locks; readonly wasDeadlock: boolean } | null = null, isCluster = true) {
    this.#secret = secret;
    this.#isCluster = isCluster;
    this.#deadlocks = before === null ? 0 : before.locks.#deadlocks + Number(before.wasDeadlock);
    if (before === null) return;
    const { locks } = before;
    this.#newCustomers = new Set([...locks.#customers, ...locks.#newCustomers]);
    this.#newNames = new Set([...locks.#names, ...locks.#newNames]);
    // It is waited for before all others, not in their order.
    this.#newNames.delete(TURN);
  }

  /** The customer's row is wanted. An id without a row is locked by `name`. */
  customer(id: CustomerId): void {
    if (!this.#customers.has(id)) this.#newCustomers.add(id);
  }

  /** Something without a row is wanted. @param kind of what, @param key which; only their keyed hash is stored. */
  name(kind: (typeof KINDS)[number], ...key: readonly (string | number)[]): void {
    const hash = createHmac('sha256', this.#secret)
      .update(JSON.stringify([kind, ...key]))
      .digest('base64url');
    const name = `${KINDS.indexOf(kind)}${hash.slice(0, 22)}`;
    if (!this.#names.has(name)) this.#newNames.add(name);
  }

  /** False when more is wanted than was taken. */
  get isComplete(): boolean {
    return this.#newCustomers.size === 0 && this.#newNames.size === 0;
  }

  /** Takes what is wanted, without waiting for the answers: what is asked for behind it on this connection is read under the locks. */
  take(connection: Connection): Promise<unknown> {
    const customers = [...this.#newCustomers].sort();
    const names = [...this.#newNames].sort();
    const turn = this.#turn();
    for (const id of customers) this.#customers.add(id);
    for (const name of names) this.#names.add(name);
    this.#newCustomers = new Set();
    this.#newNames = new Set();
    return Promise.all([
      ...(turn === null ? [] : [connection.run({ prepared: LOCK_NAMES, values: [[turn]] })]),
      ...this.#lockingCustomers(customers).map((statement) => connection.run(statement)),
      ...(names.length === 0 ? [] : [connection.run({ prepared: LOCK_NAMES, values: [names] })]),
    ]);
  }

  /** @returns the name to be locked before all others; null where none is. */
  #turn(): string | null {
    if (this.#deadlocks < DEADLOCKS_WITHOUT_TURN || this.#names.has(TURN)) return null;
    this.#names.add(TURN);
    return TURN;
  }

  #lockingCustomers(ids: readonly string[]): Statement[] {
    if (this.#isCluster || ids.length < 2) return ids.map((id) => ({ prepared: LOCK_CUSTOMER, values: [id] }));
    return [{ prepared: LOCK_CUSTOMERS, values: [ids] }];
  }

  /** The statement to be run before the end of the transaction; null for none. */
  release(connection: Connection): Promise<unknown> | null {
    return this.#names.size === 0 ? null : connection.run({ prepared: UNLOCK_NAMES, values: [[...this.#names].sort()] });
  }
}
