import { isDeepStrictEqual } from 'node:util';
import type { CustomerId } from '../model/customer.ts';
import type { StoredCustomer } from '../model/identity.ts';
import type { IdentityStore } from '../model/ports.ts';
import { RecentMap } from './recent-map.ts';

/** Owners of identifiers that are remembered, at least; about 1 KB each. */
const REMEMBERED = 10_000;

interface Remembered {
  readonly id: CustomerId;
  /** Null once it was taken out: what was erased is not to stay in memory. */
  customer: StoredCustomer | null;
  /** By the clock of this process; infinite where the store's version vouches for it. */
  readonly until: number;
}

type Store = Pick<IdentityStore, 'version' | 'identityAge' | 'onIdentityChange'>;

/**
 * Remembers the owners of identifiers. What this process writes takes out the customers that it changes. What another process writes
 * empties the memory; where the store can't see that, an answer is remembered for `identityAge` at most, or not at all.
 */
export class RememberedOwners {
  readonly #store: Store;
  readonly #age: number | null;
  readonly #time: () => number;
  readonly #byKey = new RecentMap<string, Remembered>(REMEMBERED);
  /** An entry of `#byKey` counts only while it is here, too: so a customer is taken out at once under all identifiers. */
  readonly #byCustomer = new RecentMap<CustomerId, Remembered>(REMEMBERED);
  /** For each read that is under way: the customers that were changed since it began. */
  readonly #reads = new Set<Set<CustomerId>>();
  /** The version of the store for which all this is true. */
  #version: number | null = null;

  /** @param time returns milliseconds of a clock that never goes back. */
  constructor(store: Store, time: () => number = () => performance.now()) {
    this.#store = store;
    this.#age = store.identityAge;
    this.#time = time;
    store.onIdentityChange(({ customers }) => {
      for (const id of customers) this.#forget(id);
    });
  }

  /** True when `get` answers what the store would; otherwise it is not to be asked now. */
  isUsable(): boolean {
    if (this.#age !== null) return true;
    const version = this.#store.version();
    if (version === null) return false;
    if (version !== this.#version) {
      this.#version = version;
      this.#byKey.clear();
      this.#byCustomer.clear();
    }
    return true;
  }

  /** The owner of an identifier, by its key; undefined where that is not remembered. Ask `isUsable` before. */
  get(key: string): StoredCustomer | undefined {
    const found = this.#byKey.get(key);
    if (found === undefined || found.customer === null || this.#byCustomer.get(found.id) !== found) return undefined;
    return this.#age === null || this.#time() < found.until ? found.customer : undefined;
  }

  /**
   * To be called before owners are read.
   * @returns a function to be called with what was read. It remembers what nobody has changed meanwhile.
   */
  begin(): (keys: readonly string[], owners: readonly (StoredCustomer | null)[]) => void {
    const version = this.isUsable() ? this.#version : null;
    const until = this.#age === null ? Number.POSITIVE_INFINITY : this.#time() + this.#age;
    const changed = new Set<CustomerId>();
    this.#reads.add(changed);
    return (keys, owners) => {
      this.#reads.delete(changed);
      if (this.#age === null && (version === null || !this.isUsable() || this.#version !== version)) return;
      for (const [index, key] of keys.entries()) {
        const owner = owners[index];
        if (owner != null && !changed.has(owner.id)) this.#keep(key, owner, until);
      }
    };
  }

  #keep(key: string, customer: StoredCustomer, until: number): void {
    let known = this.#byCustomer.get(customer.id);
    // Other identifiers led to the same entry before. Where another process has changed the customer since, they are read again.
    if (known === undefined || known.until < this.#expiry() || !isDeepStrictEqual(known.customer, customer)) {
      known = { id: customer.id, customer, until };
      this.#byCustomer.set(customer.id, known);
    }
    this.#byKey.set(key, known);
  }

  /** What is remembered until an earlier time than this has expired. */
  #expiry(): number {
    return this.#age === null ? 0 : this.#time();
  }

  #forget(id: CustomerId): void {
    for (const changed of this.#reads) changed.add(id);
    const known = this.#byCustomer.get(id);
    if (known === undefined) return;
    known.customer = null;
    this.#byCustomer.delete(id);
  }
}
