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
  type OperationTypeNode,
} from 'graphql';
import type { SourceError } from '../../model/errors.ts';
import { isJsonObject, LongNumber } from '../../model/exact-json.ts';
import type { RequestContext } from '../request-context.ts';
import { settleLongNumbers, TOO_DEEP } from './exact-variables.ts';
import { maskError, sourceFailuresAmong } from './mask-error.ts';
import { checkOperationLimits } from './operation-limits.ts';
import type { DocumentRules, PreparedDocuments } from './prepared-documents.ts';

export interface RunnerOptions extends DocumentRules {
  /** @param seenValues identifiers of the request, which must not be in the log. */
  logUnexpected(error: unknown, requestId: string | null, seenValues: readonly string[]): void;
  logSourceFailures(requestId: string, failures: readonly SourceError[]): void;
}

/** An operation as a client sends it. */
export interface OperationRequest {
  readonly query?: unknown;
  readonly operationName?: unknown;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

/** An operation that is right and within its limits. */
export interface CheckedOperation
  extends Pick<ExecutionArgs, 'schema' | 'document' | 'operationName' | 'variableValues' | 'hideSuggestions'> {
  readonly type: OperationTypeNode;
}

/** The same, with who asks. */
export type PreparedOperation = CheckedOperation & { readonly contextValue: RequestContext };

/** An answer as it goes to the client, with its errors masked. */
export interface FormattedResult {
  readonly data?: ExecutionResult['data'];
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Wrong values of variables that are told, as graphql-js does it: each takes its time. */
const MAX_ERRORS = 50;

/**
 * Says of every operation that is not answered on the fast lane whether it may run, whatever way it came; and runs those
 * that do not come through Apollo Server, whose plugins see HTTP only: over WebSocket and server-sent events.
 */
export class OperationRunner {
  readonly #options: RunnerOptions;
  readonly #documents: PreparedDocuments;

  constructor(options: RunnerOptions, documents: PreparedDocuments) {
    this.#options = options;
    this.#documents = documents;
  }

  /** @returns what is to be run, or why it is not. */
  check({ query, operationName, variables, extensions }: OperationRequest): CheckedOperation | GraphQLFormattedError[] {
    const { schema, limits, hideSuggestions } = this.#options;
    const misfit = misfitOf({ operationName, variables, extensions });
    if (misfit !== null) return [formatted('BAD_REQUEST', misfit)];
    // With these words and this code clients send the text from then on (Apollo's automatic persisted queries).
    if ((extensions as { persistedQuery?: unknown } | null | undefined)?.persistedQuery)
      return [formatted('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported')];
    if (typeof query !== 'string' || query === '') {
      return [
        formatted(
          'BAD_REQUEST',
          `expected query to be the text of a GraphQL document, received ${query === '' ? 'an empty one' : kindOf(query)}`,
        ),
      ];
    }
    const document = this.#documents.prepare(query);
    if (Array.isArray(document)) return document;
    const name = (operationName ?? null) as string | null;
    const operation = getOperationAST(document as DocumentNode, name);
    if (!operation) return [formatted('OPERATION_RESOLUTION_FAILURE', 'expected operationName to name one of the operations in query')];
    const beyond = checkOperationLimits(document as DocumentNode, name, limits);
    if (beyond !== null) return [{ message: beyond.message, extensions: { code: beyond.code, ...beyond.details } }];
    const variableValues = settleLongNumbers(schema, operation, (variables ?? {}) as Record<string, unknown>);
    if (variableValues === null) return [formatted('BAD_USER_INPUT', TOO_DEEP)];
    const coercion = { maxErrors: MAX_ERRORS, hideSuggestions };
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues, coercion);
    if (errors) return errors.map((error) => ({ ...error.toJSON(), extensions: { code: 'BAD_USER_INPUT' } }));
    return { schema, document: document as DocumentNode, operationName: name, variableValues, hideSuggestions, type: operation.operation };
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

  #masked({ data, errors }: ExecutionResult, { requestId, seenValues, provenance }: RequestContext): FormattedResult {
    const log = (error: unknown) => this.#options.logUnexpected(error, requestId, seenValues);
    if (errors) this.#options.logSourceFailures(requestId, sourceFailuresAmong(errors));
    return {
      ...(errors && { errors: errors.map((error) => maskError(error, requestId, log)) }),
      ...(data !== undefined && { data }),
      ...(provenance !== undefined && { extensions: { provenance } }),
    };
  }
}

function formatted(code: string, message: string): GraphQLFormattedError {
  return { message, extensions: { code } };
}

/** @returns what of a request is of another JSON type than the protocol has it; null when nothing is. */
function misfitOf(request: Pick<OperationRequest, 'operationName' | 'variables' | 'extensions'>): string | null {
  const { operationName, variables, extensions } = request;
  if (operationName != null && typeof operationName !== 'string')
    return `expected operationName to be text, received ${kindOf(operationName)}`;
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (value != null && !isJsonObject(value)) {
      return `expected ${name} to be a JSON object, received ${kindOf(value)}`;
    }
  }
  return null;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  return isJsonObject(value) ? 'an object' : `a ${value instanceof LongNumber ? 'number' : typeof value}`;
}
