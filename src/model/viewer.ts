import { GatewayError } from './errors.ts';

/** The roles of viewers. A request without a token, or with a token without a role, is a CUSTOMER's. */
export const VIEWER_ROLES = ['CUSTOMER', 'AGENT', 'SERVICE', 'ADMIN'] as const;
export type ViewerRole = (typeof VIEWER_ROLES)[number];

export interface Viewer {
  /** All roles that the token names, in the order of `VIEWER_ROLES`; CUSTOMER alone when it names none. Rights are their union. */
  readonly roles: readonly ViewerRole[];
  /** True when a valid token came with the request. */
  readonly authenticated: boolean;
  /** The token's claims; empty without a token. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** True for an agent for whom a looked-up customer is VERIFIED only after `confirmIdentity` (`viewers.agentsConfirm`). */
  readonly mustConfirm?: boolean;
  /** True when the token could not be verified, because the keys of its issuer cannot be fetched now. */
  readonly isUnverifiable?: boolean;
  /** Why a token that came with the request is not taken: for an error message, and nothing of the token. */
  readonly refusal?: string;
}

/**
 * Seconds by which the clocks of a token's issuer and of this gateway may differ: the issuer's may be ahead or behind
 * (RFC 7519, section 4.1.4, allows "some small leeway, usually no more than a few minutes").
 */
export const CLOCK_TOLERANCE = 60;

export const ANONYMOUS_VIEWER: Viewer = { roles: ['CUSTOMER'], authenticated: false, claims: {} };

/** For a token that cannot be verified now. Has the same rights as a request without a token, and another error message. */
export const UNVERIFIABLE_VIEWER: Viewer = { ...ANONYMOUS_VIEWER, isUnverifiable: true };

/**
 * By what the limits of one operation are multiplied that grow with the number of customers (cost, rows), for SERVICE, AGENT and
 * ADMIN: a hundred customers with their orders is their everyday query.
 */
export const TRUSTED_FACTOR = 10;

/** True when the viewer has one of these roles. */
export function hasRole({ roles }: Pick<Viewer, 'roles'>, allowed: readonly ViewerRole[]): boolean {
  return roles.some((role) => allowed.includes(role));
}

/** True for a viewer without any other role: the limits are a customer's, and what the browser says is about its own person. */
export function isCustomer({ roles }: Pick<Viewer, 'roles'>): boolean {
  return hasRole({ roles }, ['CUSTOMER']);
}

/** The roles as one text, as it is stored and shown: `AGENT`, `AGENT+ADMIN`. */
export function rolesText({ roles }: Pick<Viewer, 'roles'>): string {
  return roles.join('+');
}

/**
 * The text under which what a viewer asks for is counted, and takes its turns: whom the issuer names, with its roles. A token of a
 * program may have no subject, but the program's name.
 * @returns null for a viewer without a token.
 */
export function viewerKey({ authenticated, roles, claims }: Viewer): string | null {
  if (!authenticated) return null;
  const { iss, sub, client_id: client, azp: party } = claims;
  return JSON.stringify([rolesText({ roles }), iss ?? null, sub ?? client ?? party ?? null]);
}

/** Who an agent is, whatever the roles of this token: the subject and its issuer. Null for a token without a subject. */
export function agentKey({ claims: { iss, sub } }: Viewer): string | null {
  return typeof sub === 'string' && sub !== '' ? JSON.stringify([iss ?? null, sub]) : null;
}

/** True for roles that may name any customer. */
export function isTrusted(viewer: Pick<Viewer, 'roles'>): boolean {
  return hasRole(viewer, ['AGENT', 'SERVICE']);
}

/** @throws GatewayError UNAUTHENTICATED without a valid token, FORBIDDEN with one of other roles. */
export function requireRole(roles: readonly ViewerRole[], viewer: Viewer, what: string): void {
  if (!hasRole(viewer, roles)) throw roleRefusal(roles, viewer, what);
}

/** The error for a viewer who has none of these roles. */
export function roleRefusal(roles: readonly ViewerRole[], viewer: Viewer, what: string): GatewayError {
  const expected = `${what} is for ${roles.join(' and ')}`;
  if (viewer.authenticated) {
    const received = viewer.roles.length === 1 ? `role is ${viewer.roles[0]}` : `roles are ${viewer.roles.join(' and ')}`;
    return new GatewayError('FORBIDDEN', `${expected}, the token's ${received}`);
  }
  return new GatewayError('UNAUTHENTICATED', `${expected}: ${adviceFor(viewer)}`);
}

function adviceFor({ isUnverifiable, refusal }: Viewer): string {
  if (isUnverifiable) return "the token can't be verified now, because its issuer's keys can't be fetched; try again in a minute";
  const received = refusal === undefined ? '' : `, the one that came is refused: ${refusal}`;
  return `send a valid bearer token with that role${received}`;
}
