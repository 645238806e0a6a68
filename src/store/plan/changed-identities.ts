import type { CustomerId } from '../../model/customer.ts';
import type { ChangedIdentities } from '../../model/identity.ts';
import type { StoreWrite } from './writes.ts';

const NOTHING: ChangedIdentities = { customers: [], cookies: [] };

/** Gathers whose look-ups answer something else after the writes of a plan, or of several plans in one transaction. */
export class IdentityChangeLog {
  #customers: Set<CustomerId> | undefined;
  #cookies: Set<string> | undefined;

  /** @param owners of the identifiers that the writes change, where the writes don't name them. */
  add(writes: readonly StoreWrite[], owners: Iterable<CustomerId> = []): void {
    for (const owner of owners) this.#customer(owner);
    for (const write of writes) this.#addWrite(write);
  }

  addAll({ customers, cookies }: ChangedIdentities): void {
    for (const id of customers) this.#customer(id);
    for (const key of cookies) this.#cookie(key);
  }

  get changed(): ChangedIdentities {
    if (this.#customers === undefined && this.#cookies === undefined) return NOTHING;
    return { customers: [...(this.#customers ?? [])], cookies: [...(this.#cookies ?? [])] };
  }

  #addWrite(write: StoreWrite): void {
    switch (write.kind) {
      case 'insert-customer':
      case 'set-root':
        this.#customer(write.id);
        this.#customer(write.root);
        return;
      case 'move-aliases':
      case 'move-identifiers':
        this.#customer(write.from);
        this.#customer(write.to);
        return;
      case 'see-customer':
        this.#customer(write.id);
        return;
      case 'insert-identifier':
      case 'move-identifier':
        this.#customer(write.customerId);
        return;
      case 'erase-customer':
        this.#customer(write.root);
        return;
      case 'insert-retired-cookie':
      case 'delete-retired-cookie':
      case 'erase-retired-cookie':
        this.#cookie(write.key);
        return;
    }
  }

  #customer(id: CustomerId): void {
    this.#customers ??= new Set();
    this.#customers.add(id);
  }

  #cookie(key: string): void {
    this.#cookies ??= new Set();
    this.#cookies.add(key);
  }
}
