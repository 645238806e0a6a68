import type { FastifyInstance } from 'fastify';
import { type AppOptions, createApp } from './create-app.ts';
import { addHealthRoutes, type Probes } from './routes/health-routes.ts';

export type ManagementAppOptions = Omit<AppOptions, 'fastLane' | 'origins'> & Pick<Probes, 'readiness'>;

/** The server of probes and metrics. It has the time-outs and the errors of the gateway's own, and no page may read its answers. */
export async function createManagementApp({ readiness, ...options }: ManagementAppOptions): Promise<FastifyInstance> {
  const app = await createApp({ ...options, origins: [] });
  addHealthRoutes(app, { readiness, metrics: options.metrics, draining: options.draining });
  return app;
}
