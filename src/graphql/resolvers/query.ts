import type { ResolvedCustomer } from '../../model/customer.ts';
import { GatewayError } from '../../model/errors.ts';
import { type Identifier, identifierKey } from '../../model/identifier.ts';
import { requireRole, viewerKey } from '../../model/viewer.ts';
import { FOUND_PAGE, findCustomers } from '../../profile/find-customers.ts';
import { parseIdentifiers } from '../../profile/parse-identifiers.ts';
import { type PreviewServices, previewIdentify, previewMerge, previewSplit, previewUnlink } from '../../profile/preview-identity.ts';
import { mergeRequestOf, splitRequestOf, unlinkRequestOf } from '../correction-request.ts';
import { findNode } from '../find-node.ts';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { identifyRequestOf } from '../identify-request.ts';
import { offerScopeOf } from '../offer-scope-of.ts';
import type { RequestContext } from '../request-context.ts';

const MAX_IDENTIFIERS = 100;

export const Query: QueryResolvers = {
  customer: (_, __, context) => context.customer(),

  customerByIdentifier: async (_, { identifier }, context) => {
    requireRole(['AGENT', 'SERVICE'], context.viewer, 'customerByIdentifier');
    const [customer] = await find([identifier], context);
    return customer ?? null;
  },

  customersByIdentifiers: async (_, { identifiers }, context) => {
    requireRole(['AGENT', 'SERVICE'], context.viewer, 'customersByIdentifiers');
    if (identifiers.length > MAX_IDENTIFIERS) {
      throw new GatewayError('BAD_USER_INPUT', `identifiers: expected at most ${MAX_IDENTIFIERS}, received ${identifiers.length}`);
    }
    return find(identifiers, context);
  },

  findCustomers: async (_, { value, first }, context) => {
    requireRole(['AGENT'], context.viewer, 'findCustomers');
    const question = { value, first: first ?? FOUND_PAGE.size, viewer: context.viewer };
    const { customers, incomplete, foundBy } = await findCustomers(context.engine, context.profile.sources, question);
    context.reportIncomplete(incomplete);
    context.reportFoundBy(foundBy);
    return [...customers];
  },

  previewIdentify: async (_, { input }, context) => {
    requireRole(['AGENT', 'SERVICE'], context.viewer, 'previewIdentify');
    return previewIdentify(previewing(context), await identifyRequestOf(input, context));
  },

  previewMerge: (_, { input }, context) => previewMerge(previewing(context), mergeRequestOf(input, context)),

  previewSplit: (_, { input }, context) => previewSplit(previewing(context), splitRequestOf(input, context)),

  previewUnlink: (_, { input }, context) => previewUnlink(previewing(context), unlinkRequestOf(input, context)),

  explainOffers: async (_, { customerId, placement }, context) => {
    requireRole(['AGENT', 'SERVICE'], context.viewer, 'explainOffers');
    const customer = await findNode(customerId, context);
    if (customer === null) throw new GatewayError('NOT_FOUND', "customerId: expected a customer's id; there is no such customer");
    return context.engine.offers.explain(offerScopeOf(context), customer, placement);
  },

  offerPerformance: (_, { placement, since, until }, { engine, viewer }) => {
    requireRole(['ADMIN'], viewer, 'offerPerformance');
    return engine.offers.performance({ placement: placement ?? null, since: since ?? null, until: until ?? null });
  },

  node: (_, { id }, context) => findNode(id, context),
};

/** The customers of a preview are those that this viewer gets by their ids. */
function previewing({ engine, customersById, viewer, profile }: RequestContext): PreviewServices {
  const { signal } = profile.sources;
  return {
    ...engine,
    preview: (change) =>
      engine.previewTurns.run(viewerKey(viewer) ?? '', () => {
        // It takes no turn: of an agent who types on, the last preview would wait for all before it. Nobody reads the error.
        if (signal.aborted) throw new GatewayError('OVERLOADED', 'a preview: the client went away before its turn came');
        return engine.graph.preview(change);
      }),
    customers: (ids) => Promise.all(ids.map((id) => customersById.load(id))),
  };
}

/** Customers in the order of their identifiers; null for a value that is no identifier. @throws GatewayError BAD_USER_INPUT for an unknown type. */
async function find(given: readonly Identifier[], { engine, viewer }: RequestContext): Promise<(ResolvedCustomer | null)[]> {
  const parsed = parseIdentifiers(engine, given);
  // Each identifier once, however often it stands in the list.
  const usable = new Map(parsed.flatMap((result) => (result.ok ? [[identifierKey(result.identifier), result.identifier] as const] : [])));
  const found = await engine.graph.findByIdentifiers([...usable.values()], viewer, (type) => engine.askableTypes.has(type));
  const byKey = new Map([...usable.keys()].map((key, index) => [key, found[index] ?? null] as const));
  return parsed.map((result) => (result.ok ? (byKey.get(identifierKey(result.identifier)) ?? null) : null));
}
