import type { CustomerId } from '../model/customer.ts';
import type { Identifier } from '../model/identifier.ts';
import type { IdentityDecision, IdentityEvent, IdentityRecord, StoredCustomer } from '../model/identity.ts';

/**
 * An identity graph in memory, with the rules of a store: for trying rules out. The same events in the same order give the
 * same ids.
 */
export interface ScratchGraph {
  /** As the port's `commit`, at once. */
  commit(event: IdentityEvent): IdentityDecision;
  /** The oldest first. */
  customers(): StoredCustomer[];
  /** By any id that the customer ever had; null for one that was never given. */
  find(id: CustomerId): StoredCustomer | null;
  /** Null for an identifier that nobody owns. */
  owner(identifier: Identifier): CustomerId | null;
  /** What changed the customer, the first first. */
  history(id: CustomerId): IdentityRecord[];
  close(): void;
}
