import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { GatewayError, OwnersError, SourceError } from '../../model/errors.ts';

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
  if (original instanceof OwnersError) return { message: original.message, ...place, extensions: original.extensions };
  const code = error.extensions.code;
  if (isOfTheProtocol(error) && typeof code === 'string') return { message: error.message, ...place, extensions: { code } };
  if (isOfTheOperation(error)) return { message: error.message, ...place, extensions: { code: 'BAD_USER_INPUT' } };
  logUnexpected(original ?? error);
  const message = 'Something unexpected went wrong; the log has it under the requestId';
  return { message, ...place, extensions: { code: 'INTERNAL', requestId } };
}

/** The failures of data sources among an answer's errors: of each source and code one. */
export function sourceFailuresAmong(errors: readonly GraphQLError[]): SourceError[] {
  const failures = new Map<string, SourceError>();
  for (const { originalError } of errors) {
    if (originalError instanceof SourceError) failures.set(`${originalError.code} ${originalError.details.source}`, originalError);
  }
  return [...failures.values()];
}

/** Apollo's own errors of the protocol: the request is wrong, and the message says how. */
const PROTOCOL_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'OPERATION_TOO_COMPLEX',
]);

function isOfTheProtocol(error: GraphQLError): boolean {
  return (
    PROTOCOL_CODES.has(String(error.extensions.code)) && (error.originalError === undefined || error.originalError instanceof GraphQLError)
  );
}

/**
 * True for what graphql-js itself finds wrong with an operation while it runs: a null for an argument or a directive
 * that takes none, say, which a variable with a default brings there in spite of validation. Such an error is about a
 * value in the document, or about no place in the answer at all; one of a resolver's is about a field.
 */
function isOfTheOperation(error: GraphQLError): boolean {
  let cause: Error | undefined = error;
  while (cause instanceof GraphQLError) cause = cause.originalError;
  if (cause !== undefined || error.extensions.code !== undefined) return false;
  return error.path === undefined || error.nodes?.every(({ kind }) => kind !== Kind.FIELD) === true;
}

/** graphql-js reports its token limit as a syntax error; to a client it is a limit like the others. */
export function withTokenLimit(error: GraphQLFormattedError): GraphQLFormattedError {
  if (!/Document contains more tha[nt] \d+ tokens/.test(error.message)) return error;
  return { ...error, extensions: { ...error.extensions, code: 'OPERATION_TOO_COMPLEX', limit: 'tokens' } };
}
