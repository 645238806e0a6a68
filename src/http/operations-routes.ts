import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../observability/metrics.ts';

export interface OperationsRoutes {
  readonly metrics: Metrics;
  /** Whether the store answers, and for each source that can tell whether it does. A source that is down does not make the gateway unready: it costs its own fields only. */
  readiness(): Promise<{ readonly ready: boolean; readonly store: boolean; readonly sources: Readonly<Record<string, boolean>> }>;
}

/** For orchestrators and Prometheus. */
export function addOperationsRoutes(app: FastifyInstance, { metrics, readiness }: OperationsRoutes): void {
  app.get('/health/live', async () => ({ status: 'ok' }));
  app.get('/health/ready', async (_, reply) => {
    const state = await readiness();
    return reply.status(state.ready ? 200 : 503).send(state);
  });
  app.get('/metrics', async (_, reply) => {
    const { contentType, body } = await metrics.expose();
    return reply.type(contentType).send(body);
  });
}
