import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { isIssuedCookie } from '../../capture/capture.ts';
import { answerOperation, jsonOf } from '../../graphql/execution/answer.ts';
import type { PreparedOperation, ReadyOperation } from '../../graphql/execution/operations.ts';
import { answerSubscription } from '../../graphql/execution/subscribe.ts';
import type { RequestContext } from '../../graphql/request-context.ts';
import type { HeldBytes } from '../connections/held-bytes.ts';
import { writeSlowly } from '../connections/long-answer.ts';
import { type ClientOperations, tooManyOperations } from '../limits/client-operations.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import { EVENT_STREAM } from '../media-type.ts';
import type { OperationContexts } from '../operation-contexts.ts';
import { afterExpiry } from './after-expiry.ts';

const HEADERS = ['content-type', EVENT_STREAM, 'x-accel-buffering', 'no', 'connection', 'keep-alive'];

export interface EventStreamOptions {
  readonly contexts: OperationContexts;
  readonly now: () => Date;
  readonly clients: ClientOperations;
  readonly limits: RequestLimits;
  readonly held: HeldBytes;
  /** Milliseconds between comments: proxies end connections that are silent for long. */
  readonly pingEvery: number;
  /** Aborted when the gateway ends. */
  readonly gatewayEnds: AbortSignal;
}

/** Where a stream is written. */
export interface StreamTarget {
  readonly response: ServerResponse;
  /** The headers of the answer, names and values in turn; read once the operation has begun, which may set cookies. */
  headers(): readonly string[];
  open(operation: ReadyOperation): RequestContext;
}

/**
 * GraphQL over server-sent events (the graphql-sse protocol, distinct connections mode). Written here because that
 * library's server reads events as fast as they arrive and keeps them for a client that does not read. When the token
 * expires or its cookie is replaced, the stream ends. When the gateway ends, a subscription is cut off without `complete`,
 * so that its client connects again.
 * @returns resolves when the stream has ended.
 * @throws GatewayError RATE_LIMITED, before anything is written, for a client that has too many operations under way.
 */
export function streamOperation(prepared: PreparedOperation, target: StreamTarget, options: EventStreamOptions): Promise<void> {
  // Not an async function: one that waits for the end of the stream would keep the operation.
  if (prepared.kind === 'ready') {
    // It lasts as long as its client wants, and mostly waits for events.
    if (prepared.operation.operation === 'subscription') options.limits.worked(target.response);
    return streamCounted(target.open(prepared), target, options);
  }
  begin(target.response, target.headers());
  target.response.end(`${eventOf(JSON.stringify({ errors: prepared.errors }))}${COMPLETE}`);
  return Promise.resolve();
}

async function streamCounted(context: RequestContext, target: StreamTarget, options: EventStreamOptions): Promise<void> {
  const { clients, contexts } = options;
  const client = contexts.clientOf(target.response.req, context.viewer);
  if (!clients.begin(client)) throw tooManyOperations(clients.max);
  try {
    await streamAnswers(context, target, options);
  } finally {
    clients.end(client);
  }
}

async function streamAnswers(
  context: RequestContext,
  { response, headers }: Omit<StreamTarget, 'open'>,
  { contexts, now, held, pingEvery, gatewayEnds }: EventStreamOptions,
): Promise<void> {
  let end = () => {};
  // Added first: a client may be gone before its subscription has begun.
  response.once('close', () => end());
  const answers = await answersOf(context);
  const isSubscription = Symbol.asyncIterator in answers;
  end = () => void (isSubscription && answers.return?.());
  // The present cookie: this request may have replaced the one that it sent.
  const cookies = isSubscription ? (await context.capture()).identifiers.filter(isIssuedCookie) : [];
  const stopWatch = await contexts.watchCookies(context.captured, cookies, () => end());
  if (response.destroyed) end();
  begin(response, headers());
  const stopTimer = afterExpiry(context.viewer, now, end);
  const cutOff = () => void (isSubscription && response.end());
  gatewayEnds.addEventListener('abort', cutOff, { once: true });
  if (gatewayEnds.aborted) cutOff();
  // A comment must not come between the pieces of an event, which wait for the client.
  const ping = () => void (response.writableEnded || response.writableNeedDrain || response.write(':\n\n'));
  const keepAlive = setInterval(ping, pingEvery).unref();
  try {
    await send(answers, response, context, held);
  } finally {
    stopTimer();
    stopWatch();
    clearInterval(keepAlive);
    gatewayEnds.removeEventListener('abort', cutOff);
  }
}

type Answers = AsyncIterableIterator<ExecutionResult> | ExecutionResult;

function answersOf(context: RequestContext): Promise<Answers> {
  if (context.operation.operation.operation === 'subscription') return answerSubscription(context);
  return new Promise((resolve) => answerOperation(context, resolve));
}

const COMPLETE = 'event: complete\ndata:\n\n';

function begin(response: ServerResponse, headers: readonly string[]): void {
  response.writeHead(200, [...headers, ...HEADERS]);
  // So the client sees at once that it is connected.
  response.write(':\n\n');
}

/** Reads the next event only once the client has taken the one before. */
async function send(answers: Answers, response: ServerResponse, context: RequestContext, held: HeldBytes): Promise<void> {
  const write = (answer: ExecutionResult) => writeSlowly(response, eventOf(jsonOf(answer, context)), held);
  if (!(Symbol.asyncIterator in answers)) await write(answers);
  else for await (const answer of answers) await write(answer);
  if (!response.writableEnded) response.end(COMPLETE);
}

function eventOf(json: string): string {
  return `event: next\ndata: ${json}\n\n`;
}
