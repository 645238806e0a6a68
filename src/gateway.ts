import { resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { Source, type SourceFailure } from './adapters/source.ts';
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
import { createApolloServer } from './graphql/apollo-server.ts';
import type { Engine } from './graphql/engine.ts';
import { RequestContext } from './graphql/request-context.ts';
import { toCapturable } from './http/capturable-request.ts';
import { createApp } from './http/create-app.ts';
import { addGraphqlRoutes } from './http/graphql-routes.ts';
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
  const sources = new Map<string, Source>();
  for (const [name, adapter] of [...compiled.dataSources, [CAPTURED, capturedAdapter(store)] as const]) {
    const onFailure = ({ source, code, cause, keys }: SourceFailure) => {
      metrics.sourceFailed(source, code);
      logger.warn({ source, code, error: loggable(cause, keys) }, 'a data source failed');
    };
    sources.set(name, new Source(name, adapter, { onFailure, onCall: (source, seconds) => metrics.sourceCalled(source, seconds) }));
  }

  const formats = await formatsOf(config, environment, store).catch(async (error) => {
    await store.close();
    throw error;
  });
  const engine = engineOf(config, formats, environment, store, sources, metrics, now);
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
  addGraphqlRoutes(app, {
    apollo,
    ide,
    createContext: async (request, reply) => {
      const viewer = await bearer.read(request.headers.authorization);
      if (viewer === null) metrics.captureRefused('authorization');
      const capturable = toCapturable(request, viewer ?? ANONYMOUS_VIEWER, touchpoints);
      return new RequestContext({
        requestId: request.id,
        engine,
        request: capturable,
        profile: { sources: new SourceReader(sources, capturable.headers), usage: new SourceUsage() },
        setCookie: (header) => void reply.header('set-cookie', header),
      });
    },
  });
  addOperationsRoutes(app, { metrics, readiness: () => readiness(store, compiled) });

  const close = async () => {
    await app.close();
    await apollo.stop();
    await Promise.allSettled([...compiled.dataSources.values()].map((adapter) => adapter.close?.()));
    await store.close();
  };
  return { app, project: compiled, production: environment.production, close };
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
  config: GatewayConfig,
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
    askableTypes: new Set([...sources.values()].flatMap(({ adapter }) => adapter.key ?? [])),
    erasable: [...sources.values()].filter(({ adapter }) => adapter.erase !== undefined),
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
