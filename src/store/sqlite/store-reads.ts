import type { DatabaseSync } from 'node:sqlite';
import { AttributeReads } from './attribute-reads.ts';
import { IdentityEventReads } from './identity-event-reads.ts';
import { InteractionReads } from './interaction-reads.ts';
import { OfferReads } from './offer-reads.ts';
import type { ReadBounds } from './read-bounds.ts';
import { TraitReads } from './trait-reads.ts';

/** Reads whose length depends on what a customer has. Each answers null when it would go beyond its bounds. */
export type StoreReads = ReturnType<typeof storeReads>;

/** @param bounds of each single read. */
export function storeReads(database: DatabaseSync, bounds: ReadBounds) {
  const attributes = new AttributeReads(database, bounds);
  const events = new IdentityEventReads(database, bounds);
  const interactions = new InteractionReads(database, bounds);
  const traits = new TraitReads(database, bounds);
  const offers = new OfferReads(database, bounds);
  return {
    findAttributes: attributes.find.bind(attributes),
    findIdentityEvents: events.find.bind(events),
    findInteractions: interactions.find.bind(interactions),
    findTraits: traits.find.bind(traits),
    findOfferStates: offers.findStates.bind(offers),
    findDecisions: offers.findDecisions.bind(offers),
    findEvidence: offers.findEvidence.bind(offers),
    findOfferTotals: offers.findTotals.bind(offers),
    findAudienceEvents: offers.findAudienceEvents.bind(offers),
  };
}
