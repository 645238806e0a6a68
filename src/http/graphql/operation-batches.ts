import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import { yieldWhenLong } from '../../batching/event-loop.ts';
import type { CapturableRequest } from '../../capture/capture.ts';
import { answerOperation, jsonOf } from '../../graphql/execution/answer.ts';
import { BatchUse } from '../../graphql/execution/batch-use.ts';
import { badRequest } from '../../graphql/execution/check-request.ts';
import type { OperationLimits } from '../../graphql/execution/operation-limits.ts';
import type { Operations, ReadyOperation } from '../../graphql/execution/operations.ts';
import type { RequestContext } from '../../graphql/request-context.ts';
import type { OperationBudget } from '../../sources/operation-budget.ts';
import { graphqlErrorAnswer, type HttpAnswer, refusalAnswer } from '../http-answer.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { type AnswerType, EVENT_STREAM, JSON_TYPE } from '../media-type.ts';
import type { OperationContexts } from '../operation-contexts.ts';
import { requestIdOf } from '../request-id.ts';
import { BadRequest, operationOfBody } from './operation-request.ts';

/** Operations in one request: as many as Apollo Client's `BatchHttpLink` sends. */
const MAX_OPERATIONS = 10;
const NO_SUBSCRIPTION = 'expected a query or a mutation in a batch, received a subscription; send it by itself';
const NO_TYPE = 'expected accept to name application/json or application/graphql-response+json, for a batch';

export interface OperationBatchesOptions {
  readonly operations: Operations;
  readonly contexts: OperationContexts;
  readonly limits: RequestLimits;
  readonly operationLimits: OperationLimits;
}

/** A request whose body is a list of operations. Its first operation is counted in its rates already. */
export interface BatchedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly capturable: CapturableRequest;
  /** The media types that the client takes, the preferred one first. */
  readonly types: readonly AnswerType[];
  readonly setCookie: (header: string) => void;
}

/** An operation that runs, or the text that answers it without. */
type Prepared = RequestContext | string;

/**
 * Answers lists of operations, for the fast lane and the framework alike: with the list of their answers, in the same order. All
 * operations of a list share the request's captured identifiers, and may together use what one operation may use.
 */
export class OperationBatches {
  readonly #options: OperationBatchesOptions;

  constructor(options: OperationBatchesOptions) {
    this.#options = options;
  }

  /** The answer with status 200, whatever its operations' errors are; or a refusal of the whole list. */
  async answer(batched: BatchedRequest, bodies: readonly unknown[]): Promise<HttpAnswer> {
    const { types, capturable, response } = batched;
    const type = types.includes(JSON_TYPE) ? JSON_TYPE : types.find((each) => each !== EVENT_STREAM);
    if (type === undefined) return refusalAnswer([badRequest(NO_TYPE)], JSON_TYPE, 406);
    const { length } = bodies;
    if (length === 0 || length > MAX_OPERATIONS) return refusalAnswer([wrongLength(length)], type);
    const budget = this.#options.contexts.openBatch(capturable.viewer);
    const prepared = await this.#prepare(batched, bodies, budget);
    const contexts = prepared.filter((each) => typeof each !== 'string');
    response.once('close', () => {
      if (!response.writableFinished) for (const { profile } of contexts) profile.sources.abandon();
    });
    // When the time of the batch is over, that of each operation is.
    budget.begin({ endBeyondBudget: ({ details }) => contexts.forEach((each) => void each.budget.exceed('time', Number(details.actual))) });
    budget.watchTime();
    try {
      const texts = withinBytes(await answersOf(prepared), budget);
      return { status: 200, type, text: `[${texts.join(',')}]\n` };
    } finally {
      budget.end();
    }
  }

  /** Reading a document may take long, so others have their turn between two operations. */
  async #prepare(batched: BatchedRequest, bodies: readonly unknown[], budget: OperationBudget): Promise<Prepared[]> {
    const { contexts, operationLimits } = this.#options;
    const { request, capturable, setCookie } = batched;
    const session = contexts.openSession(request, capturable, setCookie);
    const use = new BatchUse(operationLimits, capturable.viewer);
    const open = (operation: ReadyOperation) => contexts.open(requestIdOf(request), session, operation, undefined, budget);
    const prepared: Prepared[] = [];
    for (const [index, body] of bodies.entries()) {
      const refusal = index === 0 ? undefined : await this.#refusalByRate(batched);
      prepared.push(refusal ?? this.#operation(body, batched, use, open));
      await yieldWhenLong();
    }
    return prepared;
  }

  /** Each operation counts as a request, as on a WebSocket. */
  async #refusalByRate({ request, capturable }: BatchedRequest): Promise<string | undefined> {
    const { limits } = this.#options;
    const refused = (await limits.onArrival('graphql', request)) ?? (await limits.ofSender('graphql', capturable));
    return refused && graphqlErrorAnswer(refused).text;
  }

  #operation(body: unknown, { capturable }: BatchedRequest, use: BatchUse, open: (operation: ReadyOperation) => RequestContext): Prepared {
    const { operations, limits } = this.#options;
    try {
      const operation = operations.prepare(operationOfBody(body, 'an operation of a batch'), capturable.viewer);
      if (operation.kind === 'refused') return textOf(operation.errors);
      const kind = operation.operation.operation;
      if (kind === 'subscription') return textOf([badRequest(NO_SUBSCRIPTION)]);
      const overloaded = limits.ofOperation(kind);
      if (overloaded !== undefined) return graphqlErrorAnswer(overloaded).text;
      const beyond = use.add(operation);
      return beyond === null ? open(operation) : textOf([beyond]);
    } catch (error) {
      if (error instanceof BadRequest) return textOf([badRequest(error.message)]);
      throw error;
    }
  }
}

/**
 * Queries run at the same time. A mutation runs by itself, after all before it and before all after it, so that a query sees what
 * a mutation before it in the list has done, and mutations don't overtake each other.
 */
async function answersOf(prepared: readonly Prepared[]): Promise<string[]> {
  const texts: Promise<string>[] = [];
  for (const each of prepared) {
    if (typeof each === 'string') {
      texts.push(Promise.resolve(each));
      continue;
    }
    const isMutation = each.operation.operation.operation === 'mutation';
    if (isMutation) await Promise.all(texts);
    const text = new Promise<string>((resolve) => answerOperation(each, (answer) => resolve(jsonOf(answer, each))));
    texts.push(text);
    if (isMutation) await text;
  }
  return Promise.all(texts);
}

/** The answers that fit into the limit of one, in their order; each of the others is an error. */
function withinBytes(texts: readonly string[], budget: OperationBudget): string[] {
  let bytes = 0;
  return texts.map((text) => {
    const length = Buffer.byteLength(text);
    if (bytes + length > budget.limits.answerBytes) return graphqlErrorAnswer(budget.exceed('answerBytes', bytes + length)).text;
    bytes += length;
    return text;
  });
}

function textOf(errors: readonly GraphQLError[]): string {
  return JSON.stringify({ errors });
}

function wrongLength(actual: number): GraphQLError {
  const message = `expected a list of 1 to ${MAX_OPERATIONS} operations, received ${actual}`;
  if (actual === 0) return badRequest(message);
  const extensions = { code: 'OPERATION_TOO_COMPLEX', limit: 'batching', allowed: MAX_OPERATIONS, actual };
  return new GraphQLError(message, { extensions });
}
