import type { CustomerId } from '../../model/customer.ts';
import type { AudienceEvent } from '../../model/offer.ts';
import { forgetOffers, type Retention } from './forget-offers.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { OfferFacts } from './offer-facts.ts';

/** The audiences that a customer is part of now, and those that they are not (`OfferStore.saveAudiences`). */
export interface AudiencesToSave {
  readonly id: CustomerId;
  readonly audiences: ReadonlyMap<string, boolean>;
  readonly at: Date;
}

/** @returns the changes. A customer is a member of an audience if it is stored under any of their ids. */
export function saveAudiences(
  draft: GraphDraft,
  facts: OfferFacts,
  retention: Retention,
  { id, audiences, at }: AudiencesToSave,
): AudienceEvent[] {
  const customer = draft.customer(id);
  // Nothing is stored of an erased customer.
  if (customer?.erasedAt != null) return [];
  const customerId = customer?.root ?? id;
  const known = Map.groupBy(facts.memberships(customerId, [...audiences.keys()]), ({ audience }) => audience);
  const events: AudienceEvent[] = [];
  for (const [audience, isMember] of audiences) {
    const before = known.get(audience) ?? [];
    if (isMember === before.length > 0) continue;
    events.push({ customerId, audience, kind: isMember ? 'entered' : 'left', at });
    if (isMember) draft.write({ kind: 'enter-audience', customerId, audience, at: at.getTime() });
    else for (const row of before) draft.write({ kind: 'leave-audience', ...row });
  }
  for (const event of events) draft.write({ kind: 'insert-audience-event', event });
  if (events.length === 0) return [];
  forgetOffers(draft, facts, retention, at.getTime());
  return events;
}
