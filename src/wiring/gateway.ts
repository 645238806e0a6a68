import type { RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Project } from '../config/load-project.ts';
import type { Draining } from '../http/connections/draining.ts';
import { invalidateKeys } from '../profile/invalidate-keys.ts';
import { type CompiledProject, compileProject } from './compile-project.ts';
import { openServer } from './open-server.ts';
import { openServices } from './open-services.ts';
import { type GatewayOverrides, surroundingsOf } from './surroundings.ts';

/** Milliseconds that the gateway goes on serving after the signal to stop, where the configuration does not say. */
const DRAIN = { production: 5_000, development: 0 } as const;

/** A gateway that is wired and not listening yet. */
export interface Gateway {
  readonly app: FastifyInstance;
  /** The server of probes and metrics, to be listened on at `management.port`; null where the configuration has none. */
  readonly management: FastifyInstance | null;
  /** Answers a request as the server of `app.listen` does: for a server of your own. */
  readonly handle: RequestListener;
  readonly project: CompiledProject;
  readonly production: boolean;
  /**
   * Drops cached answers of a key, because its record has changed. Later reads ask the source.
   * @throws GatewayError NOT_FOUND for an unknown source, SOURCE_UNAVAILABLE when a shared cache can't be reached.
   */
  invalidate(source: string, key: string): Promise<void>;
  /** Milliseconds that `drain` takes. */
  readonly drainTime: number;
  /**
   * Goes on serving for `drainTime`, while readiness is 503 and answers end their connections, so that load balancers and
   * clients use another gateway. To be called once, before `close`.
   */
  drain(): Promise<void>;
  /**
   * Finishes running operations, then releases everything. Queries and mutations are answered; subscriptions are cut off, so
   * that their clients connect elsewhere. Requests that have not ended after 9 seconds are cut off as well.
   */
  close(): Promise<void>;
}

/**
 * Wires a gateway: reads the environment, opens the services, then the doors. Everything that is opened is on one stack, so
 * that it is closed in the opposite order, also when a later step fails.
 * @throws ProjectError with everything that is wrong with the project.
 */
export async function createGateway(project: Project, overrides: GatewayOverrides = {}): Promise<Gateway> {
  const compiled = await compileProject(project);
  const surroundings = surroundingsOf(compiled, overrides);
  const { logger } = surroundings;
  const { production } = surroundings.environment;
  await using opening = new AsyncDisposableStack();
  const services = await openServices(opening, surroundings);
  const { app, management, handle, draining } = await openServer(opening, surroundings, services, overrides);
  const drainTime = compiled.config.drain ?? (production ? DRAIN.production : DRAIN.development);
  const opened = opening.move();
  return {
    app,
    management,
    handle,
    project: compiled,
    production,
    invalidate: (source, key) => invalidateKeys(services.engine, source, [key]),
    drainTime,
    drain: () => drain(draining, drainTime, logger),
    close: () => opened.disposeAsync(),
  };
}

async function drain(draining: Draining, milliseconds: number, logger: Logger): Promise<void> {
  if (milliseconds === 0) return;
  draining.begin();
  logger.info({ seconds: milliseconds / 1_000 }, 'stopping: not ready for new clients any more, still serving');
  await pause(milliseconds);
}
