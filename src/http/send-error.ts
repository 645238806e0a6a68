import type { FastifyReply } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, type GatewayError } from '../model/errors.ts';
import { type AnswerType, EVENT_STREAM, GRAPHQL_TYPE, JSON_TYPE } from './media-type.ts';

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

/** Codes of a request that is right in itself, with an operation that is not. */
const OF_THE_OPERATION: readonly unknown[] = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];
/** Clients with automatic persisted queries read the body of a success only. */
const READ_ON_SUCCESS = 'PERSISTED_QUERY_NOT_SUPPORTED';

/**
 * Answers an operation that may not run.
 * @param status where it is another than GraphQL over HTTP has for these errors (section 6.4): 200 for an operation that
 * is wrong and the media type `application/json`, otherwise 400.
 */
export function sendRefusal(
  errors: readonly GraphQLFormattedError[],
  { type, status }: { readonly type: AnswerType; readonly status?: number },
  reply: FastifyReply,
): FastifyReply {
  const codes = errors.map(({ extensions }) => extensions?.code);
  const isLegacySuccess = type !== GRAPHQL_TYPE && codes.every((code) => OF_THE_OPERATION.includes(code));
  const isSuccess = isLegacySuccess || codes.includes(READ_ON_SUCCESS);
  return reply
    .status(status ?? (isSuccess ? 200 : 400))
    .type(type === EVENT_STREAM ? JSON_TYPE : type)
    .send(`${JSON.stringify({ errors })}\n`);
}
