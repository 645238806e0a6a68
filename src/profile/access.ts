import { type Assurance, isAtLeast } from '../model/assurance.ts';
import type { ResolvedCustomer } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import { roleRefusal, type Viewer, type ViewerRole } from '../model/viewer.ts';

/** Who may see a field: how well the customer must be proven, and which viewers may ask (null: any). */
export interface AccessRule {
  readonly min: Assurance;
  readonly roles: readonly ViewerRole[] | null;
}

/** The rule of a customer's field without `@access`. */
export const DEFAULT_ACCESS: AccessRule = { min: 'RECOGNIZED', roles: null };

/** @returns why this viewer may not see it, or null when they may. */
export function refusal(rule: AccessRule, viewer: Viewer, assurance: Assurance, field: string): GatewayError | null {
  if (rule.roles !== null && !rule.roles.includes(viewer.role)) return roleRefusal(rule.roles, viewer, field);
  if (isAtLeast(assurance, rule.min)) return null;
  const details = { required: rule.min, actual: assurance };
  return new GatewayError('INSUFFICIENT_ASSURANCE', `${field} needs a customer who is ${rule.min}, this one is ${assurance}`, details);
}

/**
 * @param field for the message: `Customer.orders`.
 * @throws GatewayError INSUFFICIENT_ASSURANCE, FORBIDDEN or UNAUTHENTICATED when this viewer may not see it of this customer.
 */
export function requireAccess(rule: AccessRule, viewer: Viewer, { assurance }: ResolvedCustomer, field: string): void {
  const refused = refusal(rule, viewer, assurance, field);
  if (refused !== null) throw refused;
}
