/** `GET /agent/settings.json`: what the page needs before somebody has signed in. `agent-desktop/src/model/gateway.ts` has the same types. */
export interface DesktopSettings {
  /** How agents sign in; null where there is no way for it, and a page that embeds the desktop must send a token. */
  readonly signIn: LocalSignIn | OidcSignIn | null;
  /** The origins of pages that may embed the desktop. */
  readonly embedders: readonly string[];
}

/** Development only: a list to choose from. */
export interface LocalSignIn {
  readonly kind: 'local';
  readonly agents: readonly LocalAgent[];
}

export interface LocalAgent {
  readonly id: string;
  readonly name: string;
  /** In lower case, as in a token. */
  readonly roles: readonly string[];
}

/** What `POST /agent/sign-in` answers. */
export interface SignedIn {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresAt: string;
}

/** OpenID Connect: authorization code with PKCE, in the browser. */
export interface OidcSignIn {
  readonly kind: 'oidc';
  readonly issuer: string;
  readonly clientId: string;
  /** Separated by spaces. */
  readonly scope: string;
  /** Null for none. */
  readonly audience: string | null;
}

/** Invented people who sign in without a password, in development. */
export const LOCAL_AGENTS: readonly LocalAgent[] = [
  { id: 'tom-hale', name: 'Tom Hale', roles: ['agent'] },
  { id: 'amira-lindqvist', name: 'Amira Lindqvist', roles: ['agent'] },
  { id: 'ruth-okafor', name: 'Ruth Okafor', roles: ['agent', 'admin'] },
];
