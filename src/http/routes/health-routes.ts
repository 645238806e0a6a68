import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../../observability/metrics.ts';
import type { Readiness, ReadinessReport } from '../../observability/readiness.ts';
import type { Draining } from '../connections/draining.ts';
import { FOR_OWN_SITE } from '../security-headers.ts';

export interface Probes {
  readonly readiness: Readiness;
  readonly draining: Draining;
}

/** Seconds after which a gateway that is not ready may be asked again: reports are kept for a second. */
const RETRY_AFTER = 1;

export interface HealthRoutes extends Probes {
  readonly metrics: Metrics;
}

const HEADERS = { 'cache-control': 'no-store', ...FOR_OWN_SITE };

/** Liveness, readiness with the state of each source, and metrics, for orchestrators and Prometheus. */
export function addHealthRoutes(app: FastifyInstance, { metrics, ...probes }: HealthRoutes): void {
  addProbes(app, probes, (report) => report);
  app.get('/metrics', async (_, reply) => {
    const { contentType, body } = await metrics.expose();
    return reply.headers(HEADERS).type(contentType).send(body);
  });
}

/** Liveness and readiness without the names of sources, for the port that clients reach, where another has the details. */
export function addPublicProbes(app: FastifyInstance, probes: Probes): void {
  addProbes(app, probes, ({ ready }) => ({ ready }));
}

/** @param shown what an answer shows of a report. */
function addProbes(app: FastifyInstance, { readiness, draining }: Probes, shown: (report: ReadinessReport) => object): void {
  // Asks neither the store nor sources: a restart of the gateway does not bring them back.
  app.get('/health/live', async (_, reply) => reply.headers(HEADERS).send({ status: 'ok' }));
  app.get('/health/ready', async (_, reply) => {
    reply.headers(HEADERS);
    // Draining may begin while the probes are under way. Once it has begun, nothing is probed.
    const report = draining.hasBegun ? null : await readiness.report();
    if (report === null || draining.hasBegun)
      return reply.status(503).header('retry-after', RETRY_AFTER).send({ ready: false, draining: true });
    if (!report.ready) reply.status(503).header('retry-after', RETRY_AFTER);
    return reply.send(shown(report));
  });
}
