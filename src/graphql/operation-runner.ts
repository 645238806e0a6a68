import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
  getVariableValues,
} from 'graphql';
import { settleLongNumbers, TOO_DEEP } from './exact-variables.ts';
import { maskError } from './mask-error.ts';
import { checkOperationLimits } from './operation-limits.ts';
import type { DocumentRules, PreparedDocuments } from './prepared-documents.ts';
import type { RequestContext } from './request-context.ts';

export interface RunnerOptions extends DocumentRules {
  /** @param seenValues identifiers of the request, which must not be in the log. */
  logUnexpected(error: unknown, requestId: string | null, seenValues: readonly string[]): void;
}

/** An operation as a client sends it. */
export interface OperationRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
}

/** An operation that is right and within its limits. */
export type PreparedOperation = ExecutionArgs & { readonly contextValue: RequestContext };

/** An answer as it goes to the client, with its errors masked. */
export interface FormattedResult {
  readonly data?: ExecutionResult['data'];
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Wrong values of variables that are told, as graphql-js does it: each takes its time. */
const MAX_ERRORS = 50;

/**
 * Runs operations that do not come through Apollo Server, whose plugins see HTTP only: over WebSocket and server-sent
 * events. The same limits, the same validation, the same masked errors.
 */
export class OperationRunner {
  readonly #options: RunnerOptions;
  readonly #documents: PreparedDocuments;

  constructor(options: RunnerOptions, documents: PreparedDocuments) {
    this.#options = options;
    this.#documents = documents;
  }

  /** @returns what is to be run, or why it is not. */
  prepare(
    { query, operationName, variables }: OperationRequest,
    contextValue: RequestContext,
  ): PreparedOperation | GraphQLFormattedError[] {
    const { schema, limits } = this.#options;
    const name = typeof operationName === 'string' ? operationName : null;
    const document = this.#documentOf(query);
    if (Array.isArray(document)) return document;
    const operation = getOperationAST(document, name);
    if (!operation) return [formatted('OPERATION_RESOLUTION_FAILURE', 'expected operationName to name one of the operations in query')];
    const beyond = checkOperationLimits(document, name, limits);
    if (beyond !== null) return [{ message: beyond.message, extensions: { code: beyond.code, ...beyond.details } }];
    const given = (variables ?? {}) as Record<string, unknown>;
    if (typeof given !== 'object') return [formatted('BAD_REQUEST', 'expected variables to be a JSON object')];
    const variableValues = settleLongNumbers(schema, operation, given);
    if (variableValues === null) return [formatted('BAD_USER_INPUT', TOO_DEEP)];
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues, { maxErrors: MAX_ERRORS });
    if (errors) return errors.map((error) => ({ ...error.toJSON(), extensions: { code: 'BAD_USER_INPUT' } }));
    return { schema, document, operationName: name, variableValues, contextValue };
  }

  /** Logs what nobody expected; the client learns of it without its words. */
  report(error: unknown, requestId: string): void {
    this.#options.logUnexpected(error, requestId, []);
  }

  /** Runs a query or a mutation. */
  async execute(operation: PreparedOperation): Promise<FormattedResult> {
    return this.#masked(await execute(operation), operation.contextValue);
  }

  /**
   * Begins a subscription. Each of its events is answered with a context of its own: nothing is remembered from one to
   * the next.
   */
  async subscribe(operation: PreparedOperation): Promise<AsyncIterableIterator<FormattedResult> | FormattedResult> {
    const source = await createSourceEventStream(operation);
    if (!(Symbol.asyncIterator in source)) return this.#masked(source, operation.contextValue);
    const events = source[Symbol.asyncIterator]() as AsyncIterator<unknown>;
    let isOver = false;
    // Not a generator: one that waits for its next event could not be ended from outside.
    const results: AsyncIterableIterator<FormattedResult> = {
      [Symbol.asyncIterator]: () => results,
      next: async () => {
        if (isOver) return { done: true, value: undefined };
        try {
          const { done, value: rootValue } = await events.next();
          if (done) return { done: true, value: undefined };
          const contextValue = operation.contextValue.renewed();
          return { done: false, value: this.#masked(await execute({ ...operation, rootValue, contextValue }), contextValue) };
        } catch (error) {
          isOver = true;
          await events.return?.();
          const located = new GraphQLError((error as Error).message, { originalError: error as Error });
          return { done: false, value: this.#masked({ errors: [located] }, operation.contextValue) };
        }
      },
      return: async () => {
        isOver = true;
        await events.return?.();
        return { done: true, value: undefined };
      },
      throw: async (error) => {
        await events.return?.();
        throw error;
      },
    };
    return results;
  }

  #documentOf(query: unknown): DocumentNode | GraphQLFormattedError[] {
    if (typeof query !== 'string') return [formatted('BAD_REQUEST', 'expected query to be the text of a GraphQL document')];
    return this.#documents.prepare(query);
  }

  #masked({ data, errors }: ExecutionResult, { requestId, seenValues }: RequestContext): FormattedResult {
    const log = (error: unknown) => this.#options.logUnexpected(error, requestId, seenValues);
    return { ...(data !== undefined && { data }), ...(errors && { errors: errors.map((error) => maskError(error, requestId, log)) }) };
  }
}

function formatted(code: string, message: string): GraphQLFormattedError {
  return { message, extensions: { code } };
}
