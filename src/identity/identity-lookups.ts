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

type Reads = Pick<IdentityStore, 'findOwners' | 'findCustomers'>;

/**
 * The identity graph's look-ups, gathered over all requests. A look-up that is under way is never joined: a read
 * must see every change that was stored before it began.
 */
export class IdentityLookups implements Reads {
  readonly #owners: Batcher<CustomerId | null, undefined>;
  readonly #customers: Batcher<StoredCustomer | null, undefined>;

  constructor(store: Reads) {
    const slots = new Slots(CONCURRENCY);
    const common = { maxBatch: MAX_BATCH, slots, needs: NO_NEEDS, joinCalls: false };
    this.#owners = new Batcher({ ...common, call: (keys) => store.findOwners(keys.map(identifierOf)) });
    this.#customers = new Batcher({ ...common, call: (keys) => store.findCustomers(keys as readonly CustomerId[]) });
  }

  findOwners(identifiers: readonly Identifier[]): Promise<(CustomerId | null)[]> {
    return Promise.all(identifiers.map((identifier) => this.#owners.ask(identifierKey(identifier), undefined).answer.promise()));
  }

  findCustomers(ids: readonly CustomerId[]): Promise<(StoredCustomer | null)[]> {
    return Promise.all(ids.map((id) => this.#customers.ask(id, undefined).answer.promise()));
  }
}
