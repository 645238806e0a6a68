import { type ExecutionResult, execute as executeInGraphqlJs, GraphQLError } from 'graphql';
import type { ReadyOperation } from './operations.ts';

/**
 * Runs a query, a mutation, or one event of a subscription.
 * @param rootValue the event.
 * @param done called once.
 */
export function execute(
  { schema, document, operation, given }: ReadyOperation,
  contextValue: unknown,
  { rootValue }: { rootValue?: unknown },
  done: (result: ExecutionResult) => void,
): void {
  const operationName = operation.name?.value;
  const running = async () => executeInGraphqlJs({ schema, document, operationName, variableValues: given, contextValue, rootValue });
  running().then(done, (error: Error) => done({ errors: [new GraphQLError(error.message, { originalError: error })] }));
}
