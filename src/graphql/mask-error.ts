import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { GatewayError } from '../model/errors.ts';

/**
 * What a client learns of an error: the expected ones as they are, everything else as INTERNAL with the
 * request's id, by which the log has it whole.
 */
export function maskError(error: GraphQLError, requestId: string, logUnexpected: (error: unknown) => void): GraphQLFormattedError {
  const { locations, path } = error.toJSON();
  const place = { ...(locations && { locations }), ...(path && { path }) };
  const original = error.originalError;
  if (original instanceof GatewayError) {
    return { message: original.message, ...place, extensions: { code: original.code, ...original.details } };
  }
  const code = error.extensions.code;
  if (isOfTheProtocol(error) && typeof code === 'string') return { message: error.message, ...place, extensions: { code } };
  logUnexpected(original ?? error);
  const message = 'Something unexpected went wrong; the log has it under the requestId';
  return { message, ...place, extensions: { code: 'INTERNAL', requestId } };
}

/** Apollo's own errors of parsing, validation and protocol: the client's document is wrong, and the message says how. */
const PROTOCOL_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_COMPLEX',
  'FORBIDDEN',
]);

function isOfTheProtocol(error: GraphQLError): boolean {
  return (
    PROTOCOL_CODES.has(String(error.extensions.code)) && (error.originalError === undefined || error.originalError instanceof GraphQLError)
  );
}

/** graphql-js reports its token limit as a syntax error; to a client it is a limit like the others. */
export function withTokenLimit(error: GraphQLFormattedError): GraphQLFormattedError {
  if (!/Document contains more tha[nt] \d+ tokens/.test(error.message)) return error;
  return { ...error, extensions: { ...error.extensions, code: 'OPERATION_TOO_COMPLEX', limit: 'tokens' } };
}
