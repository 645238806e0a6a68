import type { Correction, MergeRequest, SplitRequest, UnlinkRequest } from '../profile/correct-identity.ts';
import type { MergeCustomersInput, SplitCustomerInput, UnlinkIdentifierInput } from './generated/resolver-types.ts';
import type { RequestContext } from './request-context.ts';

// What corrections of identity and their previews are asked with.

export function mergeRequestOf(input: MergeCustomersInput, context: RequestContext): MergeRequest {
  return { ...by(context, input), customerIds: input.customerIds };
}

export function splitRequestOf(input: SplitCustomerInput, context: RequestContext): SplitRequest {
  return { ...by(context, input), customerId: input.customerId ?? null, identifiers: input.identifiers };
}

export function unlinkRequestOf(input: UnlinkIdentifierInput, context: RequestContext): UnlinkRequest {
  return { ...by(context, input), customerId: input.customerId ?? null, identifier: input.identifier };
}

function by({ viewer }: RequestContext, { reason }: { readonly reason?: string | null }): Correction {
  return { viewer, reason: reason ?? null };
}
