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
