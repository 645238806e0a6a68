import { createSourceEventStream, type ExecutionResult, GraphQLError } from 'graphql';
import type { RequestContext } from '../request-context.ts';
import { answerOf, answerOperation } from './answer.ts';

/**
 * Begins the subscription of a context. Each of its events is answered with a context of its own, so nothing is
 * remembered from one event to the next.
 * @returns the answers, or the one answer where the subscription could not begin. An event that can't be read ends the
 * answers with an error.
 */
export async function answerSubscription(context: RequestContext): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const { schema, document, operation, given: variableValues } = context.operation;
  const operationName = operation.name?.value;
  const stream = await createSourceEventStream({ schema, document, operationName, variableValues, contextValue: context });
  if (!(Symbol.asyncIterator in stream)) return answerOf(stream, context);
  const events = stream[Symbol.asyncIterator]() as AsyncIterator<unknown>;
  let isOver = false;
  let current = context;
  const end = async () => {
    isOver = true;
    current.profile.sources.abandon();
    await events.return?.();
  };
  // Not a generator: one that waits for its next event could not be ended from outside.
  const answers: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => answers,
    next: async () => {
      if (isOver) return { done: true, value: undefined };
      try {
        const { done, value } = await events.next();
        if (done || isOver) return { done: true, value: undefined };
        current = context.renewed();
        return { done: false, value: await answerEvent(current, value) };
      } catch (error) {
        await end();
        const located = new GraphQLError((error as Error).message, { originalError: error as Error });
        return { done: false, value: answerOf({ errors: [located] }, context) };
      }
    },
    return: async () => {
      await end();
      return { done: true, value: undefined };
    },
    throw: async (error) => {
      await end();
      throw error;
    },
  };
  return answers;
}

function answerEvent(context: RequestContext, event: unknown): Promise<ExecutionResult> {
  return new Promise((resolve) => answerOperation(context, resolve, event));
}
