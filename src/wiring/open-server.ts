import type { RequestListener } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { documentsOf } from '../graphql/desktop/make-layout.ts';
import type { AnswerLog } from '../graphql/execution/answer.ts';
import { Operations } from '../graphql/execution/operations.ts';
import { CONNECTION_TIMEOUTS } from '../http/connections/connection-timeouts.ts';
import { Draining } from '../http/connections/draining.ts';
import { HeldBytes } from '../http/connections/held-bytes.ts';
import { HttpServers } from '../http/connections/http-servers.ts';
import { createApp } from '../http/create-app.ts';
import { addDesktopRoutes } from '../http/desktop/desktop-routes.ts';
import { Forwarding } from '../http/forwarding.ts';
import { ApolloDoor } from '../http/graphql/apollo-server.ts';
import { FastLane, type FastLaneOptions } from '../http/graphql/fast-lane.ts';
import { addGraphqlRoutes } from '../http/graphql/graphql-routes.ts';
import { OperationBatches } from '../http/graphql/operation-batches.ts';
import { ClientOperations } from '../http/limits/client-operations.ts';
import type { RequestLimits } from '../http/limits/request-limits.ts';
import { createManagementApp } from '../http/management-app.ts';
import { OperationContexts } from '../http/operation-contexts.ts';
import { addStartPage } from '../http/pages/start-page.ts';
import { addTagRoutes } from '../http/pages/tag-routes.ts';
import { requestIdOf } from '../http/request-id.ts';
import { addHealthRoutes, addPublicProbes } from '../http/routes/health-routes.ts';
import { addInteractionRoutes } from '../http/routes/interaction-routes.ts';
import { addInvalidationRoutes } from '../http/routes/invalidation-routes.ts';
import { addOfrepRoutes } from '../http/routes/ofrep-routes.ts';
import { addPixelRoute } from '../http/routes/pixel-route.ts';
import { OpenSockets } from '../http/sockets/open-sockets.ts';
import { quotableTexts } from '../observability/quotable-texts.ts';
import { loggable } from '../observability/redact.ts';
import { invalidateKeys } from '../profile/invalidate-keys.ts';
import { type CompiledProject, searchableIn } from './compile-project.ts';
import { desktopDocuments, desktopOf } from './desktop.ts';
import { openRequestLimits } from './open-request-limits.ts';
import type { Services } from './open-services.ts';
import { readinessOf } from './readiness-of.ts';
import type { GatewayOverrides, Surroundings } from './surroundings.ts';
import { viewerReader } from './viewer-reader.ts';

/** Milliseconds that requests and connections have to end once the gateway closes. */
const END_WITHIN = 5_000;

/** The doors of a gateway; nothing listens yet. */
export interface GatewayServer {
  readonly app: FastifyInstance;
  /** The server of probes and metrics; null where `app` has them. */
  readonly management: FastifyInstance | null;
  /** Answers one request, as the server does. */
  readonly handle: RequestListener;
  readonly draining: Draining;
}

/**
 * Makes the HTTP server and its routes: GraphQL, interactions, pixel, tag, agent desktop, invalidation, health and metrics.
 * @param open gets what ends the connections and stops the server.
 */
