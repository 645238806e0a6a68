import { GraphQLError, Kind } from 'graphql';
import { GatewayError, OwnersError, SourceError } from '../../model/errors.ts';

/**
 * The error that a client gets for an error of the execution. An expected one keeps its message; any other becomes
 * INTERNAL with the request's id, under which the log has the original.
 * @param logUnexpected called with the original of an unexpected error.
 */
export function maskError(error: GraphQLError, requestId: string, logUnexpected: (error: unknown) => void): GraphQLError {
  const original = error.originalError;
  if (original instanceof GatewayError) return withExtensions(error, { code: original.code, ...original.details }, original.message);
  if (original instanceof OwnersError) return withExtensions(error, original.extensions);
  const code = error.extensions.code;
  if (isOfTheProtocol(error) && typeof code === 'string') return withExtensions(error, { code });
  if (isOfTheOperation(error)) return withExtensions(error, { code: 'BAD_USER_INPUT' });
  logUnexpected(original ?? error);
  return withExtensions(error, { code: 'INTERNAL', requestId }, UNEXPECTED);
}

/** The message of an INTERNAL error, over GraphQL and over HTTP. */
export const UNEXPECTED = 'Something unexpected went wrong; the log has it under the requestId';

/** The same error, at the same locations and path, with nothing of its original but its message. */
export function withExtensions(error: GraphQLError, extensions: Readonly<Record<string, unknown>>, message = error.message): GraphQLError {
  const { nodes, source, positions, path } = error;
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions,
  });
}

/** The failures of data sources among an answer's errors: of each source and code one. */
export function sourceFailuresAmong(errors: readonly GraphQLError[]): SourceError[] {
  const failures = new Map<string, SourceError>();
  for (const { originalError } of errors) {
    if (originalError instanceof SourceError) failures.set(`${originalError.code} ${originalError.details.source}`, originalError);
  }
  return [...failures.values()];
}

/** Codes of errors that say how the request is wrong. */
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
 * True for an error that the executor itself finds in an operation, such as null for an argument or a directive that takes
 * none: validation allows it for a variable with a default. Such an error is located at a value in the document, or has no
 * path in the answer. A resolver's error is located at a field.
 */
function isOfTheOperation(error: GraphQLError): boolean {
  let cause: Error | undefined = error;
  while (cause instanceof GraphQLError) cause = cause.originalError;
  if (cause !== undefined || error.extensions.code !== undefined) return false;
  return error.path === undefined || error.nodes?.every(({ kind }) => kind !== Kind.FIELD) === true;
}
