import { Batcher, NO_NEEDS } from '../batching/batcher.ts';
import { Slots } from '../batching/slots.ts';
import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../model/identifier.ts';
import type { StoredCustomer } from '../model/identity.ts';
import type { IdentityStore } from '../model/ports.ts';
import { RecentMap } from './recent-map.ts';

/** Statements under way at the same time. */
const CONCURRENCY = 16;
/** Items in one statement. */
const MAX_BATCH = 1_000;
/** Customers, and owners of identifiers, that are remembered at least: one takes about a kilobyte. */
const REMEMBERED = 10_000;

type Reads = Pick<IdentityStore, 'findOwners' | 'findCustomers' | 'version'>;

/**
 * The identity graph's look-ups, gathered over all requests. A look-up that is under way is never joined: a read
 * must see every change that was stored before it began. What was read is remembered for as long as nobody has written
 * anything, in this process or another: a merge, an erasure or a moved cookie counts from the next read on.
 */
export class IdentityLookups {
  readonly #store: Reads;
  readonly #owners: Batcher<CustomerId | null, undefined>;
  readonly #customers: Batcher<StoredCustomer | null, undefined>;
  readonly #knownOwners = new RecentMap<string, CustomerId>(REMEMBERED);
  readonly #knownCustomers = new RecentMap<string, StoredCustomer>(REMEMBERED);
  /** Of the store, as what is remembered was read. */
  #version: number | null = null;

  constructor(store: Reads) {
    this.#store = store;
    const slots = new Slots(CONCURRENCY);
    const common = { maxBatch: MAX_BATCH, slots, needs: NO_NEEDS, joinCalls: false };
    const findOwners = (keys: readonly string[]) => store.findOwners(keys.map(identifierOf));
    const findCustomers = (keys: readonly string[]) => store.findCustomers(keys as readonly CustomerId[]);
    this.#owners = new Batcher({ ...common, call: (keys) => this.#remembering(keys, findOwners, this.#knownOwners) });
    this.#customers = new Batcher({ ...common, call: (keys) => this.#remembering(keys, findCustomers, this.#knownCustomers) });
  }

  findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]> {
    return Promise.all(identifiers.map((identifier) => this.#owners.ask(identifierKey(identifier), undefined).answer.promise()));
  }

  findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]> {
    return Promise.all(ids.map((id) => this.#customers.ask(id, undefined).answer.promise()));
  }

  /** The customer who has all of these, if that is remembered and nothing was written since. */
  remembered(identifiers: readonly Identifier[]): StoredCustomer | undefined {
    if (!this.#isCurrent()) return undefined;
    let owner: CustomerId | undefined;
    for (const identifier of identifiers) {
      const found = this.#knownOwners.get(identifierKey(identifier));
      owner ??= found;
      if (found === undefined || found !== owner) return undefined;
    }
    return owner && this.#knownCustomers.get(owner);
  }

  /** Forgets what is too old. */
  #isCurrent(): boolean {
    const version = this.#store.version();
    if (version === this.#version) return version !== null;
    this.#version = version;
    this.#knownOwners.clear();
    this.#knownCustomers.clear();
    return false;
  }

  async #remembering<Value extends {}>(
    keys: readonly string[],
    find: (keys: readonly string[]) => Promise<(Value | null)[]>,
    known: RecentMap<string, Value>,
  ): Promise<(Value | null)[]> {
    this.#isCurrent();
    const version = this.#version;
    const found = await find(keys);
    // What is written while it is read makes what was read too old.
    if (version === null || this.#store.version() !== version || this.#version !== version) return found;
    for (let index = 0; index < keys.length; index++) {
      const value = found[index];
      if (value != null) known.set(keys[index] as string, value);
    }
    return found;
  }
}
