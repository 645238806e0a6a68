import { type Logger, pino } from 'pino';
import { type Environment, environmentWarnings, readEnvironment } from '../config/environment.ts';
import { Metrics } from '../observability/metrics.ts';
import { SourceFailures } from '../observability/source-failures.ts';
import type { CompiledProject } from './compile-project.ts';
import { storePathOf } from './store-settings.ts';

/** What every part of a gateway is made with. Nothing of it has to be closed. */
export interface Surroundings {
  readonly project: CompiledProject;
  readonly environment: Environment;
  /** Absolute. */
  readonly storePath: string;
  readonly logger: Logger;
  readonly now: () => Date;
  readonly metrics: Metrics;
  /** Logs what data sources fail at. */
  readonly failures: SourceFailures;
}

/** What may take the place of the process's own. */
interface Replacements {
  readonly variables?: NodeJS.ProcessEnv;
  readonly now?: () => Date;
  readonly logger?: Logger;
}

/**
 * Reads the environment, and logs every warning about it and about the project.
 * @throws ProjectError when a secret is missing in production, or too short.
 */
export function surroundingsOf(
  project: CompiledProject,
  { variables = process.env, now = () => new Date(), logger = pino() }: Replacements,
): Surroundings {
  for (const { where, message } of [...project.warnings, ...environmentWarnings(variables)]) logger.warn(`${where}: ${message}`);
  const storePath = storePathOf(project.config, project.directory);
  const environment = readEnvironment(variables, storePath);
  return { project, environment, storePath, logger, now, metrics: new Metrics(), failures: new SourceFailures(logger) };
}
