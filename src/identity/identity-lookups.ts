import { LRUCache } from 'lru-cache';
import { Batcher, NO_NEEDS } from '../batching/batcher.ts';
import { Slots } from '../batching/slots.ts';
import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../model/identifier.ts';
import type { StoredCustomer } from '../model/identity.ts';
import type { IdentityStore } from '../model/ports.ts';

/** Statements under way at the same time. */
const CONCURRENCY = 16;
/** Items in one statement. */
const MAX_BATCH = 1_000;
/** Customers, and owners of identifiers, that are remembered: one takes about a kilobyte. */
const REMEMBERED = 10_000;

type Reads = Pick<IdentityStore, 'findOwners' | 'findCustomers' | 'version'>;

/** What was read, and the store's version then. */
interface Remembered<Value> {
  readonly value: Value;
  readonly version: number;
}

/**
 * The identity graph's look-ups, gathered over all requests. A look-up that is under way is never joined: a read
 * must see every change that was stored before it began. What was read is remembered for as long as nobody has written
 * anything, in this process or another: a merge, an erasure or a moved cookie counts from the next read on.
 */
export class IdentityLookups {
  readonly #store: Reads;
  readonly #owners: Batcher<CustomerId | null, undefined>;
  readonly #customers: Batcher<StoredCustomer | null, undefined>;
  readonly #knownOwners = new LRUCache<string, Remembered<CustomerId>>({ max: REMEMBERED });
  readonly #knownCustomers = new LRUCache<CustomerId, Remembered<StoredCustomer>>({ max: REMEMBERED });

  constructor(store: Reads) {
    this.#store = store;
    const slots = new Slots(CONCURRENCY);
    const common = { maxBatch: MAX_BATCH, slots, needs: NO_NEEDS, joinCalls: false };
    const findOwners = (keys: readonly string[]) => store.findOwners(keys.map(identifierOf));
    const findCustomers = (keys: readonly string[]) => store.findCustomers(keys as readonly CustomerId[]);
    this.#owners = new Batcher({ ...common, call: (keys) => this.#remembering(keys, findOwners, this.#knownOwners) });
    this.#customers = new Batcher({
      ...common,
      call: (keys) => this.#remembering(keys as readonly CustomerId[], findCustomers, this.#knownCustomers),
    });
  }

  findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]> {
    return Promise.all(identifiers.map((identifier) => this.#owners.ask(identifierKey(identifier), undefined).answer.promise()));
  }

  findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]> {
    return Promise.all(ids.map((id) => this.#customers.ask(id, undefined).answer.promise()));
  }

  /** The store as it is now, as far as it is remembered. To be used at once. */
  remembered(): RememberedGraph {
    const version = this.#store.version();
    const current = <Value>(entry: Remembered<Value> | undefined) => (entry?.version === version ? entry.value : undefined);
    return {
      ownerOf: (identifier) => current(this.#knownOwners.get(identifierKey(identifier))),
      customer: (id) => current(this.#knownCustomers.get(id)),
    };
  }

  async #remembering<Key extends {}, Value extends {}>(
    keys: readonly Key[],
    find: (keys: readonly Key[]) => Promise<(Value | null)[]>,
    known: LRUCache<Key, Remembered<Value>>,
  ): Promise<(Value | null)[]> {
    // Before the read: what is written in between makes what was read too old.
    const version = this.#store.version();
    const found = await find(keys);
    if (version === null) return found;
    for (let index = 0; index < keys.length; index++) {
      const value = found[index];
      if (value != null) known.set(keys[index] as Key, { value, version });
    }
    return found;
  }
}

/** Undefined for what is not remembered, or is too old. */
export interface RememberedGraph {
  ownerOf(identifier: Identifier): CustomerId | undefined;
  customer(id: CustomerId): StoredCustomer | undefined;
}
