import { GraphQLError } from 'graphql';
import { withoutPrefix } from '../../model/document-id.ts';
import { isJsonObject, LongNumber } from '../../model/exact-json.ts';

/** An operation as a client sends it: parsed JSON, of which nothing is checked yet. */
export interface OperationRequest {
  readonly query?: unknown;
  readonly documentId?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

/** The same, with every part of the type that GraphQL over HTTP gives it (section 6.2, and its appendix "Persisted Documents"). */
export interface CheckedRequest {
  /** The text of the document; null where there is an id and no text, or an empty one. */
  readonly query: string | null;
  /** The document's id, without the prefix `sha256:`; null where there is a text only. */
  readonly id: string | null;
  /** The member that has the id; of two with the same id, `documentId`. */
  readonly idFrom: 'documentId' | 'persistedQuery' | null;
  readonly operationName: string | null;
  /** Numbers that a JavaScript number can't hold are `LongNumber`s. */
  readonly variables: Readonly<Record<string, unknown>>;
}

const NO_VARIABLES = Object.freeze({});

/** @returns the request's parts, or the error that refuses it: BAD_REQUEST. */
export function checkRequest(request: OperationRequest): CheckedRequest | GraphQLError {
  const { query, operationName, variables, extensions } = request;
  const documentId = request.documentId === '' ? null : (request.documentId ?? null);
  if (operationName != null && typeof operationName !== 'string')
    return badRequest(`expected operationName to be text, received ${kindOf(operationName)}`);
  if (variables != null && !isJsonObject(variables)) return notAnObject('variables', variables);
  if (extensions != null && !isJsonObject(extensions)) return notAnObject('extensions', extensions);
  const persistedQuery = extensions?.persistedQuery ?? null;
  if (documentId === null && persistedQuery === null) {
    if (typeof query !== 'string' || query === '') return noDocument(query);
    return { query, id: null, idFrom: null, operationName: operationName ?? null, variables: variables ?? NO_VARIABLES };
  }
  if (query != null && typeof query !== 'string') return noDocument(query);
  if (documentId !== null && typeof documentId !== 'string')
    return badRequest(`expected documentId to be text, received ${kindOf(documentId)}`);
  const hash = persistedQuery === null ? null : hashOf(persistedQuery);
  if (hash instanceof GraphQLError) return hash;
  const id = withoutPrefix(documentId ?? (hash as string));
  if (hash !== null && hash !== id)
    return badRequest('expected one document, received another id in extensions.persistedQuery than in documentId');
  return {
    // Over a WebSocket there is always a text: the protocol requires it.
    query: query || null,
    id,
    idFrom: documentId === null ? 'persistedQuery' : 'documentId',
    operationName: operationName ?? null,
    variables: variables ?? NO_VARIABLES,
  };
}

/** The hash in `extensions.persistedQuery` (Apollo's automatic persisted queries). */
function hashOf(persistedQuery: unknown): string | GraphQLError {
  if (isJsonObject(persistedQuery) && persistedQuery.version === 1 && typeof persistedQuery.sha256Hash === 'string')
    return persistedQuery.sha256Hash;
  return badRequest('expected extensions.persistedQuery to be { version: 1, sha256Hash: TEXT }, received something else');
}

function noDocument(query: unknown): GraphQLError {
  const received = query === '' ? 'an empty one' : kindOf(query);
  return badRequest(`expected query to be the text of a GraphQL document, received ${received}`);
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
