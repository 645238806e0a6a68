import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../model/errors.ts';
import { requireRole } from '../../model/viewer.ts';
import { sendError } from '../http-answer.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import type { OperationContexts } from '../operation-contexts.ts';
import { FOR_EVERY_SITE, FOR_OWN_SITE } from '../security-headers.ts';
import type { DesktopBuild } from './desktop-build.ts';
import { desktopHeaders } from './desktop-headers.ts';
import { type DesktopSettings, LOCAL_AGENTS, type OidcSignIn } from './desktop-settings.ts';
import type { IssuerOrigins } from './issuer-origins.ts';
import { addLocalSignIn, type SignAgentIn } from './local-sign-in.ts';

export interface DesktopRoutes {
  readonly build: DesktopBuild;
  readonly contexts: OperationContexts;
  readonly limits: RequestLimits;
  /** What `/agent/profile.json` answers. */
  readonly profile: object;
  /** How agents sign in by OpenID Connect; null where that is not configured. */
  readonly oidc: OidcSignIn | null;
  /** To which origins the page connects then; null where that is not configured. */
  readonly issuerOrigins: IssuerOrigins | null;
  /** Where roles are read (`viewers.roleClaim`). */
  readonly roleClaim: string;
  /** The origins of pages that may show the desktop in a frame. */
  readonly embedders: readonly string[];
  /** Signs an invented agent in; null in production. */
  readonly signAgentIn: SignAgentIn | null;
}

/** Pages of touchpoints have no use for these routes, so they are not opened to their origins. */
const NOT_SHARED = { config: { cors: false } } as const;
const PRIVATE = { 'cache-control': 'no-store', ...FOR_OWN_SITE };
/** The name of an asset has a hash of what is in it. */
const FOR_EVER = { 'cache-control': 'public, max-age=31536000, immutable', ...FOR_OWN_SITE };
/** A script of every version of the gateway, which pages of other sites load; with `integrity` or as a module by CORS. */
const FOR_EMBEDDERS = { 'cache-control': 'public, max-age=3600', 'access-control-allow-origin': '*', ...FOR_EVERY_SITE };
const NOT_BUILT = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Agent desktop</title></head>
  <body>
    <h1>The agent desktop is not built</h1>
    <p>Run <code>npm run build:agent-desktop</code> and load this page again. <code>npm start</code> builds it as well.</p>
  </body>
</html>
`;

/** `/agent`: the agent desktop's page, its files, and what it needs before it asks GraphQL. */
export function addDesktopRoutes(app: FastifyInstance, routes: DesktopRoutes): void {
  const { build, embedders, oidc, signAgentIn, contexts, limits } = routes;
  app.get('/agent', NOT_SHARED, (request, reply) => sendPage(routes, request, reply, null));
  // Identifiers in the address of a screen pop stay in it.
  app.get('/agent/', NOT_SHARED, (request, reply) => reply.headers(PRIVATE).redirect(`/agent${searchOf(request.url)}`, 308));
  app.get('/agent/embed', NOT_SHARED, (request, reply) => {
    if (embedders.length > 0) return sendPage(routes, request, reply, embedders);
    const message = 'no page may show the agent desktop in a frame: expected its origin in agentDesktop.embedders, which is empty';
    return sendError(new GatewayError('NOT_FOUND', message), reply);
  });
  app.get<{ Params: { '*': string } }>('/agent/assets/*', NOT_SHARED, (request, reply) => {
    const asset = build.asset(request.params['*']);
    if (asset === null) return sendError(new GatewayError('NOT_FOUND', 'there is nothing at this address'), reply);
    return asset.content.send(request, reply.headers(FOR_EVER), asset.type);
  });
  app.get('/agent/customer-profile.js', NOT_SHARED, (request, reply) => {
    const element = build.element();
    if (element === null) return sendError(new GatewayError('NOT_FOUND', 'there is nothing at this address'), reply);
    return element.content.send(request, reply.headers(FOR_EMBEDDERS), element.type);
  });
  app.get('/agent/settings.json', NOT_SHARED, (request, reply) => {
    const local = signAgentIn !== null && contexts.forwarding.isLocal(request.raw);
    const signIn = oidc ?? (local ? ({ kind: 'local', agents: LOCAL_AGENTS } as const) : null);
    return reply.headers(PRIVATE).send({ signIn, embedders } satisfies DesktopSettings);
  });
  addProfile(app, routes);
  if (oidc === null && signAgentIn !== null) addLocalSignIn(app, { contexts, limits, signAgentIn });
  // Without it, the answer to a preflight would be that of the whole gateway.
  app.options('/agent/*', NOT_SHARED, (_, reply) => sendError(new GatewayError('NOT_FOUND', 'there is nothing at this address'), reply));
}

/** `GET /agent/profile.json`, with a token of an AGENT: what the owner's schema has, and the documents that ask for it. */
function addProfile(app: FastifyInstance, { profile, contexts, limits, roleClaim }: DesktopRoutes): void {
  const text = JSON.stringify(profile);
  app.get('/agent/profile.json', { ...NOT_SHARED, onRequest: limits.hook('graphql', sendError) }, async (request, reply) => {
    reply.headers(PRIVATE);
    try {
      const capturable = await contexts.recognize(request.raw);
      await limits.requireSender('graphql', capturable);
      requireRole(['AGENT'], capturable.viewer, '/agent/profile.json');
      return reply.type('application/json; charset=utf-8').send(text);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      // The first thing that goes wrong at a new issuer: the role is in another claim, or not in the token.
      const hint = error.code === 'FORBIDDEN' ? `; roles are read from the claim "${roleClaim}" (viewers.roleClaim)` : '';
      return sendError(hint === '' ? error : new GatewayError(error.code, `${error.message}${hint}`), reply);
    }
  });
}

/** @param embedders null for a page that is in no frame. */
async function sendPage(
  { build, contexts, issuerOrigins }: DesktopRoutes,
  { raw }: FastifyRequest,
  reply: FastifyReply,
  embedders: readonly string[] | null,
): Promise<FastifyReply> {
  const page = build.page();
  const host = contexts.forwarding.hostOf(raw);
  reply.headers(desktopHeaders({ host, signIn: (await issuerOrigins?.list()) ?? [], embedders }));
  // Compared each time: it names the files of the newest build.
  reply.header('cache-control', page === null ? 'no-store' : 'no-cache').type('text/html; charset=utf-8');
  return page === null ? reply.status(503).send(NOT_BUILT) : reply.send(page);
}

function searchOf(url: string): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}
