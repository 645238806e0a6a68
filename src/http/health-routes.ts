import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../observability/metrics.ts';
import type { Readiness } from '../observability/readiness.ts';
import type { Draining } from './draining.ts';

export interface HealthRoutes {
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly draining: Draining;
}

/** Seconds after which a gateway that is not ready may be asked again: reports are kept for a second. */
const RETRY_AFTER = 1;

/** Liveness, readiness and metrics, for orchestrators and Prometheus. */
export function addHealthRoutes(app: FastifyInstance, { metrics, readiness, draining }: HealthRoutes): void {
  // Asks neither the store nor sources: a restart of the gateway does not bring them back.
  app.get('/health/live', async (_, reply) => reply.header('cache-control', 'no-store').send({ status: 'ok' }));
  app.get('/health/ready', async (_, reply) => {
    reply.header('cache-control', 'no-store');
    // Draining may begin while the probes are under way. Once it has begun, nothing is probed.
    const report = draining.hasBegun ? null : await readiness.report();
    if (report === null || draining.hasBegun)
      return reply.status(503).header('retry-after', RETRY_AFTER).send({ ready: false, draining: true });
    if (!report.ready) reply.status(503).header('retry-after', RETRY_AFTER);
    return reply.send(report);
  });
  app.get('/metrics', async (_, reply) => {
    const { contentType, body } = await metrics.expose();
    return reply.type(contentType).send(body);
  });
}
