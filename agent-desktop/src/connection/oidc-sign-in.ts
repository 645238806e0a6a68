import * as oauth from 'oauth4webapi';
import type { OidcSignIn } from '../model/gateway.ts';
import { keptText } from './kept-text.ts';
import { isOnlyTab } from './only-tab.ts';
import type { Grant } from './session.ts';
import { SignInFailure } from './sign-in-failure.ts';

/** What is kept while the agent is at the issuer, to make sure that the answer is for this page. Gone with the tab. */
interface Attempt {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** What renews a token. Gone with the tab. */
interface Kept {
  readonly refreshToken: string | null;
  /** Random: a tab with the same one is a copy of this tab. */
  readonly signIn: string;
}

const attempts = keptText<Attempt>('agent-desktop.sign-in');
const kept = keptText<Kept>('agent-desktop.sign-in-kept');

/** The page that the issuer sends agents back to: registered there. */
const redirectUri = (): string => `${location.origin}/agent`;
const client = ({ clientId }: OidcSignIn): oauth.Client => ({ client_id: clientId, [oauth.clockTolerance]: CLOCK_TOLERANCE });

/** Seconds by which the clock of an agent's computer may differ from the issuer's. ID tokens are often good for 5 minutes only. */
const CLOCK_TOLERANCE = 300;
/** Characters of the issuer's own text in a message. */
const MAX_SHOWN = 300;

/**
 * Goes to the issuer. The page is left.
 * @throws SignInFailure
 */
export async function beginSignIn(settings: OidcSignIn): Promise<void> {
  if (!isSecureContext) throw new SignInFailure('failed', `expected a page with https or on localhost, received ${location.origin}`);
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
    ...(mustAskForConsent(server, settings) ? { prompt: 'consent' } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  location.assign(address);
}

/**
 * Takes what the issuer sent the agent back with.
 * @throws SignInFailure when it is not the answer to this tab's question, or the issuer refused.
 */
export async function finishSignIn(settings: OidcSignIn, returned: URLSearchParams): Promise<Grant> {
  const attempt = attempts.take();
  if (attempt === null) throw new SignInFailure('stale', 'this tab has asked nothing of the issuer');
  const server = await discover(settings);
  try {
    const parameters = oauth.validateAuthResponse(server, client(settings), returned, attempt.state);
    const request = oauth.authorizationCodeGrantRequest(
      server,
      client(settings),
      oauth.None(),
      parameters,
      redirectUri(),
      attempt.verifier,
      { ...insecure(settings), additionalParameters: resourceOf(settings) },
    );
    const response = await request.catch(unreachable(server.token_endpoint ?? settings.issuer));
    const options = { expectedNonce: attempt.nonce, requireIdToken: true };
    kept.take();
    return grantOf(await oauth.processAuthorizationCodeResponse(server, client(settings), response, options));
  } catch (error) {
    throw failureOf(error);
  }
}

/**
 * Gets a new token by the refresh token. Many issuers take one once, and end all of the sign-in when it comes again: of tabs with a
 * copy of it, one alone uses it. @returns null where there is none, or the issuer takes it no more.
 */
export async function renewSignIn(settings: OidcSignIn): Promise<Grant | null> {
  const { refreshToken = null, signIn = '' } = kept.read() ?? {};
  if (refreshToken === null) return null;
  try {
    if (!(await isOnlyTab(signIn))) return null;
    const server = await discover(settings);
    const options = { ...insecure(settings), additionalParameters: resourceOf(settings) };
    const response = await oauth.refreshTokenGrantRequest(server, client(settings), oauth.None(), refreshToken, options);
    const answer = await oauth.processRefreshTokenResponse(server, client(settings), response);
    // The agent may have signed out meanwhile: then nothing of theirs is kept again.
    return kept.read()?.refreshToken === refreshToken ? grantOf(answer) : null;
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
  // The name that it has at Amazon Cognito. The specification has others ignore it.
  address.searchParams.set('logout_uri', redirectUri());
  location.assign(address);
}

function grantOf({ access_token, refresh_token, expires_in }: oauth.TokenEndpointResponse): Grant {
  const before = kept.read();
  const signIn = before?.signIn ?? oauth.generateRandomState();
  kept.keep({ refreshToken: refresh_token ?? before?.refreshToken ?? null, signIn });
  void isOnlyTab(signIn).catch(() => {});
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
  try {
    const request = oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...insecure(settings) });
    const server = await oauth.processDiscoveryResponse(issuer, await request.catch(unreachable(settings.issuer)));
    if (server.authorization_endpoint === undefined) throw new Error('the issuer names no "authorization_endpoint"');
    return server;
  } catch (error) {
    throw failureOf(error);
  }
}

/**
 * OpenID Connect gives `offline_access`, and with it a refresh token, only to whom the person was asked (Core, section 11). Microsoft's
 * issuers, known by a property of theirs, give it without; where only administrators may consent, to ask would keep all others out.
 */
function mustAskForConsent(server: oauth.AuthorizationServer, { scope }: OidcSignIn): boolean {
  return scope.split(' ').includes('offline_access') && !('cloud_instance_name' in server);
}

/** What `fetch` throws says nothing of why: browsers hide it from pages. */
function unreachable(address: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof TypeError)) throw error;
    const why = `it may be down, it may not allow the web origin ${location.origin} (CORS), or this page's policy may not allow it`;
    throw new SignInFailure('failed', `${new URL(address).origin} cannot be asked from this page: ${why}`);
  };
}

function failureOf(error: unknown): SignInFailure {
  if (error instanceof SignInFailure) return error;
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    const said = [error.error, error.error_description ?? ''].join(' ').trim().slice(0, MAX_SHOWN);
    const isRefused = error instanceof oauth.AuthorizationResponseError && error.error === 'access_denied';
    return new SignInFailure(isRefused ? 'refused' : 'failed', `the issuer answers: ${said}`);
  }
  return new SignInFailure('failed', error instanceof Error ? error.message.slice(0, MAX_SHOWN) : String(error));
}

/** Auth0 wants `audience`, others `resource` (RFC 8707): each leaves out what it does not know. */
function resourceOf({ audience }: OidcSignIn): Record<string, string> {
  return audience === null ? {} : { audience, resource: audience };
}

/** Without TLS only on this machine, for an issuer in development. */
function insecure({ issuer }: OidcSignIn): { [oauth.allowInsecureRequests]?: boolean } {
  return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(issuer).hostname) ? { [oauth.allowInsecureRequests]: true } : {};
}
