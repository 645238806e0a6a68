import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { isIssuedCookie } from '../capture/capture.ts';
import type { CheckedOperation, FormattedResult, OperationRunner, PreparedOperation } from '../graphql/execution/operation-runner.ts';
import { afterExpiry } from './after-expiry.ts';
import { EVENT_STREAM } from './media-type.ts';
import type { OperationContexts } from './operation-contexts.ts';

/** Proxies drop what is silent for long. */
const KEEP_ALIVE_MS = 12_000;
const HEADERS = { 'content-type': EVENT_STREAM, 'x-accel-buffering': 'no', connection: 'keep-alive' };

/**
 * GraphQL over server-sent events (the graphql-sse protocol, distinct connections mode). Written here because that
 * library's server takes events as fast as they come and keeps them for a client that does not read. When the token
 * expires or its cookie is replaced, the stream ends. When the gateway ends, a subscription is cut off without `complete`,
 * so that its client connects again.
 */
export function createEventStreamHandler(runner: OperationRunner, contexts: OperationContexts, now: () => Date, gatewayEnds: AbortSignal) {
  return async (
    checked: CheckedOperation | GraphQLFormattedError[],
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    let end = () => {};
    // Listened for from the beginning: a client may be gone before its subscription is there.
    reply.raw.once('close', () => end());
    const context = contexts.openWith(request, reply);
    const results = Array.isArray(checked) ? { errors: checked } : await run(runner, { ...checked, contextValue: context });
    end = () => void (Symbol.asyncIterator in results && results.return?.());
    // The cookie as this very request may have replaced it.
    const cookies = Symbol.asyncIterator in results ? (await context.capture()).identifiers.filter(isIssuedCookie) : [];
    const stopWatch = await contexts.watchCookies(context.captured, cookies, () => end());
    if (reply.raw.destroyed) end();
    reply.hijack();
    reply.raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string | string[]>), ...HEADERS });
    // Tells the client at once that it is connected.
    reply.raw.write(':\n\n');
    const stopTimer = afterExpiry(context.viewer, now, end);
    const cutOff = () => void (Symbol.asyncIterator in results && reply.raw.end());
    gatewayEnds.addEventListener('abort', cutOff, { once: true });
    if (gatewayEnds.aborted) cutOff();
    const keepAlive = setInterval(() => void (reply.raw.writableEnded || reply.raw.write(':\n\n')), KEEP_ALIVE_MS).unref();
    try {
      await send(results, reply.raw);
    } finally {
      stopTimer();
      stopWatch();
      clearInterval(keepAlive);
      gatewayEnds.removeEventListener('abort', cutOff);
    }
    return reply;
  };
}

function run(runner: OperationRunner, operation: PreparedOperation) {
  return operation.type === 'subscription' ? runner.subscribe(operation) : runner.execute(operation);
}

/** Reads the next event only once the client has taken the one before. */
async function send(results: AsyncIterable<FormattedResult> | FormattedResult, response: ServerResponse): Promise<void> {
  if (!(Symbol.asyncIterator in results)) await write(response, eventOf(results));
  else for await (const result of results) await write(response, eventOf(result));
  if (!response.writableEnded) response.end('event: complete\ndata:\n\n');
}

function eventOf(result: FormattedResult): string {
  return `event: next\ndata: ${JSON.stringify(result)}\n\n`;
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.destroyed || response.writableEnded || response.write(text)) return;
  const closed = new AbortController();
  const abort = () => closed.abort();
  response.once('close', abort);
  await once(response, 'drain', { signal: closed.signal }).catch(() => {});
  response.off('close', abort);
}
