import type { WatchedCustomer } from '../../journey/customer-watch.ts';
import { isProven } from '../../model/assurance.ts';
import type { CustomerId, ResolvedCustomer } from '../../model/customer.ts';
import { GatewayError } from '../../model/errors.ts';
import type { JourneyRange } from '../../model/interaction.ts';
import type { LiveEvent } from '../../model/live-event.ts';
import { isTrusted } from '../../model/viewer.ts';
import { DEFAULT_ACCESS, refusal } from '../../profile/access.ts';
import type { EventReads } from '../execution/event-reads.ts';
import { findNode } from '../find-node.ts';
import type { SubscriptionResolvers } from '../generated/resolver-types.ts';
import type { RequestContext } from '../request-context.ts';

/** The resolvers of a field; `resolve` gets the event. */
type Live<Field extends keyof SubscriptionResolvers> = NonNullable<SubscriptionResolvers[Field]>;

export const Subscription = {
  interactionCaptured: {
    subscribe: async (_: unknown, { customerId }: { customerId?: string | null }, context: RequestContext) =>
      context.engine.watch.interactions(await watched(customerId, context)),
    resolve: ({ interaction }: LiveEvent & { kind: 'interaction' }) => interaction,
  } as Live<'interactionCaptured'>,

  customerChanged: {
    subscribe: async (_: unknown, { customerId }: { customerId?: string | null }, context: RequestContext) =>
      context.engine.watch.changes(await watched(customerId, context)),
    resolve: ({ customerId }: LiveEvent, _: unknown, context: RequestContext) =>
      (isTrusted(context.viewer) ? context.customersById.load(customerId) : context.customer()) as Promise<ResolvedCustomer>,
  } as Live<'customerChanged'>,
};

/**
 * The customer whom the viewer may watch.
 * @returns null for all customers.
 * @throws GatewayError NOT_FOUND for an unknown id or another customer's, INSUFFICIENT_ASSURANCE where nothing proves the
 * request's customer.
 */
async function watched(customerId: string | null | undefined, context: RequestContext): Promise<WatchedCustomer<EventReads> | null> {
  const journey = (id: CustomerId, range: JourneyRange, reads: EventReads) =>
    reads.once(`journey ${id} ${JSON.stringify(range)}`, () => reads.context.engine.interactions.findInteractions(id, range));
  const isSame = (a: CustomerId, b: CustomerId, reads: EventReads) => reads.isSame(a, b);
  if (isTrusted(context.viewer)) {
    if (customerId == null) return null;
    const customer = await findNode(customerId, context);
    // A claim has no events: those of the identifier belong to its owner.
    if (customer === null || customer.assurance === 'CLAIMED') throw notFound();
    const refresh = async (reads: EventReads) => (await reads.context.customersById.load(customer.id))?.id ?? null;
    return { id: customer.id, isRechecked: false, refresh, isSame, journey };
  }
  const own = await context.customer();
  const refused = refusal(DEFAULT_ACCESS, context.viewer, own?.assurance ?? 'ANONYMOUS', 'the subscription');
  if (own === null || refused !== null) throw refused ?? notFound();
  if (customerId != null && (await findNode(customerId, context)) === null) throw notFound();
  return { id: own.id, isRechecked: true, refresh: (reads) => stillOwn(own.id, reads), isSame, journey };
}

/** The present id of the request's customer; null when it is another customer now, whose events this subscriber may not see. */
async function stillOwn(id: CustomerId, reads: EventReads): Promise<CustomerId | null> {
  const { captured, engine } = reads.context;
  if (await reads.once('retired', () => engine.rotations.isOneRetired(captured.watched))) return null;
  const now = await reads.context.customer();
  return now !== null && isProven(now.assurance) && (await reads.isSame(id, now.id)) ? now.id : null;
}

function notFound(): GatewayError {
  return new GatewayError('NOT_FOUND', "customerId: expected your own customer's id; there is no such customer, or it is not you");
}
