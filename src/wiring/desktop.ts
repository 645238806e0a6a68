import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { signDevelopmentToken } from '../capture/development-token.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { DesktopBuild } from '../http/desktop/desktop-build.ts';
import type { DesktopRoutes } from '../http/desktop/desktop-routes.ts';
import type { SignAgentIn } from '../http/desktop/local-sign-in.ts';
import type { Surroundings } from './surroundings.ts';

/** In a checkout, the folder of the desktop's sources; otherwise null. */
const SOURCES = import.meta.url.endsWith('.ts') ? new URL('../../agent-desktop/', import.meta.url) : null;
/** Where the build of the desktop is: of a checkout among its sources, of the package beside the gateway's modules. */
const BUILT = SOURCES === null ? new URL('../agent-desktop/', import.meta.url) : new URL('dist/', SOURCES);
/** The desktop's documents that ask for nothing of the owner's: by their ids, as the build of its types wrote them. */
const DOCUMENTS =
  SOURCES === null ? new URL('persisted-documents.json', BUILT) : new URL('src/generated/persisted-documents.json', SOURCES);

/** Milliseconds for which an agent is signed in locally: a working day. */
const SIGNED_IN_FOR = 8 * 3_600_000;

/** Documents of the desktop that are the same for every project. */
export function desktopDocuments(): string[] {
  return Object.values(JSON.parse(readFileSync(DOCUMENTS, 'utf8')) as Record<string, string>);
}

/**
 * What the routes of the desktop need beside those of every route.
 * @param folder of the build.
 */
export function desktopOf(surroundings: Surroundings, folder = fileURLToPath(BUILT)): Omit<DesktopRoutes, 'contexts' | 'limits'> {
  const { project, environment } = surroundings;
  const { agentDesktop, viewers } = project.config;
  const { clientId, scope, audience = null, embedders } = agentDesktop;
  const { issuer } = viewers;
  return {
    build: new DesktopBuild(folder),
    profile: project.desktop,
    oidc: clientId === undefined || issuer === undefined ? null : { kind: 'oidc', issuer, clientId, scope, audience },
    embedders,
    signAgentIn: environment.production ? null : localSignIn(surroundings, viewers),
  };
}

function localSignIn({ environment, now }: Surroundings, viewers: GatewayConfig['viewers']): SignAgentIn {
  return async ({ id, roles }) => {
    const issuedAt = now();
    const expires = new Date(issuedAt.getTime() + SIGNED_IN_FOR);
    const token = await signDevelopmentToken({ subject: id, roles, issuedAt, expires }, viewers, environment.secrets);
    return { token, expiresAt: expires.toISOString() };
  };
}
