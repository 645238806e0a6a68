import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../observability/metrics.ts';
import type { Readiness } from '../observability/readiness.ts';
import type { Draining } from './draining.ts';
import { FOR_OWN_SITE } from './security-headers.ts';

export interface HealthRoutes {
  readonly metrics: Metrics;
  readonly readiness: Readiness;
  readonly draining: Draining;
}

const HEADERS = { 'cache-control': 'no-store', ...FOR_OWN_SITE };

/** Liveness, readiness and metrics, for orchestrators and Prometheus. */
export function addHealthRoutes(app: FastifyInstance, { metrics, readiness, draining }: HealthRoutes): void {
  // Asks neither the store nor sources: a restart of the gateway does not bring them back.
  app.get('/health/live', async (_, reply) => reply.headers(HEADERS).send({ status: 'ok' }));
  app.get('/health/ready', async (_, reply) => {
    reply.headers(HEADERS);
    // Draining may begin while the probes are under way. Once it has begun, nothing is probed.
    const report = draining.hasBegun ? null : await readiness.report();
    if (report === null || draining.hasBegun) return reply.status(503).send({ ready: false, draining: true });
    return reply.status(report.ready ? 200 : 503).send(report);
  });
  app.get('/metrics', async (_, reply) => {
    const { contentType, body } = await metrics.expose();
    return reply.headers(HEADERS).type(contentType).send(body);
  });
}
