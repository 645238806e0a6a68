import { type Assurance, isAtLeast, isProven } from '../model/assurance.ts';
import type { ResolvedCustomer } from '../model/customer.ts';
import { GatewayError } from '../model/errors.ts';
import { hasRole, roleRefusal, type Viewer, type ViewerRole } from '../model/viewer.ts';

/** Who may see a field: how well the customer must be proven, and which viewers may ask. */
export interface AccessRule {
  /** Null where the owner says none: `DEFAULT_ACCESS.min` for a field of a customer, and none outside of customers. */
  readonly min: Assurance | null;
  /** Null: any viewer. */
  readonly roles: readonly ViewerRole[] | null;
}

/** The rule of a customer's field without `@access`. */
export const DEFAULT_ACCESS = { min: 'RECOGNIZED', roles: null } as const satisfies AccessRule;

/** @returns why this viewer may not see a field of this customer, or null when they may. */
export function refusal({ min, roles }: AccessRule, viewer: Viewer, assurance: Assurance, field: string): GatewayError | null {
  return roleProblem(roles, viewer, field) ?? assuranceProblem(min ?? DEFAULT_ACCESS.min, assurance, viewer, field);
}

/**
 * @param field for the message: `Customer.orders`.
 * @throws GatewayError INSUFFICIENT_ASSURANCE, FORBIDDEN or UNAUTHENTICATED when this viewer may not see it of this customer.
 */
export function requireAccess(rule: AccessRule, viewer: Viewer, { assurance }: ResolvedCustomer, field: string): void {
  const refused = refusal(rule, viewer, assurance, field);
  if (refused !== null) throw refused;
}

/**
 * The same for a field that stands in no customer, such as one of `Query`: `min` is about the request's customer.
 * @param own reads the request's customer, only where the rule has a `min`; null is one who is proven by nothing.
 */
export async function requireAccessOutside(
  { min, roles }: AccessRule,
  viewer: Viewer,
  own: () => PromiseLike<ResolvedCustomer | null> | ResolvedCustomer | null,
  field: string,
): Promise<void> {
  const refused =
    roleProblem(roles, viewer, field) ?? (min && assuranceProblem(min, (await own())?.assurance ?? 'ANONYMOUS', viewer, field));
  if (refused !== null) throw refused;
}

function roleProblem(roles: AccessRule['roles'], viewer: Viewer, field: string): GatewayError | null {
  return roles === null || hasRole(viewer, roles) ? null : roleRefusal(roles, viewer, field);
}

function assuranceProblem(required: Assurance, actual: Assurance, viewer: Viewer, field: string): GatewayError | null {
  if (isAtLeast(actual, required)) return null;
  return insufficient(required, actual, field, viewer.mustConfirm === true && isProven(actual));
}

/** The error for a customer whom an agent must confirm first. @param field for the message. */
export function notConfirmed(field: string): GatewayError {
  return insufficient('VERIFIED', 'RECOGNIZED', field, true);
}

function insufficient(required: Assurance, actual: Assurance, field: string, mayConfirm: boolean): GatewayError {
  const advice = mayConfirm ? '; the agent confirms who it is with confirmIdentity' : '';
  const message = `${field} needs a customer who is ${required}, this one is ${actual}${advice}`;
  return new GatewayError('INSUFFICIENT_ASSURANCE', message, { required, actual });
}
