import { resolve } from 'node:path';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Logger, pino } from 'pino';
import type { Source } from './adapters/source.ts';
import { SourceReader } from './adapters/source-reader.ts';
import { BearerTokens } from './capture/bearer-token.ts';
import { type CapturedType, RequestCapture } from './capture/capture-request.ts';
import { HandoffTokens } from './capture/handoff-token.ts';
import { identifierHash } from './capture/identifier-hash.ts';
import { VisitorCookie } from './capture/visitor-cookie.ts';
import { type CompiledProject, compileProject } from './compile-project.ts';
import { type Environment, readEnvironment } from './config/environment.ts';
import type { GatewayConfig } from './config/gateway-config.ts';
import type { Project } from './config/load-project.ts';
import { ProjectError } from './config/problem.ts';
import { openDataSources } from './data-sources.ts';
import { createApolloServer } from './graphql/apollo-server.ts';
import type { Engine } from './graphql/engine.ts';
import { RequestContext } from './graphql/request-context.ts';
import { toCapturable } from './http/capturable-request.ts';
import { createApp } from './http/create-app.ts';
import { addGraphqlRoutes } from './http/graphql-routes.ts';
import { addInvalidationRoutes } from './http/invalidation-routes.ts';
import { addOperationsRoutes } from './http/operations-routes.ts';
import { IdentityGraph } from './identity/identity-graph.ts';
import type { IdentityRules } from './identity/identity-rules.ts';
import type { Store } from './model/ports.ts';
import { parseByteSize, parseDuration } from './model/quantity.ts';
import { ANONYMOUS_VIEWER } from './model/viewer.ts';
import { Metrics } from './observability/metrics.ts';
import { loggable } from './observability/redact.ts';
import { capturedAdapter } from './profile/captured-source.ts';
import { CAPTURED } from './profile/field-binding.ts';
import { invalidateKeys } from './profile/invalidate-keys.ts';
import { SourceUsage } from './profile/source-usage.ts';
import { SqliteStore } from './store/sqlite/sqlite-store.ts';

/** What tests and embedders may put in place of the real surroundings. */
export interface GatewayOverrides {
  readonly variables?: NodeJS.ProcessEnv;
  readonly now?: () => Date;
  readonly logger?: Logger;
}

/** A gateway that is wired and not listening yet. */
export interface Gateway {
  readonly app: FastifyInstance;
  readonly project: CompiledProject;
  readonly production: boolean;
  /**
   * Forgets what is kept of a key, because its record has changed. What is read from then on is read anew.
   * @throws GatewayError NOT_FOUND for a source that is none, SOURCE_UNAVAILABLE when a shared cache can't be reached.
   */
  invalidate(source: string, key: string): Promise<void>;
  /** Finishes what is under way, then releases everything. */
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
  for (const { where, message } of compiled.warnings) logger.warn(`${where}: ${message}`);
  const storePath = storePathOf(config, directory);
  const environment = readEnvironment(overrides.variables ?? process.env, storePath);
  const metrics = new Metrics();

  const store = new SqliteStore(storePath, identityRulesOf(config));
  const dataSources = openDataSources([...compiled.dataSources, [CAPTURED, capturedAdapter(store)]], {
    shared: config.shared === undefined ? null : { url: config.shared, key: environment.secrets.keys('shared-cache')[0] },
    logger,
    metrics,
    now,
  });
  const sources = dataSources.byName;

  const formats = await formatsOf(config, environment, store).catch(async (error) => {
    await dataSources.close();
    await store.close();
    throw error;
  });
  const engine = engineOf(compiled, formats, environment, store, sources, metrics, now);
  const bearer = new BearerTokens(
    config.viewers as ConstructorParameters<typeof BearerTokens>[0],
    environment.production ? null : environment.secrets,
    now,
  );
  const ide = !environment.production || config.production.ide;
  const apollo = createApolloServer({
    schema: compiled.schema,
    limits: config.limits,
    introspection: !environment.production || config.production.introspection,
    ide,
    logUnexpected: (error, requestId, seen) => logger.error({ requestId, error: loggable(error, seen) }, 'something unexpected went wrong'),
  });
  await apollo.start();

