import type { RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { BearerTokens } from '../capture/bearer-token.ts';
import { RECIPIENT_SOURCE } from '../capture/recipient-token.ts';
import { environmentWarnings, readEnvironment } from '../config/environment.ts';
import type { Project } from '../config/load-project.ts';
import type { AnswerLog } from '../graphql/execution/answer.ts';
import { Operations } from '../graphql/execution/operations.ts';
import { ApolloDoor } from '../http/apollo-server.ts';
import { CONNECTION_TIMEOUTS, type ConnectionTimeouts } from '../http/connection-timeouts.ts';
import { createApp } from '../http/create-app.ts';
import { Draining } from '../http/draining.ts';
import { FastLane } from '../http/fast-lane.ts';
import { Forwarding } from '../http/forwarding.ts';
import { addGraphqlRoutes } from '../http/graphql-routes.ts';
import { addHealthRoutes } from '../http/health-routes.ts';
import { HttpServers } from '../http/http-servers.ts';
import { addInteractionRoutes, type InteractionRoutes } from '../http/interaction-routes.ts';
import { addInvalidationRoutes } from '../http/invalidation-routes.ts';
import { OpenSockets } from '../http/open-sockets.ts';
import { OperationContexts, openSession } from '../http/operation-contexts.ts';
import { addPixelRoute, type PixelRoute } from '../http/pixel-route.ts';
import { requestIdOf } from '../http/request-id.ts';
import { addTagRoute } from '../http/tag-route.ts';
import { claimedIds } from '../identity/claimed-ids.ts';
import { captureInteractions } from '../journey/capture-interactions.ts';
import { parseByteSize, parseDuration } from '../model/quantity.ts';
import { compileTrust } from '../model/trust-proxy.ts';
import { ANONYMOUS_VIEWER } from '../model/viewer.ts';
import { Metrics } from '../observability/metrics.ts';
import { Readiness } from '../observability/readiness.ts';
import { loggable } from '../observability/redact.ts';
import { SourceFailures } from '../observability/source-failures.ts';
import { capturedAdapter } from '../profile/captured-source.ts';
import { computedAdapter } from '../profile/computed-source.ts';
import { CAPTURED, COMPUTED } from '../profile/field-binding.ts';
import { invalidateKeys } from '../profile/invalidate-keys.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';
import { type CompiledProject, compileProject } from './compile-project.ts';
import { composeEngine, identifierFormats } from './compose-engine.ts';
import { openDataSources } from './data-sources.ts';
import { openLiveEvents } from './open-live-events.ts';
import { identityRulesOf, storePathOf } from './store-settings.ts';

/** What tests and embedders may put in place of the real surroundings. */
export interface GatewayOverrides {
  /** Environment variables. Default: those of the process. */
  readonly variables?: NodeJS.ProcessEnv;
  /** The clock. Default: the machine's. */
  readonly now?: () => Date;
  /** Where log lines go. Default: JSON lines on standard output, from the level `info` on. */
  readonly logger?: Logger;
  /** A document is kept from this request of it on. Default 2: the second. */
  readonly hotAfter?: number;
  /** Shorter than in earnest, so that a test can wait for them. */
  readonly timeouts?: Partial<ConnectionTimeouts>;
}

/** How long the gateway goes on serving after the signal to stop, where the configuration does not say. */
const DRAIN = { production: '5s', development: '0s' } as const;
/** Milliseconds that requests and connections have to end, after that. */
const END_WITHIN = 5_000;

/** A document that comes a second time is likely to come again. */
const HOT_AFTER = 2;

/** A gateway that is wired and not listening yet. */
export interface Gateway {
  readonly app: FastifyInstance;
  /** Answers a request as the server does, which is asked to listen by `app.listen`: for a server of one's own. */
  readonly handle: RequestListener;
  readonly project: CompiledProject;
  readonly production: boolean;
  /**
   * Forgets what is kept of a key, because its record has changed. What is read from then on is read anew.
   * @throws GatewayError NOT_FOUND for a source that is none, SOURCE_UNAVAILABLE when a shared cache can't be reached.
   */
  invalidate(source: string, key: string): Promise<void>;
  /** Milliseconds that `drain` takes. */
  readonly drainTime: number;
  /**
   * Goes on serving while load balancers find out that this gateway is not ready any more, and clients are told to use
   * another connection. To be called once, before `close`.
   */
  drain(): Promise<void>;
  /**
   * Finishes what is under way, then releases everything. Queries and mutations are answered, subscriptions cut off so
   * that their clients connect elsewhere. What has not ended after 9 seconds is cut off as well.
   */
  close(): Promise<void>;
}

/**
 * Wires a gateway, top to bottom.
 * @throws ProjectError with everything that is wrong with the project.
 */
export async function createGateway(project: Project, overrides: GatewayOverrides = {}): Promise<Gateway> {
  const compiled = compileProject(project);
  const { config, directory } = compiled;
  const now = overrides.now ?? (() => new Date());
  const logger = overrides.logger ?? pino();
  const variables = overrides.variables ?? process.env;
  for (const { where, message } of [...compiled.warnings, ...environmentWarnings(variables)]) logger.warn(`${where}: ${message}`);
  const storePath = storePathOf(config, directory);
  const environment = readEnvironment(variables, storePath);
  const metrics = new Metrics();
  const failures = new SourceFailures(logger);

  const store = new SqliteStore(storePath, identityRulesOf(config), compiled.traits);
  const builtIn = [
    [CAPTURED, capturedAdapter(store)],
    [COMPUTED, computedAdapter(store, compiled.traits, now)],
  ] as const;
  const dataSources = openDataSources([...compiled.dataSources, ...builtIn], {
    shared: config.shared === undefined ? null : { url: config.shared, key: environment.secrets.keys('shared-cache')[0] },
    ...{ logger, metrics, failures },
    now,
    keyNormalizers: compiled.keyNormalizers,
    keyBytes: config.limits.keyBytes,
  });
  const live = openLiveEvents(config.shared, environment.secrets.keys('live-events'), logger);
  const kept = Promise.all([identifierFormats(config, environment, store), claimedIds(store)]);
  const [identifierTypes, claimedId] = await kept.catch(async (error) => {
    await live.close();
    await dataSources.close();
    await store.close();
    throw error;
  });
  const sources = dataSources.byName;
  const engine = composeEngine({ project: compiled, environment, identifierTypes, claimedId, store, live, sources, metrics, now });
  const bearer = new BearerTokens(
    config.viewers as ConstructorParameters<typeof BearerTokens>[0],
    environment.production ? null : environment.secrets,
    now,
    reportKeysFailure(metrics, logger, now),
  );
  const verify = async (authorization: string) => {
    const viewer = await bearer.read(authorization);
    if (viewer === null || viewer.isUnverifiable) metrics.captureRefused('authorization');
    return viewer ?? ANONYMOUS_VIEWER;
  };
  const readViewer = (authorization: string | undefined) => (authorization === undefined ? ANONYMOUS_VIEWER : verify(authorization));
  const trust = compileTrust(config.trustProxy);
  const log: AnswerLog = {
    unexpected: (error, requestId, texts) => logger.error({ requestId, error: loggable(error, texts) }, 'something unexpected went wrong'),
    sourceFailures: (requestId, errors) => failures.ofRequest(requestId, errors),
  };
  const contexts = new OperationContexts({ engine, forwarding: new Forwarding(trust, environment.production), log, readViewer });
  const ide = !environment.production || config.production.ide;
  const operations = new Operations({
    schema: compiled.schema,
    profile: compiled.profile,
    limits: config.limits,
    introspection: !environment.production || config.production.introspection,
    hideSuggestions: environment.production,
    hotAfter: overrides.hotAfter ?? HOT_AFTER,
  });
  const apollo = new ApolloDoor({ schema: compiled.schema, ide });
  await apollo.start();

  const bodyBytes = parseByteSize(config.limits.bodyBytes);
  const timeouts = { ...CONNECTION_TIMEOUTS, ...overrides.timeouts };
  const servers = new HttpServers(timeouts);
  const draining = new Draining();
  const sockets = new OpenSockets();
  metrics.showDraining(() => draining.hasBegun);
  const fastLane = new FastLane({
    ...{ operations, contexts, bodyLimit: bodyBytes, origins: engine.touchpoints.origins, draining, log, now },
    onAnswered: (request, status, seconds) => {
      metrics.requestAnswered('/graphql', status, seconds);
      if (!logger.isLevelEnabled('debug')) return;
      const ms = Math.round(seconds * 1_000);
      logger.debug({ requestId: requestIdOf(request), method: 'POST', route: '/graphql', status, ms }, 'answered');
    },
  });
  metrics.countFastLane(() => fastLane.answered);
  const app = await createApp({
    ...{ fastLane, servers, draining, log },
    logger,
    bodyLimit: bodyBytes,
    origins: engine.touchpoints.origins,
    trust,
    metrics,
    seenValues: (request) => contexts.seenValues(request),
  });
  app.addHook('preClose', async () => engine.watch.close());
  addGraphqlRoutes(app, {
    ...{ apollo, operations, contexts, log, ide, now, sockets },
    socketInitTimeout: timeouts.socketInit,
    gatewayEnds: draining.end,
  });
  const openFor: PixelRoute['openSession'] = (request, reply, restrictions) => openSession(contexts, request, reply, restrictions);
  const capture: InteractionRoutes['capture'] = (records, session) => captureInteractions(engine, records, session);
  const { pageParameters, recipients } = engine;
  addInteractionRoutes(app, { readers: contexts, bodyBytes, openSession: openFor, capture });
  addPixelRoute(app, {
    ...{ recipients, pageParameters, openSession: openFor, capture },
    plaintextIdentifiers: config.pixel.plaintextIdentifiers,
    onTokenRefused: () => metrics.captureRefused(RECIPIENT_SOURCE),
  });
  addTagRoute(app, engine.handoffParameter);
  const invalidate = (source: string, keys: readonly string[]) => invalidateKeys(engine, source, keys);
  addInvalidationRoutes(app, { readViewer: async (request) => readViewer(request.headers.authorization), invalidate });
  const readiness = new Readiness({
    store: () => store.findOwners([{ type: 'probe', value: 'probe' }]),
    sources: new Map([...compiled.dataSources].map(([name, adapter]) => [name, async (signal) => adapter.probe?.(signal)])),
  });
  addHealthRoutes(app, { metrics, readiness, draining });

  const drainTime = parseDuration(config.drain ?? (environment.production ? DRAIN.production : DRAIN.development));
  const drain = async () => {
    if (drainTime === 0) return;
    draining.begin();
    logger.info({ seconds: drainTime / 1_000 }, 'stopping: not ready for new clients any more, still serving');
    await pause(drainTime);
  };

  const close = async () => {
    draining.hold();
    await servers.stopListening();
    draining.finish();
    sockets.goAway(app.websocketServer.clients);
    await servers.endConnections(END_WITHIN);
    await app.close();
    await apollo.stop();
    await live.close();
    await dataSources.close();
    await store.close();
  };
  const handle = fastLane.inFrontOf((request, response) => app.routing(request, response));
  return {
    app,
    handle,
    project: compiled,
    production: environment.production,
    invalidate: (source, key) => invalidate(source, [key]),
    drainTime,
    drain,
    close,
  };
}

/** Milliseconds between two lines of the log about an issuer that is down. */
const KEYS_FAILURE_LOGGED_EVERY = 60_000;

/** Counts each time that the tokens' issuer did not give its keys, and logs it now and then. Nothing of a token is in it. */
function reportKeysFailure(metrics: Metrics, logger: Logger, now: () => Date): (error: unknown) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    metrics.issuerKeysFailed();
    const time = now().getTime();
    if (time - loggedAt < KEYS_FAILURE_LOGGED_EVERY) return;
    loggedAt = time;
    const message =
      "the keys of the tokens' issuer (viewers.jwks) can't be fetched or used; tokens that need them count as none until they can";
    logger.error({ error: loggable(error, []) }, message);
  };
}
