import type { FastifyReply } from 'fastify';
import { ERROR_CODES, type GatewayError } from '../model/errors.ts';

/** An error as everything but GraphQL answers it. @param status where it is another than the code's own. */
export function sendError(
  { code, message, details }: GatewayError,
  reply: FastifyReply,
  status: number = ERROR_CODES[code].status,
): FastifyReply {
  return reply.status(status).send({ error: { code, message, ...details } });
}

/** The same as GraphQL answers it, for a request that is refused before it is one. */
export function sendGraphqlError({ code, message, details }: GatewayError, reply: FastifyReply): FastifyReply {
  return reply.status(ERROR_CODES[code].status).send({ errors: [{ message, extensions: { code, ...details } }] });
}
