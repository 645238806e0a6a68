import type { IdentityGraph } from '../identity/identity-graph.ts';
import { type CustomerId, parseCustomerId } from '../model/customer.ts';
import type { Identifier } from '../model/identifier.ts';
import type { Viewer } from '../model/viewer.ts';
import { requireAccess } from './access.ts';

const VERIFIED = { min: 'VERIFIED', roles: null } as const;

/** Whom a change of the identity graph, or the preview of one, is about. */
export interface NamedCustomers {
  /** Ids as they were given; one that is nobody's is left to the change. */
  readonly customerIds?: readonly string[];
  /** Normalised. Their owners are meant. */
  readonly identifiers?: readonly Identifier[];
}

/**
 * Requires that an agent who must confirm (`viewers.agentsConfirm`) has confirmed every customer that a correction names, and every
 * owner of an identifier that it names. For other viewers it asks nothing. Corrections and their previews call it.
 * @param what for the message: `mergeCustomers`.
 * @returns the owner of each identifier, in their order; null without owner, and for other viewers.
 * @throws GatewayError INSUFFICIENT_ASSURANCE.
 */
export async function requireConfirmed(
  graph: Pick<IdentityGraph, 'findByIds' | 'ownersFor'>,
  viewer: Viewer,
  { customerIds = [], identifiers = [] }: NamedCustomers,
  what: string,
): Promise<(CustomerId | null)[]> {
  if (viewer.mustConfirm !== true) return identifiers.map(() => null);
  const ids = customerIds.map(parseCustomerId).filter((id) => id !== null);
  const [named, owners] = await Promise.all([graph.findByIds(ids, viewer), graph.ownersFor(identifiers, viewer)]);
  for (const customer of [...named, ...owners]) if (customer !== null) requireAccess(VERIFIED, viewer, customer, what);
  return owners.map((owner) => owner?.id ?? null);
}
