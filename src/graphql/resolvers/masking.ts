import { explain } from '../../identity/explain.ts';
import type { CustomerId, ResolvedCustomer } from '../../model/customer.ts';
import type { Identifier } from '../../model/identifier.ts';
import type { IdentityRecord } from '../../model/identity.ts';
import type { StoredInteraction } from '../../model/interaction.ts';
import { maskIdentifier } from '../../model/mask-identifier.ts';
import { MaskedTexts } from '../../model/masked-texts.ts';
import type {
  CustomerResolvers,
  EventIdentifierResolvers,
  IdentifierResolvers,
  IdentityEventResolvers,
  IdentityPreviewResolvers,
  InteractionIdentifierResolvers,
  InteractionResolvers,
  SessionResolvers,
} from '../generated/resolver-types.ts';
import type { RequestContext } from '../request-context.ts';
import { attributesOf } from './customer.ts';

/*
 * What an agent who must confirm sees of customers whom the agent has not confirmed. These resolvers are in the schema only with
 * `viewers.agentsConfirm`. Every type that shows an identifier's value is here, so no field that answers one can leave it unmasked.
 */

/** In whose history an identifier is shown that nobody has any more. */
interface InHistory {
  readonly of?: CustomerId;
}

/**
 * The value of an identifier, for this viewer: whole for the identifiers of customers whom the agent confirmed. One that nobody has
 * is shown to who confirmed the customer in whose history it stands.
 */
async function shownValue(identifier: Identifier & InHistory, context: RequestContext): Promise<string> {
  const { viewer, graph } = context;
  if (viewer.mustConfirm !== true) return identifier.value;
  const { type, value, of } = identifier;
  const [owner] = await graph.ownersFor([{ type, value }], viewer);
  const customer = owner ?? (of === undefined ? null : await context.customersById.load(of));
  return customer?.assurance === 'VERIFIED' ? value : maskIdentifier(value);
}

const NOTHING_MASKED = new MaskedTexts([]);

/** Made once for a customer of an operation: for 50 identifiers that takes a millisecond, and a journey has hundreds of texts. */
const byCustomer = new WeakMap<ResolvedCustomer, MaskedTexts>();

function maskedOf(customer: ResolvedCustomer): MaskedTexts {
  let masked = byCustomer.get(customer);
  if (masked === undefined) {
    masked = new MaskedTexts(customer.identifiers);
    byCustomer.set(customer, masked);
  }
  return masked;
}

/** What to mask in texts about a customer: the values of their identifiers, unless the agent confirmed them. */
function maskedFor(customer: ResolvedCustomer | null, others: readonly Identifier[], { viewer }: RequestContext): MaskedTexts {
  if (viewer.mustConfirm !== true || customer?.assurance === 'VERIFIED') return NOTHING_MASKED;
  const own = customer === null ? NOTHING_MASKED : maskedOf(customer);
  const more = others.filter((other) => !own.covers(other));
  return more.length === 0 ? own : new MaskedTexts(more, own);
}

async function maskedIn({ customerId, identifier }: StoredInteraction, context: RequestContext): Promise<MaskedTexts> {
  if (context.viewer.mustConfirm !== true) return NOTHING_MASKED;
  const { value, type } = identifier ?? {};
  const deciding = value == null || type === undefined ? [] : [{ type, value }];
  return maskedFor(await context.customersById.load(customerId), deciding, context);
}

/** What a person wrote about a change may name identifiers. */
async function shownReason({ reason, customerId, evidence }: IdentityRecord, context: RequestContext): Promise<string | null> {
  if (reason === null || context.viewer.mustConfirm !== true) return reason;
  return maskedFor(await context.customersById.load(customerId), evidence, context).text(reason);
}

const inHistoryOf = <Each extends Identifier>(identifiers: readonly Each[], of: CustomerId) => identifiers.map((each) => ({ ...each, of }));

export const MASKING = {
  Identifier: { value: (identifier, _, context) => shownValue(identifier, context) } satisfies IdentifierResolvers,

  EventIdentifier: { value: (identifier, _, context) => shownValue(identifier, context) } satisfies EventIdentifierResolvers,

  InteractionIdentifier: {
    value: ({ value, ...identifier }, _, context) => (value == null ? null : shownValue({ ...identifier, value }, context)),
  } satisfies InteractionIdentifierResolvers,

  IdentityEvent: {
    evidence: ({ evidence, customerId }) => inHistoryOf(evidence, customerId),
    linked: ({ linked, customerId }) => inHistoryOf(linked, customerId),
    cut: ({ cut, customerId }) => inHistoryOf(cut, customerId),
    reason: (record, _, context) => shownReason(record, context),
    explanation: async (record, _, context) => explain({ ...record, reason: await shownReason(record, context) }),
  } satisfies IdentityEventResolvers,

  IdentityPreview: {
    linked: ({ linked, customer }) => inHistoryOf(linked, customer.id),
    moved: ({ moved, customer }) => inHistoryOf(moved, customer.id),
    cut: ({ cut, customer }) => inHistoryOf(cut, customer.id),
  } satisfies IdentityPreviewResolvers,

  Interaction: {
    identifier: ({ identifier, customerId }) => identifier && { ...identifier, of: customerId },
    pageUrl: async (interaction, _, context) =>
      interaction.pageUrl === null ? null : (await maskedIn(interaction, context)).text(interaction.pageUrl),
    properties: async (interaction, _, context) =>
      (await maskedIn(interaction, context)).mask(interaction.properties) as Record<string, unknown>,
  } satisfies InteractionResolvers,

  Session: {
    landingPage: async ({ interactions }, _, context) => {
      const first = interactions.at(-1);
      return first === undefined || first.pageUrl === null ? null : (await maskedIn(first, context)).text(first.pageUrl);
    },
  } satisfies SessionResolvers,

  Customer: {
    attributes: async (customer, { names }, context) => {
      const attributes = await attributesOf(customer, names, context);
      const masked = maskedFor(customer, [], context);
      return attributes.map((attribute) => ({ ...attribute, value: masked.mask(attribute.value) }));
    },
  } satisfies CustomerResolvers,
};
