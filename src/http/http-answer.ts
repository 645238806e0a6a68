import type { FastifyReply } from 'fastify';
import type { GraphQLError } from 'graphql';
import { ERROR_CODES, type GatewayError } from '../model/errors.ts';
import { type AnswerType, EVENT_STREAM, GRAPHQL_TYPE, JSON_TYPE } from './media-type.ts';

/** An answer of HTTP, written by the fast lane or by the framework. */
export interface HttpAnswer {
  readonly status: number;
  /** The media type. */
  readonly type: string;
  readonly text: string;
  /** In addition to those that every answer of the route has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error in the form of every route but GraphQL's. @param status where it differs from the code's own. */
export function errorAnswer(error: GatewayError, status: number = ERROR_CODES[error.code].status): HttpAnswer {
  const { code, message, details } = error;
  return { status, type: JSON_TYPE, text: JSON.stringify({ error: { code, message, ...details } }), headers: retryHeaders(error) };
}

/** An error in GraphQL's form, for a request that is refused before its operation is read. */
export function graphqlErrorAnswer(error: GatewayError): HttpAnswer {
  const { code, message, details } = error;
  const text = JSON.stringify({ errors: [{ message, extensions: { code, ...details } }] });
  return { status: ERROR_CODES[code].status, type: JSON_TYPE, text, headers: retryHeaders(error) };
}

/** When a client should try again, for an error that says so (RFC 9110, section 10.2.3). */
function retryHeaders({ details: { retryAfter } }: GatewayError): HttpAnswer['headers'] {
  return typeof retryAfter === 'number' ? { 'retry-after': String(retryAfter) } : undefined;
}

/** Codes of a well-formed request whose operation is wrong. */
const OF_THE_OPERATION: readonly unknown[] = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];
/** Clients with automatic persisted queries read only the body of a success; Apollo Server answers them so. */
const READ_ON_SUCCESS: readonly unknown[] = ['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED'];

/**
 * Refuses an operation.
 * @param status where it differs from the one that GraphQL over HTTP has for these errors (section 6.4): 200 for an operation that
 * is wrong and the media type `application/json`, otherwise 400.
 */
export function refusalAnswer(errors: readonly GraphQLError[], type: AnswerType, status?: number): HttpAnswer {
  const codes = errors.map(({ extensions }) => extensions.code);
  const isLegacySuccess = type !== GRAPHQL_TYPE && codes.every((code) => OF_THE_OPERATION.includes(code));
  const isSuccess = isLegacySuccess || codes.some((code) => READ_ON_SUCCESS.includes(code));
  const text = `${JSON.stringify({ errors })}\n`;
  return { status: status ?? (isSuccess ? 200 : 400), type: type === EVENT_STREAM ? JSON_TYPE : type, text };
}

/** Sends an answer by the framework. */
export function sendAnswer({ status, type, text, headers = {} }: HttpAnswer, reply: FastifyReply): FastifyReply {
  return reply.status(status).headers(headers).type(type).send(text);
}

/** Sends an error by the framework, in the form of every route but GraphQL's. */
export function sendError(error: GatewayError, reply: FastifyReply, status?: number): FastifyReply {
  return sendAnswer(errorAnswer(error, status), reply);
}
