import type { DatabaseSync } from 'node:sqlite';
import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { CustomerId } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import type { IdentityDecision, IdentityEvent, IdentityRecord, StoredCustomer } from '../../model/identity.ts';
import type { ScratchGraph } from '../scratch-graph.ts';
import { IdentityEventReads } from './identity-event-reads.ts';
import { IdentityReads } from './identity-reads.ts';
import { migrate, openDatabase } from './open-database.ts';
import { UNBOUNDED } from './read-bounds.ts';
import { type StoreWrites, storeWrites } from './store-writes.ts';

/** With the statements of the real store. */
export class SqliteScratchGraph implements ScratchGraph {
  readonly #database: DatabaseSync;
  readonly #reads: IdentityReads;
  readonly #events: IdentityEventReads;
  readonly #writes: StoreWrites;
  #recorded = 0;

  constructor(rules: IdentityRules) {
    this.#database = openDatabase(':memory:');
    migrate(this.#database);
    this.#database.exec(`update setting set value = 'scratch' where name = 'identity_key'`);
    this.#reads = new IdentityReads(this.#database);
    this.#events = new IdentityEventReads(this.#database, UNBOUNDED);
    // Only the order counts: of two customers, the one who was recorded first is the older.
    this.#writes = storeWrites(this.#database, rules, () => this.#recorded);
    this.#database.exec('begin');
  }

  commit(event: IdentityEvent): IdentityDecision {
    this.#recorded++;
    return this.#writes.commit(event);
  }

  customers(): StoredCustomer[] {
    const ids = this.#database.prepare('select id from customer where id = root_id order by created_at, id').all() as { id: CustomerId }[];
    return this.#reads.findCustomers(ids.map(({ id }) => id)).filter((customer) => customer !== null);
  }

  find(id: CustomerId): StoredCustomer | null {
    return this.#reads.findCustomers([id])[0] ?? null;
  }

  owner(identifier: Identifier): CustomerId | null {
    return this.#reads.findOwners([identifier])[0] ?? null;
  }

  history(id: CustomerId): IdentityRecord[] {
    return (this.#events.find(id, { limit: UNBOUNDED.rows, after: null }) ?? []).reverse();
  }

  close(): void {
    this.#database.close();
  }
}
