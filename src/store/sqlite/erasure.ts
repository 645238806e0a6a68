import type { DatabaseSync } from 'node:sqlite';
import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { ErasureOrder } from '../../model/identity.ts';
import type { IdentityEventLog } from './identity-event-log.ts';
import type { IdentityReads } from './identity-reads.ts';

/** Removes a customer's data, to be called inside a transaction. */
export class Erasure {
  readonly #reads: IdentityReads;
  readonly #log: IdentityEventLog;
  readonly #now: () => number;
  readonly #database: DatabaseSync;
  readonly #owned;
  readonly #lost;
  readonly #formerOwners;
  readonly #suppress;
  readonly #forgetIdentifier;
  readonly #forgetCustomer;
  readonly #forgetInInteractions;
  readonly #emptyCustomer;

  constructor(database: DatabaseSync, reads: IdentityReads, log: IdentityEventLog, now: () => number) {
    this.#database = database;
    this.#reads = reads;
    this.#log = log;
    this.#now = now;
    this.#owned = database.prepare('select id_key from identifier where customer_id = ?');
    this.#lost = database.prepare(
      `select distinct f.id_key from former_owner f join customer c on c.id = f.customer_id
       left join identifier i on i.id_key = f.id_key where c.root_id = ? and i.id_key is null
         and not exists (select 1 from retired_cookie r where r.id_key = f.id_key)`,
    );
    this.#formerOwners = database.prepare(
      'select distinct c.root_id from former_owner f join customer c on c.id = f.customer_id where f.id_key = ?',
    );
    this.#suppress = database.prepare(
      `insert into suppression values (?1, ?2) on conflict do update set erased_at = max(erased_at, excluded.erased_at)`,
    );
    this.#forgetIdentifier = ['identifier', 'former_owner', 'separation'].map((table) =>
      database.prepare(`delete from ${table} where id_key = ?`),
    );
    this.#forgetCustomer = ['attribute', 'interaction', 'identity_event', 'trait_bucket', 'trait_value'].map((table) =>
      database.prepare(`delete from ${table} where customer_id in (select id from customer where root_id = ?)`),
    );
    this.#forgetInInteractions = database.prepare(
      `update interaction set identifier_value = null
       where customer_id in (select id from customer where root_id = ?1) and identifier_type || ':' || identifier_value = ?2`,
    );
    this.#emptyCustomer = database.prepare(
      'update customer set erased_at = ?2, first_seen_at = created_at, last_seen_at = created_at where root_id = ?1',
    );
  }

  erase({ customerId, at, source, actor }: ErasureOrder): void {
    const root = this.#reads.findCustomers([customerId])[0]?.id;
    if (root === undefined) return;
    // What is deleted is overwritten, not only unlinked from its page.
    this.#database.exec('pragma secure_delete = on');
    const keysOf = (rows: readonly Record<string, unknown>[]) => rows.map(({ id_key }) => id_key as string);
    const keys = [...keysOf(this.#owned.all(root)), ...keysOf(this.#lost.all(root)), ...this.#reads.retired.keysOf(root)];
    const others = new Set<CustomerId>(this.#log.customersIn(root));
    for (const key of keys) for (const row of this.#formerOwners.all(key)) others.add(row.root_id as CustomerId);
    others.delete(root);

    for (const id of others) {
      this.#log.scrub(id, new Set(keys));
      for (const key of keys) this.#forgetInInteractions.run(id, key);
    }
    for (const key of keys) {
      this.#suppress.run(this.#reads.hashOf(key), at.getTime());
      for (const forget of this.#forgetIdentifier) forget.run(key);
    }
    this.#reads.retired.erase(keys, (key) => this.#reads.hashOf(key));
    for (const forget of this.#forgetCustomer) forget.run(root);
    this.#emptyCustomer.run(root, at.getTime());
    const told = { source, actor, reason: null, occurredAt: at, evidence: [] };
    this.#log.recordChange({ ...NO_CHANGES, rule: 'ERASE', customerId: root }, told, this.#now());
    this.#database.exec('pragma secure_delete = off');
  }
}
