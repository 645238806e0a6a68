import { Batcher, NO_NEEDS } from '../batching/batcher.ts';
import { Semaphore } from '../batching/semaphore.ts';
import type { CustomerId } from '../model/customer.ts';
import { type Identifier, identifierKey, identifierOf } from '../model/identifier.ts';
import type { StoredCustomer } from '../model/identity.ts';
import type { IdentityStore } from '../model/ports.ts';
import { RecentMap } from './recent-map.ts';

/** Statements that run at the same time. */
const CONCURRENCY = 16;
/** Items of one statement. */
const MAX_BATCH = 1_000;
/** Owners of identifiers that are remembered, at least; about 1 KB each. */
const REMEMBERED = 10_000;

type Reads = Pick<IdentityStore, 'findOwners' | 'findCustomers' | 'version'>;

/**
 * Look-ups of the identity graph, in batches over all requests. A read never joins a running look-up, because it must see
 * every change that was stored before it began. Results are remembered until the next write of any process, so a merge, an
 * erasure or a moved cookie counts from the next read on.
 */
export class IdentityLookups {
  readonly #store: Reads;
  readonly #owners: Batcher<CustomerId | null, undefined>;
  readonly #customers: Batcher<StoredCustomer | null, undefined>;
  readonly #ownersWhole: Batcher<StoredCustomer | null, undefined>;
  /** By identifier key: the owner. */
  readonly #known = new RecentMap<string, StoredCustomer>(REMEMBERED);
  /** The version of the store at which `#known` was read. */
  #version: number | null = null;

  constructor(store: Reads) {
    this.#store = store;
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

  /** The owner of all of these, if that is remembered and nothing was written since. */
  remembered(identifiers: readonly Identifier[]): StoredCustomer | undefined {
    if (!this.#isCurrent()) return undefined;
    let owner: StoredCustomer | undefined;
    for (const identifier of identifiers) {
      const found = this.#known.get(identifierKey(identifier));
      owner ??= found;
      if (found === undefined || found.id !== owner?.id) return undefined;
    }
    return owner;
  }

  /** True when remembered owners are still right; otherwise forgets them. */
  #isCurrent(): boolean {
    const version = this.#store.version();
    if (version === this.#version) return version !== null;
    this.#version = version;
    this.#known.clear();
    return false;
  }

  async #findOwnersWhole(keys: readonly string[]): Promise<(StoredCustomer | null)[]> {
    this.#isCurrent();
    const version = this.#version;
    const owners = await this.#store.findOwners(keys.map(identifierOf));
    const ids = [...new Set(owners.filter((id) => id !== null))];
    const found = await this.#store.findCustomers(ids);
    const byId = new Map(ids.map((id, index) => [id, found[index] ?? null]));
    const customers = owners.map((id) => (id === null ? null : (byId.get(id) ?? null)));
    // Not remembered when something was written during the read.
    if (version === null || this.#version !== version || this.#store.version() !== version) return customers;
    for (let index = 0; index < keys.length; index++) {
      const customer = customers[index];
      if (customer != null) this.#known.set(keys[index] as string, customer);
    }
    return customers;
  }
}
