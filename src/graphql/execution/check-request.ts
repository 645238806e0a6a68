import { GraphQLError } from 'graphql';
import { isJsonObject, LongNumber } from '../../model/exact-json.ts';

/** An operation as a client sends it: parsed JSON, of which nothing is checked yet. */
export interface OperationRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

/** The same, with every part of the type that GraphQL over HTTP gives it (section 6.2). */
export interface CheckedRequest {
  readonly query: string;
  readonly operationName: string | null;
  /** Numbers that a JavaScript number can't hold are `LongNumber`s. */
  readonly variables: Readonly<Record<string, unknown>>;
}

const NO_VARIABLES = Object.freeze({});

/** @returns the request's parts, or the error that refuses it: BAD_REQUEST, or PERSISTED_QUERY_NOT_SUPPORTED. */
export function checkRequest({ query, operationName, variables, extensions }: OperationRequest): CheckedRequest | GraphQLError {
  if (operationName != null && typeof operationName !== 'string')
    return badRequest(`expected operationName to be text, received ${kindOf(operationName)}`);
  if (variables != null && !isJsonObject(variables)) return notAnObject('variables', variables);
  if (extensions != null && !isJsonObject(extensions)) return notAnObject('extensions', extensions);
  // On this message and this code clients send the text of the document (Apollo's automatic persisted queries).
  if (extensions?.persistedQuery) return refusal('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  if (typeof query !== 'string' || query === '') {
    const received = query === '' ? 'an empty one' : kindOf(query);
    return badRequest(`expected query to be the text of a GraphQL document, received ${received}`);
  }
  return { query, operationName: operationName ?? null, variables: variables ?? NO_VARIABLES };
}

/** An error that refuses a whole operation. */
export function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** An error for a request that is none of GraphQL over HTTP. */
export function badRequest(message: string): GraphQLError {
  return refusal('BAD_REQUEST', message);
}

function notAnObject(name: string, value: unknown): GraphQLError {
  return badRequest(`expected ${name} to be a JSON object, received ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  return isJsonObject(value) ? 'an object' : `a ${value instanceof LongNumber ? 'number' : typeof value}`;
}
