import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
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
}

export interface ProviderOptions {
  /** Seconds for which an access token is good. */
  readonly tokenLife?: number;
}

const CLIENT = 'agent-desktop';
const RESOURCE = 'https://gateway.example';
/** The scope `agent` is the role: by default, the gateway reads roles from the claim `scope`. */
const SCOPE = 'openid offline_access agent';

export async function startProvider({ tokenLife = 600 }: ProviderOptions = {}): Promise<TestProvider> {
  let answer: RequestListener = (_, response) => response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'test' };
  const tokens: string[] = [];

  const allow = (origin: string) => {
    const provider = new Provider(issuer, {
      jwks: { keys: [key] },
      cookies: { keys: ['a-key-for-tests-only'] },
      clients: [
        {
          client_id: CLIENT,
          application_type: 'native',
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          redirect_uris: [`${origin}/agent`],
          post_logout_redirect_uris: [`${origin}/agent`],
        },
      ],
      clientBasedCORS: () => true,
      scopes: ['openid', 'offline_access', 'agent'],
      ttl: { AccessToken: tokenLife, IdToken: tokenLife, RefreshToken: 3_600, Grant: 3_600, Session: 3_600, Interaction: 3_600 },
      features: {
        devInteractions: { enabled: true },
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
    provider.on('grant.success', ({ body }) => {
      const { access_token: access, refresh_token: refresh } = body as { access_token?: string; refresh_token?: string };
      tokens.push(...[access, refresh].filter((token) => token !== undefined));
    });
    answer = provider.callback();
  };
  const viewers = { issuer, audience: RESOURCE, jwks: `${issuer}/jwks` };
  return { config: { viewers, agentDesktop: { clientId: CLIENT, scope: SCOPE, audience: RESOURCE } }, allow, tokens };
}
