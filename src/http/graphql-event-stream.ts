import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type GraphQLFormattedError, getOperationAST } from 'graphql';
import type { FormattedResult, OperationRequest, OperationRunner, PreparedOperation } from '../graphql/operation-runner.ts';
import { GatewayError } from '../model/errors.ts';
import { parseJsonWithLongNumbers } from '../model/exact-json.ts';
import { afterExpiry } from './after-expiry.ts';
import type { OperationContexts } from './operation-contexts.ts';
import { sendGraphqlError } from './send-error.ts';

/** Proxies drop what is silent for long. */
const KEEP_ALIVE_MS = 12_000;
const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no', connection: 'keep-alive' };

/**
 * GraphQL over server-sent events (the graphql-sse protocol, distinct connections mode). Written here because that
 * library's server takes events as fast as they come and keeps them for a client that does not read. When the token
 * expires, the stream ends.
 */
export function createEventStreamHandler(runner: OperationRunner, contexts: OperationContexts, now: () => Date) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    if (!isAskedByScript(request)) {
      const expected =
        'expected content-type: application/json, or one of the headers apollo-require-preflight and x-apollo-operation-name';
      return sendGraphqlError(new GatewayError('BAD_USER_INPUT', `${expected}: without, a foreign page could ask`), reply);
    }
    let end = () => {};
    // Listened for from the beginning: a client may be gone before its subscription is there.
    reply.raw.once('close', () => end());
    const context = contexts.openWith(request, reply);
    const operation = runner.prepare(operationOf(request), context);
    const results = Array.isArray(operation) ? { errors: operation } : await run(runner, operation, request);
    end = () => void (Symbol.asyncIterator in results && results.return?.());
    if (reply.raw.destroyed) end();
    reply.hijack();
    reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string | string[]>), ...HEADERS });
    // Tells the client at once that it is connected.
    reply.raw.write(':\n\n');
    const stopTimer = afterExpiry(context.viewer, now, end);
    const keepAlive = setInterval(() => void reply.raw.write(':\n\n'), KEEP_ALIVE_MS).unref();
    try {
      await send(results, reply.raw);
    } finally {
      stopTimer();
      clearInterval(keepAlive);
    }
    return reply;
  };
}

/** A browser sends these for a foreign page only after having asked (CORS preflight), as Apollo Server has it too. */
function isAskedByScript({ headers }: FastifyRequest): boolean {
  const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '');
  return isJson || headers['apollo-require-preflight'] !== undefined || headers['x-apollo-operation-name'] !== undefined;
}

function operationOf({ method, query, body }: FastifyRequest): OperationRequest {
  if (method !== 'GET') return (body ?? {}) as OperationRequest;
  const { variables, ...rest } = query as Record<string, unknown>;
  try {
    return { ...rest, variables: typeof variables === 'string' ? parseJsonWithLongNumbers(variables) : undefined };
  } catch {
    return { ...rest, variables: 'no JSON' };
  }
}

async function run(runner: OperationRunner, operation: PreparedOperation, { method }: FastifyRequest) {
  switch (getOperationAST(operation.document, operation.operationName)?.operation) {
    case 'subscription':
      return runner.subscribe(operation);
    case 'mutation':
      if (method === 'GET') return { errors: [onlyByPost()] };
      return runner.execute(operation);
    default:
      return runner.execute(operation);
  }
}

function onlyByPost(): GraphQLFormattedError {
  return { message: 'expected a mutation by POST, received GET', extensions: { code: 'BAD_REQUEST' } };
}

/** Reads the next event only once the client has taken the one before. */
async function send(results: AsyncIterable<FormattedResult> | FormattedResult, response: ServerResponse): Promise<void> {
  if (!(Symbol.asyncIterator in results)) await write(response, eventOf(results));
  else for await (const result of results) await write(response, eventOf(result));
  response.end('event: complete\ndata:\n\n');
}

function eventOf(result: FormattedResult): string {
  return `event: next\ndata: ${JSON.stringify(result)}\n\n`;
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.write(text)) return;
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  await once(response, 'drain', { signal: closed.signal }).catch(() => {});
}
