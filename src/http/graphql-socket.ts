import type { WebsocketHandler } from '@fastify/websocket';
import { type ExecutionResult, GraphQLError } from 'graphql';
import { CloseCode, type Context as SocketContext } from 'graphql-ws';
import { type Extra, makeHandler } from 'graphql-ws/use/@fastify/websocket';
import type { CaptureSession } from '../capture/capture-session.ts';
import { type AnswerLog, answerOf, answerOperation, writable } from '../graphql/execution/answer.ts';
import { maskError } from '../graphql/execution/mask-error.ts';
import type { Operations } from '../graphql/execution/operations.ts';
import { answerSubscription } from '../graphql/execution/subscribe.ts';
import type { RequestContext } from '../graphql/request-context.ts';
import { GatewayError } from '../model/errors.ts';
import { isLongNumber, takeLongNumbers } from '../model/exact-json.ts';
import { textsIn } from '../model/texts-in.ts';
import { afterExpiry } from './after-expiry.ts';
import type { OpenSockets } from './open-sockets.ts';
import type { OperationContexts } from './operation-contexts.ts';
import { withoutErrorPrinting } from './socket-errors.ts';
import { socketHeaders } from './socket-headers.ts';
import { withReadMessages } from './socket-messages.ts';

/** Operations that one socket may have under way. */
const MAX_OPERATIONS = 100;

type Connection = { captured: CaptureSession; stopTimer: () => void; stopWatch: () => void };

export interface SocketOptions {
  readonly operations: Operations;
  readonly contexts: OperationContexts;
  readonly log: AnswerLog;
  readonly now: () => Date;
  readonly sockets: OpenSockets;
  /** Milliseconds that a client has for its `connection_init`; then the socket is closed with 4408. */
  readonly initTimeout: number;
}

/** GraphQL over WebSocket (graphql-transport-ws). When its token expires or its cookie is replaced, the socket is closed with 4403. */
export function createSocketHandler({ operations, contexts, log, now, sockets, initTimeout }: SocketOptions): WebsocketHandler {
  const handler = makeHandler<Record<string, unknown>, Partial<Connection>>({
    connectionInitWaitTimeout: initTimeout,
    // Also in development, the message of an unexpected error is only for the log.
    isProd: true,
    // It is sent back as it came.
    onPing: (_context, payload) => void takeLongNumbers(payload),
    onConnect: async ({ connectionParams, extra }) => {
      if (!sockets.accepts(extra.socket)) return false;
      try {
        const parameters = takeLongNumbers(connectionParams) as typeof connectionParams;
        const capturable = await contexts.recognize(extra.request.raw, socketHeaders(parameters, contexts.onCaptureRefused));
        // One session for all operations: the first uses up a handoff in the socket's address.
        const captured = contexts.openSession(extra.request.raw, capturable, () => {});
        extra.captured = captured;
        extra.stopTimer = afterExpiry(captured.request.viewer, now, () => extra.socket.close(CloseCode.Forbidden, 'the token has expired'));
        extra.stopWatch = await contexts.watchCookies(captured, captured.issuedCookies(), () =>
          extra.socket.close(CloseCode.Forbidden, 'the visitor cookie was replaced'),
        );
      } catch (error) {
        if (error instanceof GatewayError) extra.socket.close(CloseCode.Forbidden, reasonOf(error.message));
        else {
          const { raw, id } = extra.request;
          log.unexpected(error, id, [...contexts.seenValues(raw), ...textsIn(connectionParams)]);
          extra.socket.close(CloseCode.InternalServerError, 'INTERNAL');
        }
        return false;
      }
      // The socket was closed during the wait, so `onClose` has run and will not stop the watch.
      if (extra.socket.readyState !== extra.socket.OPEN) extra.stopWatch();
      return true;
    },
    onClose: ({ extra }) => {
      extra.stopTimer?.();
      extra.stopWatch?.();
    },
    onSubscribe: async ({ extra, subscriptions }: SocketContext<Record<string, unknown>, Extra & Partial<Connection>>, id, payload) => {
      if (isLongNumber(id)) {
        const message = 'expected a text as the id of an operation, received a number';
        extra.socket.close(CloseCode.BadRequest, message);
        return [new GraphQLError(message)];
      }
      if (Object.keys(subscriptions).length > MAX_OPERATIONS) return [tooMany()];
      const { raw, id: requestId } = extra.request;
      try {
        const captured = extra.captured as CaptureSession;
        takeLongNumbers(payload);
        const prepared = operations.prepare(payload, captured.request.viewer);
        if (prepared.kind === 'refused') return prepared.errors;
        const { schema, document, operation } = prepared;
        const contextValue = contexts.open(requestId, captured, prepared);
        if (operation.operation !== 'subscription') sockets.begun(extra.socket, id);
        return { schema, document, operationName: operation.name?.value, contextValue };
      } catch (error) {
        // The library would print it on standard error, with what the client sent.
        const logUnexpected = () => log.unexpected(error, requestId, [...contexts.seenValues(raw), ...textsIn(payload)]);
        return [maskError(new GraphQLError('', { originalError: error as Error }), requestId, logUnexpected)];
      }
    },
    execute: ({ contextValue }) => answerOnce(contextValue as RequestContext),
    subscribe: ({ contextValue }) => answerSubscription(contextValue as RequestContext),
    // Otherwise the library prints an answer that has no JSON form, and the answer may hold personal data.
    onNext: (_context, _id, _payload, { contextValue }, answer) => writable(answer, contextValue as RequestContext),
    onComplete: ({ extra }, id) => sockets.ended(extra.socket, id),
  });
  return withoutErrorPrinting(withReadMessages(handler));
}

/**
 * The answer of a query or a mutation as a stream of one, which the library ends when the client sends `complete` or the
 * socket closes. Back ends need not answer from then on.
 */
function answerOnce(context: RequestContext): AsyncIterableIterator<ExecutionResult> {
  const over = { done: true, value: undefined } as const;
  const ended = Promise.withResolvers<typeof over>();
  let isRead = false;
  const answers: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => answers,
    next: () => {
      if (isRead) return Promise.resolve(over);
      isRead = true;
      const answer = new Promise<ExecutionResult>((resolve) => answerOperation(context, resolve));
      const masked = answer.catch((error) => answerOf({ errors: [new GraphQLError('', { originalError: error })] }, context));
      return Promise.race([masked.then((value) => ({ done: false, value }) as const), ended.promise]);
    },
    return: () => {
      context.profile.sources.abandon();
      ended.resolve(over);
      return ended.promise;
    },
  };
  return answers;
}

function tooMany(): GraphQLError {
  const extensions = { code: 'OPERATION_TOO_COMPLEX', limit: 'operations', allowed: MAX_OPERATIONS };
  return new GraphQLError(`expected at most ${MAX_OPERATIONS} operations at a time on one socket`, { extensions });
}

/** A close frame holds 123 bytes of reason (RFC 6455, section 5.5); a character that is cut in two is left out. */
function reasonOf(message: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(message).subarray(0, 120)).replace(/\ufffd$/, '');
}
