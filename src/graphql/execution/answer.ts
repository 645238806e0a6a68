import { type ExecutionResult, GraphQLError } from 'graphql';
import { GatewayError, type SourceError } from '../../model/errors.ts';
import type { RequestContext } from '../request-context.ts';
import { isLongAnswer, textInSlices } from './answer-text.ts';
import { maskError, sourceFailuresAmong, UNEXPECTED } from './mask-error.ts';
import { runPlan } from './run-plan.ts';

/** Where the failures behind an answer are written. */
export interface AnswerLog {
  /** @param texts of the request: they must not be in the log. */
  unexpected(error: unknown, requestId: string, texts: readonly string[]): void;
  sourceFailures(requestId: string, failures: readonly SourceError[]): void;
}

/** A long answer with its JSON text, which was made in slices. */
class WrittenAnswer implements ExecutionResult {
  readonly errors?: readonly GraphQLError[];
  readonly data?: Record<string, unknown> | null;
  readonly extensions?: Record<string, unknown>;
  readonly #text: string;

  constructor(answer: ExecutionResult, text: string) {
    Object.assign(this, answer);
    this.#text = text;
  }

  static textOf(answer: ExecutionResult): string | undefined {
    return answer instanceof WrittenAnswer ? answer.#text : undefined;
  }
}

/**
 * Runs the operation of a context: a query, a mutation, or one event of a subscription. Beyond its budget, the answer is one
 * error without data (`isRefused`), and nobody waits for its sources any more.
 * @param done called once, with what the client gets; synchronously where nothing has to be waited for.
 * @param event of the subscription.
 */
export function answerOperation(context: RequestContext, done: (answer: ExecutionResult) => void, event?: unknown): void {
  const { compiled, variables } = context.operation;
  const { budget } = context;
  runPlan(compiled, context, variables, { rootValue: event, budget }, (result) => {
    const answer = answerOf(result, context);
    if (!isLongAnswer(budget.answerSize)) done(answer);
    else writeLong(answer, context).then(done);
  });
}

/** Never rejects. */
async function writeLong(answer: ExecutionResult, context: RequestContext): Promise<ExecutionResult> {
  try {
    return new WrittenAnswer(answer, await textInSlices(answer, context.budget));
  } catch (error) {
    if (error instanceof GatewayError) return answerOf({ errors: [new GraphQLError(error.message, { originalError: error })] }, context);
    return unwritable(error, context);
  }
}

/** True for an answer to an operation that went beyond its budget: like one that was refused before it ran, it has no data. */
export function isRefused(answer: ExecutionResult): answer is ExecutionResult & { readonly errors: readonly GraphQLError[] } {
  return answer.data === undefined && answer.errors !== undefined;
}

/** What a client gets of a result: errors masked, and where values come from, where that was asked for. Failures are logged. */
export function answerOf(result: ExecutionResult, context: RequestContext): ExecutionResult {
  const isPlain = result.errors === undefined && (context.provenance ?? context.incomplete ?? context.foundBy) === undefined;
  return isPlain ? result : maskedAnswer(result, context);
}

/** A function of its own: what its closure needs would otherwise be allocated for each answer. */
function maskedAnswer({ data, errors }: ExecutionResult, context: RequestContext): ExecutionResult {
  const { provenance, incomplete, foundBy, requestId, log, budget, profile } = context;
  if (budget.exceeded !== null) profile.sources.abandon();
  if (errors !== undefined) log.sourceFailures(requestId, sourceFailuresAmong(errors));
  let texts: readonly string[] | undefined;
  const logUnexpected = (error: unknown) => {
    texts ??= context.texts;
    log.unexpected(error, requestId, texts);
  };
  return {
    ...(errors && { errors: errors.map((error) => maskError(error, requestId, logUnexpected)) }),
    ...(data !== undefined && { data }),
    ...((provenance ?? incomplete ?? foundBy) !== undefined &&
      data !== undefined && {
        extensions: { ...(provenance && { provenance }), ...(incomplete && { incomplete }), ...(foundBy && { foundBy }) },
      }),
  };
}

/** The JSON text of an answer. One that has no JSON form, such as a scalar's `bigint`, is an unexpected error instead. */
export function jsonOf(answer: ExecutionResult, context: RequestContext): string {
  try {
    return WrittenAnswer.textOf(answer) ?? JSON.stringify(answer);
  } catch (error) {
    return JSON.stringify(unwritable(error, context));
  }
}

function unwritable(error: unknown, { log, requestId, texts }: RequestContext): ExecutionResult {
  log.unexpected(error, requestId, texts);
  return { errors: [new GraphQLError(UNEXPECTED, { extensions: { code: 'INTERNAL', requestId } })], data: null };
}
