import type { GraphQLError } from 'graphql';
import { badRequest, type OperationRequest } from '../../graphql/execution/check-request.ts';
import type { Operations, PreparedOperation, ReadyOperation } from '../../graphql/execution/operations.ts';
import type { Viewer } from '../../model/viewer.ts';
import { graphqlErrorAnswer, type HttpAnswer, refusalAnswer } from '../http-answer.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { type AnswerType, EVENT_STREAM, JSON_TYPE } from '../media-type.ts';
import { BadRequest } from './operation-request.ts';

const NO_TYPE = 'expected accept to name application/json, application/graphql-response+json or text/event-stream';
const NO_STREAM = 'expected a subscription over WebSocket (graphql-transport-ws), or with accept: text/event-stream';

/** How an operation over HTTP is answered. */
export type Admission =
  /** A query or a mutation, answered with this media type. */
  | { readonly kind: 'run'; readonly operation: ReadyOperation; readonly type: AnswerType }
  /** Answered as an event stream, also with the errors of a refused operation. */
  | { readonly kind: 'stream'; readonly prepared: PreparedOperation }
  | { readonly kind: 'refused'; readonly answer: HttpAnswer };

export interface Asked {
  readonly method: string;
  /** The media types that the client takes, the preferred one first. */
  readonly types: readonly AnswerType[];
  readonly viewer: Viewer;
  readonly limits: RequestLimits;
}

/**
 * Decides how an operation over HTTP is answered, by the rules of GraphQL over HTTP and of graphql-sse, for the fast lane
 * and the framework alike.
 * @param read returns the operation as it was sent, or throws BadRequest.
 */
export function admitOperation(operations: Operations, { method, types, viewer, limits }: Asked, read: () => OperationRequest): Admission {
  const [preferred] = types;
  if (preferred === undefined) return refused([badRequest(NO_TYPE)], JSON_TYPE, 406);
  let request: OperationRequest;
  try {
    request = read();
  } catch (error) {
    if (error instanceof BadRequest) return refused([badRequest(error.message)], preferred);
    throw error;
  }
  const prepared = operations.prepare(request, viewer);
  const kind = prepared.kind === 'ready' ? prepared.operation.operation : null;
  const type = kind === 'subscription' && types.includes(EVENT_STREAM) ? EVENT_STREAM : preferred;
  if (method === 'GET' && kind === 'mutation') {
    const { answer } = refused([badRequest('expected a mutation by POST, received GET')], type, 405);
    return { kind: 'refused', answer: { ...answer, headers: { allow: 'POST' } } };
  }
  const overloaded = limits.ofOperation(kind);
  if (overloaded !== undefined) return { kind: 'refused', answer: graphqlErrorAnswer(overloaded) };
  if (type === EVENT_STREAM) return { kind: 'stream', prepared };
  if (prepared.kind === 'refused') return refused(prepared.errors, type);
  return kind === 'subscription' ? refused([badRequest(NO_STREAM)], type) : { kind: 'run', operation: prepared, type };
}

function refused(errors: readonly GraphQLError[], type: AnswerType, status?: number) {
  return { kind: 'refused', answer: refusalAnswer(errors, type, status) } as const;
}
