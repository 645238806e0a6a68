import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration } from 'oidc-provider';
import { onTestFinished } from 'vitest';
import type { GatewayConfigInput } from '../../src/index.ts';

/** A real OpenID Connect provider on this machine, with its own pages to sign in. */
export interface TestProvider {
  /** What makes a gateway trust it. */
  readonly config: Partial<GatewayConfigInput>;
  /** Lets the desktop of this origin sign people in. To be called once. */
  readonly allow: (origin: string) => void;
  /** All access tokens and refresh tokens that it has given out. */
  readonly tokens: readonly string[];
  /** The codes of the requests for tokens that it has refused. */
  readonly refusals: readonly string[];
}

export interface ProviderOptions {
  /** Seconds for which an access token is good. */
  readonly tokenLife?: number;
  /** True: the token endpoint is at another origin, as that of Google or Amazon Cognito. */
  readonly isTokenElsewhere?: boolean;
  /** True: no refresh token is given out. */
  readonly isWithoutRefresh?: boolean;
  /** Settings of the provider itself, in place of those below. */
  readonly settings?: Pick<Configuration, 'clientBasedCORS' | 'features'>;
}

const CLIENT = 'agent-desktop';
const RESOURCE = 'https://gateway.example';
/** The scope `agent` is the role: by default, the gateway reads roles from the claim `scope`. */
const SCOPE = 'openid offline_access agent';

export async function startProvider(options: ProviderOptions = {}): Promise<TestProvider> {
  const { tokenLife = 600, isTokenElsewhere = false, isWithoutRefresh = false, settings = {} } = options;
  // Requests from before it knows the desktop's origin wait for that.
  const { promise: ready, resolve: isReady } = Promise.withResolvers<RequestListener>();
  const answer: RequestListener = async (request, response) => (await ready)(request, response);
  const issuer = await listen((request, response) => {
    if (isTokenElsewhere && request.url?.startsWith('/token')) response.writeHead(404).end();
    else answer(request, response);
  });
  const tokenOrigin = isTokenElsewhere ? await listen((request, response) => answer(request, response)) : issuer;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'test' };
  const tokens: string[] = [];
  const refusals: string[] = [];

  const allow = (origin: string) => {
    const provider = new Provider(issuer, {
      jwks: { keys: [key] },
      cookies: { keys: ['a-key-for-tests-only'] },
      clients: [
        {
          client_id: CLIENT,
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          grant_types: isWithoutRefresh ? ['authorization_code'] : ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          redirect_uris: [`${origin}/agent`],
          post_logout_redirect_uris: [`${origin}/agent`],
        },
      ],
      clientBasedCORS: settings.clientBasedCORS ?? (() => true),
      scopes: ['openid', 'offline_access', 'agent'],
      ttl: { AccessToken: tokenLife, IdToken: tokenLife, RefreshToken: 3_600, Grant: 3_600, Session: 3_600, Interaction: 3_600 },
      features: {
        devInteractions: { enabled: true },
        ...settings.features,
        resourceIndicators: {
          enabled: true,
          defaultResource: () => RESOURCE,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: 'agent',
            audience: RESOURCE,
            accessTokenTTL: tokenLife,
            accessTokenFormat: 'jwt' as const,
            jwt: { sign: { alg: 'RS256' as const } },
          }),
        },
      },
    });
    provider.use(async (context, next) => {
      await next();
      if (context.path.startsWith('/.well-known/')) Object.assign(context.body as object, { token_endpoint: `${tokenOrigin}/token` });
    });
    provider.on('grant.success', ({ body }) => {
      const { access_token: access, refresh_token: refresh } = body as { access_token?: string; refresh_token?: string };
      tokens.push(...[access, refresh].filter((token) => token !== undefined));
    });
    provider.on('grant.error', (_, { error }) => refusals.push(error));
    isReady(provider.callback());
  };
  const viewers = { issuer, audience: RESOURCE, jwks: `${issuer}/jwks` };
  const scope = isWithoutRefresh ? 'openid agent' : SCOPE;
  return { config: { viewers, agentDesktop: { clientId: CLIENT, scope, audience: RESOURCE } }, allow, tokens, refusals };
}

/** @returns the origin of a server that is there until the test has finished. */
async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}
