import type { CustomerId } from '../../../model/customer.ts';
import type { Statement } from '../statement.ts';
import { bulkDelete, bulkInsert } from './bulk.ts';

const ROW = { customer_id: 'text', id_key: 'text' } as const;
const INSERT = bulkInsert('nameless_owner', ROW, 'on conflict do nothing');
const DELETE = bulkDelete('nameless_owner', ROW);
// Not by the column by which the table is distributed: it is for identifiers that had more owners than are kept, and were erased.
const DELETE_ALL = bulkDelete('nameless_owner', { id_key: 'text' });

/** Rows of `nameless_owner` that the writes insert and delete. */
export class NamelessMembers {
  /** By identifier key and customer: whether they are a member in the end. */
  readonly #changed = new Map<string, { readonly key: string; readonly customerId: CustomerId; readonly isMember: boolean }>();
  readonly #erased = new Set<string>();

  insert(key: string, customerId: CustomerId): void {
    this.#changed.set(`${customerId} ${key}`, { key, customerId, isMember: true });
  }

  delete(key: string, customerId: CustomerId): void {
    this.#changed.set(`${customerId} ${key}`, { key, customerId, isMember: false });
  }

  /** @param isStored whether the database may have members of it. */
  erase(key: string, isStored: boolean): void {
    for (const [name, each] of this.#changed) if (each.key === key) this.#changed.delete(name);
    if (isStored) this.#erased.add(key);
  }

  statements(): Statement[] {
    const changed = [...this.#changed.values()].map((each) => ({ ...each, row: [each.customerId, each.key] }));
    return [
      ...DELETE_ALL.over([...this.#erased].map((key) => [key])),
      ...DELETE.over(changed.filter(({ isMember }) => !isMember).map(({ row }) => row)),
      ...INSERT.over(changed.filter(({ isMember }) => isMember).map(({ row }) => row)),
    ];
  }
}