export async function openServer(
  open: AsyncDisposableStack,
  surroundings: Surroundings,
  services: Services,
  { hotAfter = 2, timeouts: given, heldBytes, loadMeter, desktopFolder, ownRoutes }: GatewayOverrides,
): Promise<GatewayServer> {
  const { project, environment, metrics, logger, now } = surroundings;
  const { engine } = services;
  const { trustProxy: trust = null, limits, production: inProduction } = project.config;
  const timeouts = { ...CONNECTION_TIMEOUTS, ...given };
  const onCutOff = metrics.clientCutOff.bind(metrics);
  const held = new HeldBytes(heldBytes, () => onCutOff('heldBytes'));
  const clients = new ClientOperations(limits.subscriptions);
  const readViewer = viewerReader(surroundings);
  const log = answerLog(surroundings);
  const forwarding = new Forwarding(trust, environment.production);
  const contexts = new OperationContexts({ engine, forwarding, log, readViewer });
  const requestLimits = await openRequestLimits(open, surroundings, services, { forwarding, loadMeter });
  const ide = !environment.production || inProduction.ide;
  const apollo = new ApolloDoor({ schema: project.schema, ide, held });
  await apollo.start();
  open.defer(() => apollo.stop());

  const operations = new Operations({
    schema: project.schema,
    profile: project.profile,
    ...(project.offers && { readByRules: project.offers.sources }),
    searchable: searchableIn(project),
    limits,
    documents: { ...project.config.documents, manifest: project.documents, own: ownDocuments(project) },
    introspection: !environment.production || inProduction.introspection,
    hideSuggestions: environment.production,
    hotAfter,
  });
  const batches = limits.batching ? new OperationBatches({ operations, contexts, limits: requestLimits, operationLimits: limits }) : null;
  const draining = new Draining();
  const sockets = new OpenSockets();
  const { origins } = engine.touchpoints;
  const bodyLimit = limits.bodyBytes;
  const servers = new HttpServers({ timeouts, held, bodyLimit, connections: limits.connections, trust, onCutOff });
  const onAnswered = reportAnswered(surroundings);
  const fastLane = new FastLane({
    operations,
    contexts,
    bodyLimit,
    origins,
    draining,
    limits: requestLimits,
    batches,
    log,
    now,
    clients,
    held,
    pingEvery: timeouts.ping,
    onAnswered,
  });
  metrics.showDraining(() => draining.hasBegun);

  const seenValues = contexts.seenValues.bind(contexts);
  const common = { servers, draining, log, logger, bodyLimit, trust, metrics, seenValues };
  const app = await createApp({ ...common, fastLane, origins });
  open.defer(() => app.close());
  app.addHook('preClose', async () => engine.watch.close());
  addGraphqlRoutes(app, {
    apollo,
    operations,
    contexts,
    log,
    limits: requestLimits,
    batches,
    ide,
    now,
    sockets,
    clients,
    held,
    timeouts,
    pingEvery: timeouts.ping,
    gatewayEnds: draining.end,
  });
  addInteractionDoors(app, surroundings, services, { contexts, limits: requestLimits });
  if (project.offers !== null) addOfrepRoutes(app, { engine, contexts, limits: requestLimits });
  addInvalidationRoutes(app, {
    contexts,
    limits: requestLimits,
    invalidate: (source, keys) => invalidateKeys(engine, source, keys),
  });
  addDesktopRoutes(app, { ...desktopOf(open, surroundings, desktopFolder), contexts, limits: requestLimits });
  await ownRoutes?.(app);
  if (ide && !app.hasRoute({ method: 'GET', url: '/' })) addStartPage(app);
  const readiness = readinessOf(surroundings, services);
  metrics.showStore(() => readiness.isStoreUp());
  const management = project.config.management === undefined ? null : await createManagementApp({ ...common, readiness });
  if (management === null) addHealthRoutes(app, { metrics, readiness, draining });
  else {
    open.defer(() => management.close());
    addPublicProbes(app, { readiness, draining });
  }
  open.defer(() => endGracefully({ draining, servers, sockets }));
  return { app, management, handle: fastLane.inFrontOf((request, response) => app.routing(request, response)), draining };
}

/** Documents of the agent desktop: of every project, and of this one's schema. */
function ownDocuments({ desktop }: CompiledProject): string[] {
  return [...desktopDocuments(), ...documentsOf(desktop.documents).map(({ text }) => text)];
}

/** Logs what clients do not see: unexpected errors, and which sources failed. */
function answerLog({ project, logger, failures }: Surroundings): AnswerLog {
  const normalizers = [...project.keyNormalizers.values()];
  return {
    unexpected: (error, requestId, texts) =>
      logger.error({ requestId, error: loggable(error, quotableTexts(texts, normalizers)) }, 'something unexpected went wrong'),
    sourceFailures: (requestId, errors) => failures.ofRequest(requestId, errors),
  };
}

/** Counts and logs an answer of the fast lane, as Fastify's hook does for all others. */
function reportAnswered({ metrics, logger }: Surroundings): FastLaneOptions['onAnswered'] {
  return (request, status, seconds) => {
    metrics.requestAnswered('/graphql', status, seconds);
    metrics.fastLaneAnswered();
    if (!logger.isLevelEnabled('debug')) return;
    const ms = Math.round(seconds * 1_000);
    logger.debug({ requestId: requestIdOf(request), method: 'POST', route: '/graphql', status, ms }, 'answered');
  };
}

/** The routes that receive interactions, and the web tag. */
function addInteractionDoors(
  app: FastifyInstance,
  { project }: Surroundings,
  { engine }: Services,
  recognition: { readonly contexts: OperationContexts; readonly limits: RequestLimits },
): void {
  const { limits, pixel } = project.config;
  addInteractionRoutes(app, { engine, ...recognition, bodyBytes: limits.bodyBytes });
  addPixelRoute(app, { engine, ...recognition, plaintextIdentifiers: pixel.plaintextIdentifiers });
  addTagRoutes(app, engine.handoffParameter);
}

interface Connections {
  readonly draining: Draining;
  readonly servers: HttpServers;
  readonly sockets: OpenSockets;
}

/** Takes no further connection, lets requests end, and closes WebSockets so that their clients connect elsewhere. */
async function endGracefully({ draining, servers, sockets }: Connections): Promise<void> {
  draining.hold();
  await servers.stopListening();
  draining.finish();
  sockets.goAway();
  await servers.endConnections(END_WITHIN);
}
