import { withParameter } from '../../capture/page-parameters.ts';
import { captureInteractions } from '../../journey/capture-interactions.ts';
import { isProven } from '../../model/assurance.ts';
import type { CustomerId, ResolvedCustomer } from '../../model/customer.ts';
import { GatewayError } from '../../model/errors.ts';
import { identifierKey } from '../../model/identifier.ts';
import type { NamedCustomer } from '../../model/interaction.ts';
import { isTrusted, requireRole } from '../../model/viewer.ts';
import { requireAccess } from '../../profile/access.ts';
import { confirmIdentity } from '../../profile/confirm-identity.ts';
import { mergeCustomers, splitCustomer, unlinkIdentifier } from '../../profile/correct-identity.ts';
import { eraseCustomer } from '../../profile/erase-customer.ts';
import { identify } from '../../profile/identify.ts';
import { parseIdentifiers } from '../../profile/parse-identifiers.ts';
import { mergeRequestOf, splitRequestOf, unlinkRequestOf } from '../correction-request.ts';
import { findNode } from '../find-node.ts';
import type { MutationResolvers } from '../generated/resolver-types.ts';
import { identifyRequestOf } from '../identify-request.ts';
import type { RequestContext } from '../request-context.ts';

const MAX_INTERACTIONS = 100;
const MAX_RECIPIENTS = 1_000;

export const Mutation: MutationResolvers = {
  identify: async (_, { input }, context) => {
    const result = await identify(context.engine, await identifyRequestOf(input, context));
    context.forgetCustomer();
    const linked = new Set(result.linked.map(identifierKey));
    const customer = result.customerId === null ? null : await changed(result.customerId, context);
    const of = result.customerId;
    return {
      ...result,
      customer,
      unlinked: of === null ? [] : result.unlinked.map((identifier) => ({ ...identifier, of })),
      linked: customer?.identifiers.filter((identifier) => linked.has(identifierKey(identifier))) ?? [],
    };
  },

  captureInteractions: async (_, { input: { interactions, customerId } }, context) => {
    if (customerId != null) requireRole(['AGENT', 'SERVICE'], context.viewer, 'captureInteractions with customerId');
    if (interactions.length > MAX_INTERACTIONS) {
      throw new GatewayError('BAD_USER_INPUT', `interactions: expected at most ${MAX_INTERACTIONS}, received ${interactions.length}`);
    }
    const { customerIds, ...result } = await captureInteractions(
      context.engine,
      interactions,
      context.captured,
      customerId == null ? null : await namedCustomer(customerId, context),
    );
    context.forgetCustomer();
    const [id, ...others] = customerIds;
    const whose = id === undefined || others.length > 0 ? null : await changed(id, context);
    // A batch may hold another customer's page; that customer is not returned.
    return { ...result, rejected: [...result.rejected], customer: whose?.id === id ? whose : null };
  },

  createRecipientTokens: async (_, { input: { recipients, type } }, { engine, viewer }) => {
    requireRole(['SERVICE'], viewer, 'createRecipientTokens');
    if (recipients.length > MAX_RECIPIENTS) {
      throw new GatewayError('BAD_USER_INPUT', `recipients: expected at most ${MAX_RECIPIENTS}, received ${recipients.length}`);
    }
    const { expiresAt } = engine.recipients;
    const tokens = parseIdentifiers(engine, recipients).map(async (parsed) =>
      parsed.ok ? (await engine.recipients.create(parsed.identifier, type ?? 'email_open')).token : null,
    );
    return { tokens: await Promise.all(tokens), expiresAt };
  },

  mergeCustomers: async (_, { input }, context) => {
    const id = await mergeCustomers(context.engine, mergeRequestOf(input, context));
    return { customer: await reload(id, context) };
  },

  splitCustomer: async (_, { input }, context) => {
    const { from, splitOff } = await splitCustomer(context.engine, splitRequestOf(input, context));
    return { customer: await reload(from, context), splitOff: await reload(splitOff, context) };
  },

  unlinkIdentifier: async (_, { input }, context) => {
    const id = await unlinkIdentifier(context.engine, unlinkRequestOf(input, context));
    return { customer: await reload(id, context) };
  },

  confirmIdentity: async (_, { input }, context) => {
    const { customerId, expiresAt } = await confirmIdentity(context.engine, { ...input, viewer: context.viewer });
    return { customer: await reload(customerId, context), expiresAt };
  },

  respondToOffer: async (_, { input }, context) => {
    const responder = { session: context.captured, customer: await context.customer() };
    const { outcome, customerId } = await context.engine.offers.respond(responder, input);
    context.forgetCustomer();
    return { outcome, customer: await changed(customerId, context) };
  },

  eraseCustomer: async (_, { input }, context) => {
    const result = await eraseCustomer(context.engine, { customerId: input.customerId, viewer: context.viewer });
    context.forgetCustomer();
    return result;
  },

  resetVisitor: async (_, __, context) => {
    if (!context.request.setsCookies)
      throw new GatewayError('BAD_USER_INPUT', 'resetVisitor: expected over HTTP, since a socket can set no cookie');
    return { customer: await context.startAfresh() };
  },

  createHandoff: async (_, { input }, context) => {
    const { engine } = context;
    const touchpoint = engine.touchpoints.check(input.touchpoint, context.viewer);
    if (input.url != null) engine.touchpoints.checkPage(touchpoint, new URL(input.url));
    const parameter = engine.handoffParameter;
    if (parameter === null)
      throw new GatewayError('BAD_USER_INPUT', 'createHandoff: expected a handoff() rule in the configuration, there is none');
    const { identifiers } = await context.capture();
    const proven = identifiers.filter(({ assurance }) => isProven(assurance));
    if (proven.length === 0) {
      throw new GatewayError('INSUFFICIENT_ASSURANCE', 'createHandoff needs a customer who is RECOGNIZED', {
        required: 'RECOGNIZED',
        actual: (await context.customer())?.assurance ?? 'ANONYMOUS',
      });
    }
    // Who follows the link is RECOGNIZED as this customer, and sees their identifiers.
    const customer = await context.customer();
    let given = proven;
    if (context.viewer.mustConfirm === true && customer !== null) {
      requireAccess({ min: 'VERIFIED', roles: null }, context.viewer, customer, 'createHandoff');
      // What another customer has, or may have, would be linked to this one.
      const owners = await context.graph.ownersOf(proven);
      given = proven.filter((_, index) => owners[index]?.id === customer.id);
    }
    const { token, expiresAt } = await engine.handoffs.create(given, touchpoint);
    return { token, expiresAt, url: input.url == null ? null : withParameter(String(input.url), parameter, token) };
  },
};

/** @throws GatewayError NOT_FOUND for an id of nobody, and for that of a claim. */
async function namedCustomer(id: string, context: RequestContext): Promise<NamedCustomer> {
  const customer = await findNode(id, context);
  if (customer !== null && customer.assurance !== 'CLAIMED') return context.graph.named(customer.id);
  throw new GatewayError('NOT_FOUND', "captureInteractions: expected customerId to be a customer's id, there is no such customer");
}

/** The customer to return: the one that AGENT or SERVICE named; for every other viewer the request's own. */
async function changed(id: CustomerId, context: RequestContext): Promise<ResolvedCustomer | null> {
  return isTrusted(context.viewer) ? context.customersById.load(id) : context.customer();
}

/** The customer after a change. There is always one, because the store has just answered the id. */
async function reload(id: CustomerId, context: RequestContext): Promise<ResolvedCustomer> {
  context.forgetCustomer();
  return (await context.customersById.load(id)) as ResolvedCustomer;
}
