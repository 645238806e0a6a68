import { GatewayError } from './errors.ts';

/** Who is asking. A token without a role, and a request without a token, is a customer's. */
export const VIEWER_ROLES = ['CUSTOMER', 'AGENT', 'SERVICE', 'ADMIN'] as const;
export type ViewerRole = (typeof VIEWER_ROLES)[number];

export interface Viewer {
  readonly role: ViewerRole;
  /** True when a valid token came with the request. */
  readonly authenticated: boolean;
  /** The token's claims; empty without a token. */
  readonly claims: Readonly<Record<string, unknown>>;
}

export const ANONYMOUS_VIEWER: Viewer = { role: 'CUSTOMER', authenticated: false, claims: {} };

/** Whose word about any customer counts: what they name, they may mean. */
export function isTrusted({ role }: Pick<Viewer, 'role'>): boolean {
  return role === 'AGENT' || role === 'SERVICE';
}

/** @throws GatewayError UNAUTHENTICATED without a valid token, FORBIDDEN with one of another role. */
export function requireRole(roles: readonly ViewerRole[], viewer: Viewer, what: string): void {
  if (!roles.includes(viewer.role)) throw roleRefusal(roles, viewer, what);
}

/** Why this is not for the viewer. */
export function roleRefusal(roles: readonly ViewerRole[], viewer: Viewer, what: string): GatewayError {
  const expected = `${what} is for ${roles.join(' and ')}`;
  return viewer.authenticated
    ? new GatewayError('FORBIDDEN', `${expected}, the token's role is ${viewer.role}`)
    : new GatewayError('UNAUTHENTICATED', `${expected}: send a valid bearer token with that role`);
}
