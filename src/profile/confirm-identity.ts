import type { IdentityGraph } from '../identity/identity-graph.ts';
import { causeOf } from '../model/cause.ts';
import { checkText } from '../model/check-text.ts';
import { CONFIRMATION_METHOD, CONFIRMED_FOR } from '../model/confirmation.ts';
import { type CustomerId, parseCustomerId } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import { agentKey, requireRole, type Viewer } from '../model/viewer.ts';

export interface ConfirmationServices {
  readonly graph: IdentityGraph;
  readonly now: () => Date;
}

/** What an agent asks for with `confirmIdentity`. */
export interface ConfirmationRequest {
  readonly customerId: string;
  readonly method: string;
  readonly viewer: Viewer;
}

/**
 * Keeps that an agent made sure who the customer is: the customer is VERIFIED for this agent for a time, in every process.
 * @throws GatewayError BAD_USER_INPUT for an empty or too long method, NOT_FOUND for an id that is nobody's, FORBIDDEN for a token
 * without a subject and, like UNAUTHENTICATED, for other viewers.
 */
export async function confirmIdentity(
  { graph, now }: ConfirmationServices,
  { customerId, method: given, viewer }: ConfirmationRequest,
): Promise<{ readonly customerId: CustomerId; readonly expiresAt: Date }> {
  requireRole(['AGENT'], viewer, 'confirmIdentity');
  const agent = agentKey(viewer);
  if (agent === null) {
    const message = 'confirmIdentity: expected a token with a subject (sub), which says who the agent is; received one without';
    throw new GatewayError('FORBIDDEN', message);
  }
  const method = given.trim();
  checkText('method', method, CONFIRMATION_METHOD, 'that say how the agent made sure');
  const confirmedAt = now();
  const expiresAt = new Date(confirmedAt.getTime() + CONFIRMED_FOR);
  const id = parseCustomerId(customerId);
  const order = { method, confirmedAt, expiresAt, agent, ...causeOf(viewer, 'confirmIdentity') };
  const confirmed = id && (await graph.confirm({ ...order, customerId: id }));
  if (confirmed === null) {
    throw new GatewayError('NOT_FOUND', "confirmIdentity: expected customerId to be a customer's id, there is no such customer");
  }
  return { customerId: confirmed, expiresAt };
}
