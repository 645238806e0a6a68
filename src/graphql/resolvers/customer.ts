import type { GraphQLResolveInfo } from 'graphql';
import { explain } from '../../identity/explain.ts';
import type { ResolvedCustomer } from '../../identity/identity-graph.ts';
import type { IdentityRecord } from '../../model/identity.ts';
import { DEFAULT_ACCESS, refusal, requireRole } from '../../profile/access.ts';
import { pageKeyset } from '../../profile/page-keyset.ts';
import { findNode } from '../find-node.ts';
import type { CustomerResolvers, IdentityEventResolvers } from '../generated/resolver-types.ts';
import type { RequestContext } from '../request-context.ts';

export const Customer: CustomerResolvers = {
  identifiers: (customer, { types }, context) => {
    guard('identifiers', customer, context);
    return types == null ? [...customer.identifiers] : customer.identifiers.filter(({ type }) => types.includes(type));
  },

  attributes: async (customer, { names }, context) => {
    guard('attributes', customer, context);
    const [attributes = []] = await context.engine.attributes.findAttributes([customer.id]);
    return names == null ? attributes : attributes.filter(({ name }) => names.includes(name));
  },

  identityEvents: (customer, page, { engine, viewer }) => {
    requireRole(['AGENT'], viewer, 'Customer.identityEvents');
    return pageKeyset<IdentityRecord, { recordedAt: Date; id: string }>(
      {
        keyOf: ({ recordedAt, id }) => [recordedAt.getTime(), id],
        parse: ([recordedAt, id]) =>
          typeof recordedAt === 'number' && typeof id === 'string' ? { recordedAt: new Date(recordedAt), id } : null,
        read: (limit, after) => engine.identityEvents.findIdentityEvents(customer.id, { limit, after }),
      },
      page,
    );
  },

  sources: async (customer, _, { profile }) => {
    await profile.usage.whenIdle();
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

/** A reference to the entity, from a federation router. */
export const resolveCustomerReference = ({ id }: { readonly id: string }, context: RequestContext) => findNode(id, context);

/** @throws GatewayError where the engine's own fields may not be seen: under the rule of any field without `@access`. */
function guard(field: string, { assurance }: ResolvedCustomer, { viewer }: RequestContext): void {
  const refused = refusal(DEFAULT_ACCESS, viewer, assurance, `Customer.${field}`);
  if (refused !== null) throw refused;
}

/** The one type that has a global id so far. */
export const Node = { __resolveType: (_: unknown, __: RequestContext, ___: GraphQLResolveInfo) => 'Customer' as const };
