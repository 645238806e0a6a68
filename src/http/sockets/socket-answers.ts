import { type ExecutionResult, GraphQLError } from 'graphql';
import { MessageType } from 'graphql-ws';
import { answerOf, answerOperation } from '../../graphql/execution/answer.ts';
import type { RequestContext } from '../../graphql/request-context.ts';
import type { RequestLimits } from '../limits/request-limits.ts';

const OVER = { done: true, value: undefined } as const;

type Answers = AsyncIterableIterator<ExecutionResult>;

/**
 * Sends the answers of an operation, each once the client has taken the one before. To the library it is a stream without
 * answers, which it ends: it would make the text of each answer itself, in one piece, and that of a long answer is there already.
 * @param answers a stream, or the one answer where a subscription could not begin.
 */
export function sentBy(
  answers: Answers | ExecutionResult,
  send: (answer: ExecutionResult) => Promise<void>,
): AsyncIterableIterator<ExecutionResult> {
  let isOver = false;
  const sent: Answers = {
    [Symbol.asyncIterator]: () => sent,
    next: async () => {
      if (!(Symbol.asyncIterator in answers)) {
        if (!isOver) await send(answers);
        return OVER;
      }
      for (let next = await answers.next(); !next.done && !isOver; next = await answers.next()) await send(next.value);
      return OVER;
    },
    return: async () => {
      isOver = true;
      if (Symbol.asyncIterator in answers) await answers.return?.();
      return OVER;
    },
  };
  return sent;
}

/**
 * The answer of a query or a mutation as a stream of one, which the library ends when the client sends `complete` or the
 * socket closes. Back ends need not answer from then on.
 */
export function answerOnce(context: RequestContext, limits: RequestLimits): Answers {
  const ended = Promise.withResolvers<typeof OVER>();
  let isRead = false;
  const answers: Answers = {
    [Symbol.asyncIterator]: () => answers,
    next: () => {
      if (isRead) return Promise.resolve(OVER);
      isRead = true;
      const onAnswered = limits.begunOperation();
      const answer = new Promise<ExecutionResult>((resolve) => answerOperation(context, resolve));
      const masked = answer.catch((error) => answerOf({ errors: [new GraphQLError('', { originalError: error })] }, context));
      masked.then(onAnswered);
      return Promise.race([masked.then((value) => ({ done: false, value }) as const), ended.promise]);
    },
    return: () => {
      context.profile.sources.abandon();
      ended.resolve(OVER);
      return ended.promise;
    },
  };
  return answers;
}

/** The message of the protocol. @param json of the answer. */
export function nextMessage(id: string, json: string): string {
  return `{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":${json}}`;
}
