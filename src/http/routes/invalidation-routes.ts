import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { GatewayError } from '../../model/errors.ts';
import { requireRole } from '../../model/viewer.ts';
import { sendError } from '../http-answer.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import type { OperationContexts } from '../operation-contexts.ts';

export interface InvalidationRoutes {
  readonly contexts: OperationContexts;
  readonly limits: RequestLimits;
  /** @throws GatewayError NOT_FOUND for an unknown source. */
  invalidate(source: string, keys: readonly string[]): Promise<void>;
}

const MAX_KEYS = 1_000;
/** In the body, not in the URL: keys are identifiers, and URLs get into logs. */
const bodySchema = z.strictObject({ source: z.string(), keys: z.array(z.string().min(1)).min(1).max(MAX_KEYS) });

/** `POST /invalidate`, with a token of a SERVICE or ADMIN: a back end reports that records have changed. */
export function addInvalidationRoutes(app: FastifyInstance, { contexts, limits, invalidate }: InvalidationRoutes): void {
  app.post('/invalidate', { onRequest: limits.hook('invalidation', sendError) }, async (request, reply) => {
    try {
      const capturable = await contexts.recognize(request.raw);
      await limits.requireSender('invalidation', capturable);
      requireRole(['SERVICE', 'ADMIN'], capturable.viewer, '/invalidate');
      const body = bodySchema.safeParse(request.body);
      if (!body.success) {
        const names =
          typeof request.body === 'object'
            ? Object.keys(request.body ?? {})
                .slice(0, 10)
                .join(', ')
            : 'no object';
        throw new GatewayError(
          'BAD_USER_INPUT',
          `expected { "source": "NAME", "keys": ["…"] } with 1 to ${MAX_KEYS} keys, received ${names || 'nothing'}`,
        );
      }
      await invalidate(body.data.source, body.data.keys);
      return reply.send({ invalidated: body.data.keys.length });
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return sendError(error, reply);
    }
  });
}
