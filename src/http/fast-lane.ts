import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CompiledOperations, ReadyOperation } from '../graphql/compiled/compiled-operations.ts';
import { runPlan } from '../graphql/compiled/run-plan.ts';
import type { RequestContext } from '../graphql/request-context.ts';
import type { OperationContexts } from './operation-contexts.ts';

/** Goes the full way, through Apollo Server. @param context what was found out so far; left out, nothing was. */
export type FullWay = (context?: RequestContext) => void;

/**
 * What clients say they accept, and what Apollo Server answers them with. Whoever says something else goes the full way,
 * where it is negotiated.
 */
const MEDIA_TYPES = new Map<string | undefined, string>([
  [undefined, 'application/json; charset=utf-8'],
  ['*/*', 'application/json; charset=utf-8'],
  ['application/json', 'application/json; charset=utf-8'],
  ['application/json, text/plain, */*', 'application/json; charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
  ['application/graphql-response+json, application/json', 'application/graphql-response+json; charset=utf-8'],
  ['application/graphql-response+json,application/json;q=0.9', 'application/graphql-response+json; charset=utf-8'],
]);

/**
 * Answers hot queries from request to text by what was worked out once for their document. It knows success only: with
 * anything that is an error in GraphQL, and for everything that it does not know, the full way is gone, on which
 * nothing is asked for again.
 */
export class FastLane {
  readonly #operations: CompiledOperations;
  readonly #contexts: OperationContexts;

  constructor(operations: CompiledOperations, contexts: OperationContexts) {
    this.#operations = operations;
    this.#contexts = contexts;
  }

  answer(request: FastifyRequest, reply: FastifyReply, fullWay: FullWay): void {
    const mediaType = MEDIA_TYPES.get(request.headers.accept);
    const operation = mediaType === undefined ? null : this.#operationOf(request);
    if (mediaType === undefined || operation === null) {
      fullWay();
      return;
    }
    const context = this.#contexts.openFor(request, reply);
    // Where each value came from is noted by the full way.
    if (context.provenance !== undefined) {
      fullWay(context);
      return;
    }
    runPlan(operation.compiled, context, operation.variables, (data) => {
      const text = data === null ? null : textOf(data);
      if (text === null) fullWay(context);
      else reply.header('content-type', mediaType).send(text);
    });
  }

  /** Only what the framework has read as JSON (`content-type: application/json`): no foreign page can send that unasked. */
  #operationOf({ method, body }: FastifyRequest): ReadyOperation | null {
    if (method !== 'POST' || !isObject(body)) return null;
    const { query, operationName, variables, extensions } = body;
    if (typeof query !== 'string' || query === '') return null;
    if (operationName != null && (typeof operationName !== 'string' || operationName === '')) return null;
    if (variables != null && !isObject(variables)) return null;
    if (extensions != null && (!isObject(extensions) || extensions.persistedQuery !== undefined)) return null;
    return this.#operations.find(query, operationName ?? null, variables ?? {});
  }
}

/** As Apollo Server writes it; null for what is no JSON. */
function textOf(data: Readonly<Record<string, unknown>>): string | null {
  try {
    return `${JSON.stringify({ data })}\n`;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
