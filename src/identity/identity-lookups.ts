import { Batcher, NO_NEEDS } from '../batching/batcher.ts';
import { Semaphore } from '../batching/semaphore.ts';
import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../model/identifier.ts';
import type { StoredCustomer } from '../model/identity.ts';
import type { IdentityStore } from '../model/ports.ts';
import { RememberedOwners } from './remembered-owners.ts';

/** Statements that run at the same time. */
const CONCURRENCY = 16;
/** Items of one statement. */
const MAX_BATCH = 1_000;
type Reads = Pick<IdentityStore, 'findOwners' | 'findCustomers' | 'version' | 'identityAge' | 'onIdentityChange'>;

/**
 * Look-ups of the identity graph, in batches over all requests. A read never joins a running look-up, because it must see
 * every change that was stored before it began. Owners of identifiers are remembered until they change (`RememberedOwners`), so a
 * merge, an erasure or a moved cookie counts from the next read on.
 */
export class IdentityLookups {
  readonly #store: Reads;
  readonly #owners: Batcher<CustomerId | null, undefined>;
  readonly #customers: Batcher<StoredCustomer | null, undefined>;
  readonly #ownersWhole: Batcher<StoredCustomer | null, undefined>;
  readonly #remembered: RememberedOwners;

  /** @param time returns milliseconds of a clock that never goes back; left out: that of this process. */
  constructor(store: Reads, time?: () => number) {
    this.#store = store;
    this.#remembered = new RememberedOwners(store, time);
    const semaphore = new Semaphore(CONCURRENCY);
    const common = { maxBatch: MAX_BATCH, semaphore, needs: NO_NEEDS, joinCalls: false };
    this.#owners = new Batcher({ ...common, call: (keys) => store.findOwners(keys.map(identifierOf)) });
    this.#customers = new Batcher({ ...common, call: (keys) => store.findCustomers(keys as readonly CustomerId[]) });
    this.#ownersWhole = new Batcher({ ...common, call: (keys) => this.#findOwnersWhole(keys) });
  }

  /** The owner of each identifier, as a whole customer; null without owner. Remembered. */
  findOwnersWhole(identifiers: readonly Identifier[]): Promise<(StoredCustomer | null)[]> {
    return Promise.all(identifiers.map((identifier) => this.#ownersWhole.ask(identifierKey(identifier), undefined).answer.promise()));
  }

  findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]> {
    return Promise.all(identifiers.map((identifier) => this.#owners.ask(identifierKey(identifier), undefined).answer.promise()));
  }

  findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]> {
    return Promise.all(ids.map((id) => this.#customers.ask(id, undefined).answer.promise()));
  }

  /** The owner of all of these, if that is remembered and still true. */
  remembered(identifiers: readonly Identifier[]): StoredCustomer | undefined {
    if (!this.#remembered.isUsable()) return undefined;
    let owner: StoredCustomer | undefined;
    for (const identifier of identifiers) {
      const found = this.#remembered.get(identifierKey(identifier));
      owner ??= found;
      if (found === undefined || found.id !== owner?.id) return undefined;
    }
    return owner;
  }

  async #findOwnersWhole(keys: readonly string[]): Promise<(StoredCustomer | null)[]> {
    const end = this.#remembered.begin();
    let customers: (StoredCustomer | null)[] = [];
    try {
      customers = await this.#readOwners(keys);
      return customers;
    } finally {
      end(keys, customers);
    }
  }

  async #readOwners(keys: readonly string[]): Promise<(StoredCustomer | null)[]> {
    const owners = await this.#store.findOwners(keys.map(identifierOf));
    const ids = [...new Set(owners.filter((id) => id !== null))];
    const found = await this.#store.findCustomers(ids);
    const byId = new Map(ids.map((id, index) => [id, found[index] ?? null]));
    return owners.map((id) => (id === null ? null : (byId.get(id) ?? null)));
  }
}
