import type { DatabaseSync } from 'node:sqlite';
import type { CustomerId } from '../../model/customer.ts';
import type { JourneyRange } from '../../model/interaction.ts';
import type { IdentityEventPage } from '../../model/ports.ts';
import type { Trait } from '../../model/trait.ts';
import { AttributeReads } from './attribute-reads.ts';
import { IdentityEventReads } from './identity-event-reads.ts';
import { InteractionReads } from './interaction-reads.ts';
import type { ReadBounds } from './read-bounds.ts';
import { TraitReads } from './trait-reads.ts';

/** Reads whose length depends on what a customer has. Each answers null when it would go beyond its bounds. */
export type StoreReads = ReturnType<typeof storeReads>;

export function storeReads(database: DatabaseSync) {
  const attributes = new AttributeReads(database);
  const events = new IdentityEventReads(database);
  const interactions = new InteractionReads(database);
  const traits = new TraitReads(database);
  return {
    findAttributes: (bounds: ReadBounds, ids: readonly CustomerId[]) => attributes.find(ids, bounds),
    findIdentityEvents: (bounds: ReadBounds, id: CustomerId, page: IdentityEventPage) => events.find(id, page, bounds),
    findInteractions: (bounds: ReadBounds, id: CustomerId, range: JourneyRange) => interactions.find(id, range, bounds),
    findTraits: (bounds: ReadBounds, ids: readonly CustomerId[], wanted: readonly Trait[], at: Date) =>
      traits.find(ids, wanted, at, bounds),
  };
}
