import type { IdentityRules } from '../../identity/identity-rules.ts';
import type { Connections } from './connections.ts';
import { OfferReads } from './offers/offer-reads.ts';
import { Previews } from './previews.ts';
import { AttributeReads } from './reads/attribute-reads.ts';
import { IdentityEventReads } from './reads/identity-event-reads.ts';
import { IdentityReads } from './reads/identity-reads.ts';
import { InteractionReads } from './reads/interaction-reads.ts';
import { TraitReads } from './reads/trait-reads.ts';

export type PostgresReads = ReturnType<typeof postgresReads>;

/** All reads of the store, over its shared connections. @param secret the store's own. */
export function postgresReads(connections: Connections, secret: string, rules: IdentityRules) {
  const { shared } = connections;
  return {
    identities: new IdentityReads(shared, secret),
    identityEvents: new IdentityEventReads(shared),
    attributes: new AttributeReads(shared),
    interactions: new InteractionReads(shared),
    traits: new TraitReads(shared),
    offers: new OfferReads(shared),
    previews: new Previews(connections, secret, rules),
  };
}
