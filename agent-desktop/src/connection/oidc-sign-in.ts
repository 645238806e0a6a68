import * as oauth from 'oauth4webapi';
import type { OidcSignIn } from '../model/gateway.ts';
import { keptText } from './kept-text.ts';
import type { Grant } from './session.ts';

/** What is kept while the agent is at the issuer, to make sure that the answer is for this page. Gone with the tab. */
interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What renews a token. Gone with the tab. */
interface Kept {
  readonly refreshToken: string | null;
}

const attempts = keptText<Attempt>('agent-desktop.sign-in');
const kept = keptText<Kept>('agent-desktop.sign-in-kept');

/** The page that the issuer sends agents back to: registered there. */
const redirectUri = (): string => `${location.origin}/agent`;
const client = ({ clientId }: OidcSignIn): oauth.Client => ({ client_id: clientId });

/** Goes to the issuer. The page is left. */
export async function beginSignIn(settings: OidcSignIn): Promise<void> {
  const server = await discover(settings);
  const attempt = {
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    verifier: oauth.generateRandomCodeVerifier(),
  };
  attempts.keep(attempt);
  const address = new URL(server.authorization_endpoint ?? '');
  const parameters: Record<string, string> = {
    client_id: settings.clientId,
    redirect_uri: redirectUri(),
    response_type: 'code',
    scope: settings.scope,
    state: attempt.state,
    nonce: attempt.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
    ...resourceOf(settings),
    // OpenID Connect gives `offline_access`, and with it a refresh token, only to whom the person was asked (Core, section 11).
    ...(settings.scope.split(' ').includes('offline_access') ? { prompt: 'consent' } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  location.assign(address);
}

/**
 * Takes what the issuer sent the agent back with.
 * @throws when it is not the answer to this tab's question, or the issuer refused.
 */
export async function finishSignIn(settings: OidcSignIn, returned: URLSearchParams): Promise<Grant> {
  const attempt = attempts.take();
  if (attempt === null) throw new Error('finishSignIn: expected an answer to a question of this tab, received another.');
  const server = await discover(settings);
  const parameters = oauth.validateAuthResponse(server, client(settings), returned, attempt.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client(settings),
    oauth.None(),
    parameters,
    redirectUri(),
    attempt.verifier,
    { ...insecure(settings), additionalParameters: resourceOf(settings) },
  );
  const options = { expectedNonce: attempt.nonce, requireIdToken: true };
  return grantOf(await oauth.processAuthorizationCodeResponse(server, client(settings), response, options));
}

/** Gets a new token by the refresh token. @returns null where there is none, or the issuer takes it no more. */
export async function renewSignIn(settings: OidcSignIn): Promise<Grant | null> {
  const refreshToken = kept.read()?.refreshToken ?? null;
  if (refreshToken === null) return null;
  try {
    const server = await discover(settings);
    const options = { ...insecure(settings), additionalParameters: resourceOf(settings) };
    const response = await oauth.refreshTokenGrantRequest(server, client(settings), oauth.None(), refreshToken, options);
    return grantOf(await oauth.processRefreshTokenResponse(server, client(settings), response));
  } catch {
    return null;
  }
}

/**
 * Signs the agent out at the issuer as well, where it offers that: this page is left. Without `id_token_hint`, which would be a token
 * in an address: the issuer knows the agent by its own cookie, and may ask whether they want to sign out.
 */
export async function endSignIn(settings: OidcSignIn): Promise<void> {
  kept.take();
  attempts.take();
  const endpoint = (await discover(settings)).end_session_endpoint;
  if (endpoint === undefined) return;
  const address = new URL(endpoint);
  address.searchParams.set('client_id', settings.clientId);
  address.searchParams.set('post_logout_redirect_uri', redirectUri());
  location.assign(address);
}

function grantOf({ access_token, refresh_token, expires_in }: oauth.TokenEndpointResponse): Grant {
  kept.keep({ refreshToken: refresh_token ?? kept.read()?.refreshToken ?? null });
  const expiresAt = expires_in === undefined ? null : new Date(Date.now() + expires_in * 1_000).toISOString();
  return { token: access_token, expiresAt };
}

let discovered: Promise<oauth.AuthorizationServer> | null = null;

function discover(settings: OidcSignIn): Promise<oauth.AuthorizationServer> {
  discovered ??= readServer(settings);
  discovered.catch(() => {
    discovered = null;
  });
  return discovered;
}

async function readServer(settings: OidcSignIn): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(settings.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure(settings) }));
}

/** Auth0 wants `audience`, others `resource` (RFC 8707): each leaves out what it does not know. */
function resourceOf({ audience }: OidcSignIn): Record<string, string> {
  return audience === null ? {} : { audience, resource: audience };
}

/** Without TLS only on this machine, for an issuer in development. */
function insecure({ issuer }: OidcSignIn): { [oauth.allowInsecureRequests]?: boolean } {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(issuer).hostname) ? { [oauth.allowInsecureRequests]: true } : {};
}
