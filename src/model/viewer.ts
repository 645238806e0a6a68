import { GatewayError } from './errors.ts';

/** The roles of viewers. A request without a token, or with a token without a role, is a CUSTOMER's. */
export const VIEWER_ROLES = ['CUSTOMER', 'AGENT', 'SERVICE', 'ADMIN'] as const;
export type ViewerRole = (typeof VIEWER_ROLES)[number];

export interface Viewer {
  readonly role: ViewerRole;
  /** True when a valid token came with the request. */
  readonly authenticated: boolean;
  /** The token's claims; empty without a token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** True when the token could not be verified, because the keys of its issuer cannot be fetched now. */
  readonly isUnverifiable?: boolean;
}

/**
 * Seconds by which the clocks of a token's issuer and of this gateway may differ: the issuer's may be ahead or behind
 * (RFC 7519, section 4.1.4, allows "some small leeway, usually no more than a few minutes").
 */
export const CLOCK_TOLERANCE = 60;

export const ANONYMOUS_VIEWER: Viewer = { role: 'CUSTOMER', authenticated: false, claims: {} };

/** For a token that cannot be verified now. Has the same rights as a request without a token, and another error message. */
export const UNVERIFIABLE_VIEWER: Viewer = { ...ANONYMOUS_VIEWER, isUnverifiable: true };

/**
 * By what the limits of one operation are multiplied that grow with the number of customers (cost, rows), for SERVICE, AGENT and
 * ADMIN: a hundred customers with their orders is their everyday query.
 */
export const TRUSTED_FACTOR = 10;

/**
 * The text under which what a viewer asks for is counted, and takes its turns: whom the issuer names, in one role. A token of a
 * program may have no subject, but the program's name.
 * @returns null for a viewer without a token.
 */
export function viewerKey({ authenticated, role, claims }: Viewer): string | null {
  if (!authenticated) return null;
  const { iss, sub, client_id: client, azp: party } = claims;
  return JSON.stringify([role, iss ?? null, sub ?? client ?? party ?? null]);
}

/** True for roles that may name any customer. */
export function isTrusted({ role }: Pick<Viewer, 'role'>): boolean {
  return role === 'AGENT' || role === 'SERVICE';
}

/** @throws GatewayError UNAUTHENTICATED without a valid token, FORBIDDEN with one of another role. */
export function requireRole(roles: readonly ViewerRole[], viewer: Viewer, what: string): void {
  if (!roles.includes(viewer.role)) throw roleRefusal(roles, viewer, what);
}

/** The error for a viewer of another role. */
export function roleRefusal(roles: readonly ViewerRole[], viewer: Viewer, what: string): GatewayError {
  const expected = `${what} is for ${roles.join(' and ')}`;
  if (viewer.authenticated) return new GatewayError('FORBIDDEN', `${expected}, the token's role is ${viewer.role}`);
  const advice = viewer.isUnverifiable
    ? "the token can't be verified now, because its issuer's keys can't be fetched; try again in a minute"
    : 'send a valid bearer token with that role';
  return new GatewayError('UNAUTHENTICATED', `${expected}: ${advice}`);
}
