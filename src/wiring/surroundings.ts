import type { FastifyInstance } from 'fastify';
import { type Logger, pino } from 'pino';
import { type Environment, environmentWarnings, readEnvironment } from '../config/environment.ts';
import type { ConnectionTimeouts } from '../http/connections/connection-timeouts.ts';
import type { LoadMeter } from '../http/limits/load-meter.ts';
import { SharedStates } from '../model/shared-state.ts';
import { Metrics } from '../observability/metrics.ts';
import { SourceFailures } from '../observability/source-failures.ts';
import { locateStore } from '../store/open-store.ts';
import type { StoreLocation } from '../store/store-location.ts';
import type { CompiledProject } from './compile-project.ts';

/** What every part of a gateway is made with. None of it has to be closed. */
export interface Surroundings {
  readonly project: CompiledProject;
  readonly environment: Environment;
  readonly storeLocation: StoreLocation;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly metrics: Metrics;
  /** For what this gateway uses Redis, and whether it is there. */
  readonly shared: SharedStates;
  /** Logs failures of data sources. */
  readonly failures: SourceFailures;
}

/** What tests and embedders may replace. */
export interface GatewayOverrides {
  /** Environment variables. Default: those of the process. */
  readonly variables?: NodeJS.ProcessEnv;
  /** The clock. Default: the machine's. */
  readonly now?: () => Date;
  /** Where log lines go. Default: JSON lines on standard output, from the level `info` on. */
  readonly logger?: Logger;
  /** A document is kept from this request of it on. Default 2: the second, because it is likely to be sent again. */
  readonly hotAfter?: number;
  /** In place of those in `CONNECTION_TIMEOUTS`: shorter ones, so that a test can wait for them. */
  readonly timeouts?: Partial<ConnectionTimeouts>;
  /** In place of `MAX_HELD_BYTES`: fewer, so that a test can reach them. */
  readonly heldBytes?: number;
  /** Measures the load, by which requests are refused. Default: what Node.js measures of the thread. */
  readonly loadMeter?: LoadMeter;
  /** The folder of the built agent desktop. Default: the one of this package, or of this checkout. */
  readonly desktopFolder?: string;
  /** Adds routes of your own. One for `/` replaces the start page. */
  readonly ownRoutes?: (app: FastifyInstance) => void | Promise<void>;
}

/**
 * Reads the environment, and logs every warning about it and about the project.
 * @throws ProjectError when a secret is missing in production, or too short.
 */
export function surroundingsOf(
  project: CompiledProject,
  { variables = process.env, now = () => new Date(), logger = pino() }: GatewayOverrides,
): Surroundings {
  for (const { where, message } of [...project.warnings, ...environmentWarnings(variables, project.config)])
    logger.warn(`${where}: ${message}`);
  const storeLocation = locateStore(project.config.store, project.directory);
  const environment = readEnvironment(variables, storeLocation.folder);
  const failures = new SourceFailures(logger);
  return { project, environment, storeLocation, logger, now, metrics: new Metrics(), shared: new SharedStates(), failures };
}
