import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { NO_CHANGES } from '../../identity/no-changes.ts';
import type { ErasureOrder } from '../../model/identity.ts';
import type { FormerOwners } from './former-owners.ts';
import type { IdentityEventLog } from './identity-event-log.ts';
import type { IdentityReads } from './identity-reads.ts';

/**
 * Makes a customer's data unreadable, to be called inside a transaction. It costs what the customer has of ids and
 * identifiers: their data is deleted afterwards, in slices (purge.ts).
 */
export class Erasure {
  readonly #reads: IdentityReads;
  readonly #log: IdentityEventLog;
  readonly #formerOwners: FormerOwners;
  readonly #now: () => number;
  readonly #owned;
  readonly #lost;
  readonly #suppress;
  readonly #forgetIdentifier;
  readonly #purgeCustomer;
  readonly #purgeKey;
  readonly #emptyCustomer;
  readonly #newestEvidence;
  readonly #insertAlias;

  constructor(database: DatabaseSync, reads: IdentityReads, log: IdentityEventLog, formerOwners: FormerOwners, now: () => number) {
    this.#reads = reads;
    this.#log = log;
    this.#formerOwners = formerOwners;
    this.#now = now;
    this.#owned = database.prepare('select id_key from identifier where customer_id = ?');
    this.#lost = database.prepare(
      `select lost.id_key from (
         select f.id_key from customer c join former_owner f on f.customer_id = c.id where c.root_id = ?1
         union select n.id_key from customer c join nameless_owner n on n.customer_id = c.id where c.root_id = ?1
       ) lost left join identifier i on i.id_key = lost.id_key
       where i.id_key is null and not exists (select 1 from retired_cookie r where r.id_key = lost.id_key)`,
    );
    // Others may have had the identifier until later than the customer was seen.
    this.#suppress = database.prepare(
      `insert into suppression values (?1, max(?2, coalesce((select max(until) from former_owner where id_key = ?3), 0)))
       on conflict do update set erased_at = max(erased_at, excluded.erased_at)`,
    );
    this.#forgetIdentifier = ['identifier', 'former_owner', 'nameless_owner', 'separation'].map((table) =>
      database.prepare(`delete from ${table} where id_key = ?`),
    );
    this.#purgeCustomer = database.prepare('insert into purge (erasure, customer_id) select ?1, id from customer where root_id = ?2');
    // Each customer once, by index probes: a history with many mentions costs no more than one with a few. Who gets the
    // identifier after the erasure is not among them, so what is new keeps its value.
    const customersIn = (name: string, from: string) =>
      `${name} (id) as (select min(customer_id) from ${from}
         union all select (select min(customer_id) from ${from} and customer_id > ${name}.id) from ${name} where ${name}.id is not null)`;
    this.#purgeKey = database.prepare(
      `with recursive ${customersIn('mentioning', 'identity_mention where id_key = ?2')},
         interacting (id) as (select customer_id from interaction_mention where identifier_value = ?4 and identifier_type = ?3)
       insert into purge (erasure, customer_id, id_key)
       select ?1, named.id, ?2 from (select id from mentioning union select id from interacting) named
       left join customer c on c.id = named.id where named.id is not null and c.root_id is not ?5`,
    );
    this.#newestEvidence = database.prepare(
      `select max(seen) as newest from (
         select max(last_seen_at) as seen from customer where root_id = ?1
         union all select max(last_seen_at) from identifier where customer_id = ?1)`,
    );
    this.#insertAlias = database.prepare(
      `insert into customer (id, root_id, created_at, first_seen_at, last_seen_at, erased_at)
       select ?1, id, created_at, created_at, created_at, ?3 from customer where id = ?2`,
    );
    this.#emptyCustomer = database.prepare(
      'update customer set erased_at = ?2, first_seen_at = created_at, last_seen_at = created_at where root_id = ?1',
    );
  }

  /** @returns the erasure's name in the table `purge`, until all is deleted; null when there is no such customer. */
  erase({ customerId, at, source, actor }: ErasureOrder): string | null {
    const root = this.#reads.findCustomers([customerId])[0]?.id;
    if (root === undefined) return null;
    const erasure = randomUUID();
    const held = [...this.#owned.all(root), ...this.#lost.all(root)].map(({ id_key }) => id_key as string);
    const keys = [...held, ...this.#reads.retired.keysOf(root)];
    // An event may be ahead of this clock; told again, it must bring nothing back.
    const { newest } = this.#newestEvidence.get(root) as { newest: number };
    const erasedAt = Math.max(this.#now(), newest);
    // The customer's own data first: what is deleted there needs no scrubbing.
    this.#purgeCustomer.run(erasure, root);
    for (const key of keys) {
      this.#suppress.run(this.#reads.hashOf(key), erasedAt, key);
      for (const forget of this.#forgetIdentifier) forget.run(key);
      // Processes remember which identifier an id was shown for, until that id is stored. So it is stored, as the erased
      // customer's: no process answers the identifier by it any more.
      this.#insertAlias.run(this.#reads.provisionalIdOf(key), root, erasedAt);
      const [type, value] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
      this.#purgeKey.run(erasure, key, type, value, root);
    }
    this.#reads.retired.erase(keys, (key) => this.#reads.hashOf(key));
    this.#formerOwners.refuseNameless(root, erasedAt, this.#now());
    this.#emptyCustomer.run(root, erasedAt);
    const told = { source, actor, reason: null, occurredAt: at, evidence: [] };
    this.#log.recordChange({ ...NO_CHANGES, rule: 'ERASE', customerId: root }, told, this.#now());
    return erasure;
  }
}
