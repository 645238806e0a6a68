import type { GraphQLResolveInfo } from 'graphql';
import { explain } from '../../identity/explain.ts';
import { cursorOfParts, cursorParts, isTime, journeyRange, type ReadJourney } from '../../journey/read-journey.ts';
import { endOfSession, readSessions, SESSION_PAGE, type Session } from '../../journey/read-sessions.ts';
import type { ResolvedCustomer } from '../../model/customer.ts';
import type { IdentityRecord } from '../../model/identity.ts';
import type { JourneyCursor, StoredInteraction } from '../../model/interaction.ts';
import type { Attribute } from '../../model/ports.ts';
import { hasRole, requireRole } from '../../model/viewer.ts';
import { DEFAULT_ACCESS, requireAccess } from '../../profile/access.ts';
import { pageKeyset } from '../../profile/page-keyset.ts';
import { findNode } from '../find-node.ts';
import type { CustomerResolvers, IdentityEventResolvers } from '../generated/resolver-types.ts';
import { offerScopeOf } from '../offer-scope-of.ts';
import type { RequestContext } from '../request-context.ts';
import { ACTOR_ROLES } from './interaction.ts';

export const Customer: CustomerResolvers = {
  identifiers: (customer, { types }, context) => {
    guard('identifiers', customer, context);
    return types == null ? [...customer.identifiers] : customer.identifiers.filter(({ type }) => types.includes(type));
  },

  attributes: (customer, { names }, context) => attributesOf(customer, names, context),

  interactions: (customer, { types, touchpoints, since, until, ...page }, context) => {
    guard('interactions', customer, context);
    const filter = { types, touchpoints, since, until };
    const read = journeyOf(customer, context);
    return pageKeyset<StoredInteraction, JourneyCursor>(
      { keyOf: cursorParts, parse: cursorOfParts, read: (slice) => read(journeyRange(filter, slice)) },
      page,
    );
  },

  sessions: async (customer, page, context) => {
    guard('sessions', customer, context);
    let hasNextPage = false;
    const connection = await pageKeyset<Session, JourneyCursor>(
      {
        keyOf: (session) => cursorParts(endOfSession(session)),
        parse: cursorOfParts,
        read: async ({ limit, after }) => {
          const read = () => readSessions(journeyOf(customer, context), limit - 1, after);
          const { sessions, hasMore } = await context.reads.once(['sessions', customer.id, limit, after], read);
          hasNextPage = hasMore;
          return sessions;
        },
      },
      page,
      SESSION_PAGE,
    );
    return { ...connection, pageInfo: { ...connection.pageInfo, hasNextPage } };
  },

  identityEvents: (customer, page, { engine, viewer, reads }) => {
    requireRole(['AGENT'], viewer, 'Customer.identityEvents');
    return pageKeyset<IdentityRecord, { recordedAt: Date; id: string }>(
      {
        keyOf: ({ recordedAt, id }) => [recordedAt.getTime(), id],
        parse: ([recordedAt, id]) => (isTime(recordedAt) && typeof id === 'string' ? { recordedAt: new Date(recordedAt), id } : null),
        read: ({ limit, after }) =>
          reads.rows(['identityEvents', customer.id, limit, after], () =>
            engine.identityEvents.findIdentityEvents(customer.id, { limit, after }),
          ),
      },
      page,
    );
  },

  confirmation: (customer, _, { engine, viewer }) => {
    requireRole(['AGENT'], viewer, 'Customer.confirmation');
    return engine.graph.confirmations.of(viewer, customer.id);
  },

  offers: (customer, question, context) => context.engine.offers.choose(offerScopeOf(context), customer, question),

  audiences: (customer, _, context) => {
    guard('audiences', customer, context);
    return context.engine.offers.audiencesOf(offerScopeOf(context), customer);
  },

  sources: async (customer, _, { profile }) => {
    await profile.sources.whenIdle();
    return profile.usage.of(customer.id);
  },

  firstSeenAt: (customer, _, context) => {
    guard('firstSeenAt', customer, context);
    return customer.firstSeenAt;
  },

  lastSeenAt: (customer, _, context) => {
    guard('lastSeenAt', customer, context);
    return customer.lastSeenAt;
  },
};

export const IdentityEvent: IdentityEventResolvers = {
  explanation: (record) => explain(record),
};

/** A customer's attributes, as they are stored. @param names null for all. */
export async function attributesOf(
  customer: ResolvedCustomer,
  names: readonly string[] | null | undefined,
  context: RequestContext,
): Promise<Attribute[]> {
  guard('attributes', customer, context);
  const { engine, reads } = context;
  const [attributes = []] = await reads.rows(['attributes', customer.id], () => engine.attributes.findAttributes([customer.id]));
  return names == null ? attributes : attributes.filter(({ name }) => names.includes(name));
}

/** Reads parts of a customer's journey, which is never read as a whole. */
function journeyOf({ id }: ResolvedCustomer, { engine, reads, viewer }: RequestContext): ReadJourney {
  const withActors = hasRole(viewer, ACTOR_ROLES);
  return (asked) => {
    const range = withActors ? { ...asked, withActors } : asked;
    return reads.interactions(['interactions', id, range], () => engine.interactions.findInteractions(id, range));
  };
}

/** Resolves an entity reference of a federation router. Its id may be a JSON number, which is no customer's id. */
export const resolveCustomerReference = ({ id }: { readonly id: string | number }, context: RequestContext) =>
  findNode(String(id), context);

/** @throws GatewayError where the viewer may not see the engine's own fields: they have the rule of a field without `@access`. */
function guard(field: string, customer: ResolvedCustomer, { viewer }: RequestContext): void {
  requireAccess(DEFAULT_ACCESS, viewer, customer, `Customer.${field}`);
}

/** `Customer` is the only type with a global id. */
export const Node = { __resolveType: (_: unknown, __: RequestContext, ___: GraphQLResolveInfo) => 'Customer' as const };
