import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signDevelopmentToken } from '../capture/development-token.ts';
import { isCheckout, packageRoot } from '../commands/own-package.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { DesktopBuild } from '../http/desktop/desktop-build.ts';
import type { DesktopRoutes } from '../http/desktop/desktop-routes.ts';
import { IssuerOrigins } from '../http/desktop/issuer-origins.ts';
import type { SignAgentIn } from '../http/desktop/local-sign-in.ts';
import { quietly } from '../observability/quietly.ts';
import type { Surroundings } from './surroundings.ts';

const DESKTOP = join(packageRoot, 'agent-desktop');
/** Where the build of the desktop is: in a checkout beside its sources. */
const BUILT = isCheckout ? join(DESKTOP, 'dist') : DESKTOP;
/** The desktop's documents that ask for nothing of the owner's, by their ids. The build has a copy. */
const DOCUMENTS = join(isCheckout ? join(DESKTOP, 'src', 'generated') : DESKTOP, 'persisted-documents.json');

/** Milliseconds for which an agent is signed in locally: a working day. */
const SIGNED_IN_FOR = 8 * 3_600_000;
/** Milliseconds between two lines of the log about an issuer where agents can't sign in. */
const PROBLEM_LOGGED_EVERY = 60_000;

/** Documents of the desktop that are the same for every project. */
export function desktopDocuments(): string[] {
  return Object.values(JSON.parse(readFileSync(DOCUMENTS, 'utf8')) as Record<string, string>);
}

/**
 * What the routes of the desktop need beside those of every route.
 * @param open gets what ends the reading of the issuer's discovery document. @param folder of the build.
 */
export function desktopOf(
  open: AsyncDisposableStack,
  surroundings: Surroundings,
  folder = BUILT,
): Omit<DesktopRoutes, 'contexts' | 'limits'> {
  const { project, environment } = surroundings;
  const { agentDesktop, viewers } = project.config;
  const { clientId, scope, audience = null, embedders } = agentDesktop;
  const { issuer } = viewers;
  const oidc = clientId === undefined || issuer === undefined ? null : ({ kind: 'oidc', issuer, clientId, scope, audience } as const);
  return {
    build: new DesktopBuild(folder),
    profile: project.desktop,
    oidc,
    issuerOrigins: oidc && openIssuerOrigins(open, surroundings, oidc.issuer),
    roleClaim: viewers.roleClaim,
    embedders,
    signAgentIn: environment.production ? null : localSignIn(surroundings, viewers),
  };
}

/** Begins to read where agents sign in. The start does not wait for it, nor fail by it. */
function openIssuerOrigins(open: AsyncDisposableStack, { environment, logger, now }: Surroundings, issuer: string): IssuerOrigins {
  const warn = (message: string) => logger.warn(`agentDesktop.clientId: ${message}`);
  const onProblem = quietly(warn, PROBLEM_LOGGED_EVERY, () => now().getTime());
  const origins = new IssuerOrigins({ issuer, isDevelopment: !environment.production, now, onProblem });
  open.defer(() => origins.close());
  origins.refresh();
  return origins;
}

function localSignIn({ environment, now }: Surroundings, viewers: GatewayConfig['viewers']): SignAgentIn {
  return async ({ id, roles }) => {
    const issuedAt = now();
    const expires = new Date(issuedAt.getTime() + SIGNED_IN_FOR);
    const token = await signDevelopmentToken({ subject: id, roles, issuedAt, expires }, viewers, environment.secrets);
    return { token, expiresAt: expires.toISOString() };
  };
}