  const touchpoints = Object.entries(config.touchpoints).map(([name, { origins, viewers }]) => ({ name, origins, viewers }));
  const app = await createApp({
    logger,
    bodyLimit: parseByteSize(config.limits.bodyBytes),
    origins: touchpoints.flatMap(({ origins }) => origins),
    metrics,
  });
  const readViewer = async (request: FastifyRequest) => {
    const viewer = await bearer.read(request.headers.authorization);
    if (viewer === null) metrics.captureRefused('authorization');
    return viewer ?? ANONYMOUS_VIEWER;
  };
  addGraphqlRoutes(app, {
    apollo,
    ide,
    createContext: async (request, reply) => {
      const capturable = toCapturable(request, await readViewer(request), touchpoints);
      const reader = new SourceReader(sources, capturable.headers);
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) reader.abandon();
      });
      return new RequestContext({
        requestId: request.id,
        engine,
        request: capturable,
        profile: { sources: reader, usage: new SourceUsage() },
        setCookie: (header) => void reply.header('set-cookie', header),
      });
    },
  });
  const invalidate = (source: string, keys: readonly string[]) => invalidateKeys(engine, source, keys);
  addInvalidationRoutes(app, { readViewer, invalidate });
  addOperationsRoutes(app, { metrics, readiness: () => readiness(store, compiled) });

  const close = async () => {
    await app.close();
    await apollo.stop();
    await dataSources.close();
    await store.close();
  };
  return { app, project: compiled, production: environment.production, invalidate: (source, key) => invalidate(source, [key]), close };
}

/** Identifier types, strongest first, with what reads and writes their values. */
async function formatsOf({ identifiers }: GatewayConfig, { secrets }: Environment, store: Store): Promise<Map<string, CapturedType>> {
  const types = Object.entries(identifiers);
  const hash = types.some(([, type]) => type.hash) ? await identifierHash(secrets, store).catch(refuseToStart) : null;
  return new Map(
    types.map(([name, { normalize, region, capture, hash: isHashed }]) => [
      name,
      { normalize, region, capture, hash: isHashed && hash ? (value) => hash(name, value) : undefined },
    ]),
  );
}

function refuseToStart(error: Error): never {
  if (error instanceof TypeError) throw new ProjectError([{ where: 'GATEWAY_SECRET', message: error.message }]);
  throw error;
}

function engineOf(
  { config, keyTypes }: CompiledProject,
  identifierTypes: ReadonlyMap<string, CapturedType>,
  { secrets, production }: Environment,
  store: SqliteStore,
  sources: ReadonlyMap<string, Source>,
  metrics: Metrics,
  now: () => Date,
): Engine {
  const blockedValues = new Set(config.blocked);
  const handoffs = new HandoffTokens(secrets, store, now);
  const rules = [...identifierTypes.values()].flatMap(({ capture }) => capture);
  return {
    graph: new IdentityGraph(store, now),
    identityEvents: store,
    attributes: store,
    capture: new RequestCapture(identifierTypes, blockedValues, new VisitorCookie(secrets), handoffs),
    handoffs,
    identifierTypes,
    blockedValues,
    keyTypes,
    askableTypes: new Set([...keyTypes.values()].flatMap((types) => [...types])),
    sources,
    touchpoints: new Set(Object.keys(config.touchpoints)),
    handoffParameter: rules.find(({ kind }) => kind === 'handoff')?.name ?? null,
    guardServiceSdl: production && !config.production.introspection,
    now,
    onCaptureRefused: (rule) => metrics.captureRefused(rule),
  };
}

/** @returns an absolute path; a relative one starts at the configuration file. */
export function storePathOf({ store }: GatewayConfig, directory: string): string {
  return resolve(directory, store.slice('sqlite:'.length));
}

/** What the configuration says to the identity rules. */
export function identityRulesOf({ identifiers, conflict, limits }: GatewayConfig): IdentityRules {
  const types = Object.entries(identifiers).map(([name, { class: of, unique, limit, window }]) => ({
    name,
    class: of,
    unique: unique || limit === 1,
    limit: unique ? 1 : (limit ?? Number.MAX_SAFE_INTEGER),
    window: window === undefined ? null : parseDuration(window),
  }));
  return { types, conflict, capacity: limits.identifiers };
}

async function readiness(store: SqliteStore, { dataSources }: CompiledProject) {
  const signal = AbortSignal.timeout(1_000);
  const succeeds = (attempt: Promise<unknown> | undefined) =>
    (attempt ?? Promise.resolve()).then(
      () => true,
      () => false,
    );
  const probes = [...dataSources].map(async ([name, adapter]) => [name, await succeeds(adapter.probe?.(signal))] as const);
  const storeAnswers = await succeeds(store.findOwners([{ type: 'probe', value: 'probe' }]));
  return { ready: storeAnswers, store: storeAnswers, sources: Object.fromEntries(await Promise.all(probes)) };
}
