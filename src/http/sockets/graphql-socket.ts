import type { WebSocket, WebsocketHandler } from '@fastify/websocket';
import type { FastifyRequest } from 'fastify';
import { type ExecutionResult, GraphQLError, parse } from 'graphql';
import { CloseCode, makeServer, type Context as SocketContext } from 'graphql-ws';
import type { CaptureSession } from '../../capture/capture-session.ts';
import { type AnswerLog, jsonOf } from '../../graphql/execution/answer.ts';
import { maskError } from '../../graphql/execution/mask-error.ts';
import type { Operations } from '../../graphql/execution/operations.ts';
import { answerSubscription } from '../../graphql/execution/subscribe.ts';
import type { RequestContext } from '../../graphql/request-context.ts';
import { GatewayError } from '../../model/errors.ts';
import { textsIn } from '../../model/texts-in.ts';
import type { HeldBytes } from '../connections/held-bytes.ts';
import { afterExpiry } from '../graphql/after-expiry.ts';
import { type ClientOperations, tooManyOperations } from '../limits/client-operations.ts';
import type { RequestLimits } from '../limits/request-limits.ts';
import type { OperationContexts } from '../operation-contexts.ts';
import type { OpenSockets } from './open-sockets.ts';
import { answerOnce, nextMessage, sentBy } from './socket-answers.ts';
import { type ChannelTimeouts, SocketChannel } from './socket-channel.ts';
import { socketHeaders } from './socket-headers.ts';
import { socketMessageOf } from './socket-message.ts';

const SUBSCRIPTION = parse('subscription { anything }');
const QUERY = parse('{ anything }');
/** Operations that one socket may have under way. */
const MAX_OPERATIONS = 100;

interface Connection {
  readonly socket: WebSocket;
  readonly request: FastifyRequest;
  readonly channel: SocketChannel;
  captured?: CaptureSession;
  /** Whose operations are counted. */
  client?: string;
  /** Operations that are counted. */
  underWay: number;
  stopTimer?: () => void;
  stopWatch?: () => void;
}

/** What is handed through the library as the context of an operation. */
interface SocketOperation {
  readonly context: RequestContext;
  /** @returns resolves when the client has taken the answer. */
  send(answer: ExecutionResult): Promise<void>;
}

export interface SocketOptions {
  readonly operations: Operations;
  readonly contexts: OperationContexts;
  readonly log: AnswerLog;
  readonly limits: RequestLimits;
  readonly now: () => Date;
  readonly sockets: OpenSockets;
  readonly clients: ClientOperations;
  readonly held: HeldBytes;
  readonly timeouts: SocketTimeouts;
}

export interface SocketTimeouts extends ChannelTimeouts {
  /** Milliseconds that a client has for its `connection_init`; then the socket is closed with 4408. */
  readonly socketInit: number;
}

/** GraphQL over WebSocket (graphql-transport-ws). When its token expires or its cookie is replaced, the socket is closed with 4403. */
export function createSocketHandler(options: SocketOptions): WebsocketHandler {
  const { log, contexts, sockets, clients, held, timeouts } = options;
  const server = serverOf(options);
  return (socket, request) => {
    const channel = new SocketChannel(socket, request.raw.socket, held, timeouts);
    const connection: Connection = { socket, request, channel, underWay: 0 };
    const fail = (error: unknown, message: unknown) => {
      log.unexpected(error, request.id, [...contexts.seenValues(request.raw), ...textsIn(message)]);
      channel.close(CloseCode.InternalServerError, 'INTERNAL');
    };
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (text) => channel.send(text),
        close: (code = CloseCode.InternalServerError, reason = '') => channel.close(code, reason),
        onMessage: (receive) =>
          channel.open((text) => {
            const message = socketMessageOf(text);
            // The library takes a parsed message as well as its text, see its `parseMessage`.
            if (message === null) channel.refuse();
            else {
              // The promise settles when the operation that the message asks for has ended.
              const ended = channel.keep(text.length);
              receive(message as unknown as string)
                .catch((error) => fail(error, message))
                .finally(ended);
            }
          }),
      },
      connection,
    );
    sockets.add(channel);
    socket.once('close', (code, reason) => {
      sockets.delete(channel);
      for (; connection.underWay > 0; connection.underWay--) clients.end(connection.client as string);
      closed(code, String(reason)).catch((error) => fail(error, null));
    });
  };
}

function serverOf({ operations, contexts, log, limits, now, sockets, clients, timeouts }: SocketOptions) {
  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: timeouts.socketInit,
    onConnect: async ({ connectionParams, extra }) => {
      const { channel } = extra;
      if (!sockets.accepts(channel)) return false;
      try {
        const capturable = await contexts.recognize(extra.request.raw, socketHeaders(connectionParams, contexts.onCaptureRefused));
        // One session for all operations: the first uses up a handoff in the socket's address.
        const captured = contexts.openSession(extra.request.raw, capturable, () => {});
        extra.captured = captured;
        extra.client = contexts.clientOf(extra.request.raw, captured.request.viewer);
        extra.stopTimer = afterExpiry(captured.request.viewer, now, () => channel.close(CloseCode.Forbidden, 'the token has expired'));
        extra.stopWatch = await contexts.watchCookies(captured, captured.issuedCookies(), () =>
          channel.close(CloseCode.Forbidden, 'the visitor cookie was replaced'),
        );
      } catch (error) {
        if (error instanceof GatewayError) channel.close(CloseCode.Forbidden, reasonOf(error.message));
        else {
          const { raw, id } = extra.request;
          log.unexpected(error, id, [...contexts.seenValues(raw), ...textsIn(connectionParams)]);
          channel.close(CloseCode.InternalServerError, 'INTERNAL');
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
    onSubscribe: async ({ extra, subscriptions }: SocketContext<Record<string, unknown>, Connection>, id, payload) => {
      const underWay = Object.keys(subscriptions).length;
      if (underWay > MAX_OPERATIONS) return [tooMany(underWay)];
      const { raw, id: requestId } = extra.request;
      try {
        // A client that does not read its answers gets no further ones.
        await extra.channel.whenRead();
        const captured = extra.captured as CaptureSession;
        const beyond = (await limits.onArrival('graphql', raw)) ?? (await limits.ofSender('graphql', captured.request));
        if (beyond !== undefined) return [refusalOf(beyond)];
        const prepared = operations.prepare(payload, captured.request.viewer);
        if (prepared.kind === 'refused') return prepared.errors;
        const overloaded = limits.ofOperation(prepared.operation.operation);
        if (overloaded !== undefined) return [refusalOf(overloaded)];
        const client = extra.client as string;
        if (!clients.begin(client)) throw tooManyOperations(clients.max);
        extra.underWay++;
        const { operation: kind } = prepared.operation;
        const context = contexts.open(requestId, captured, prepared);
        const send = (answer: ExecutionResult) => extra.channel.send(nextMessage(id, jsonOf(answer, context)));
        if (kind !== 'subscription') sockets.begun(extra.channel, id);
        letGo(payload);
        const contextValue: SocketOperation = { context, send };
        // The library keeps the document, and only looks whether it is of a subscription.
        return { schema: prepared.schema, document: kind === 'subscription' ? SUBSCRIPTION : QUERY, contextValue };
      } catch (error) {
        // The library would pass it on, and the socket would be closed.
        const logUnexpected = () => log.unexpected(error, requestId, [...contexts.seenValues(raw), ...textsIn(payload)]);
        return [maskError(new GraphQLError('', { originalError: error as Error }), requestId, logUnexpected)];
      }
    },
    execute: ({ contextValue }) => {
      const { context, send } = contextValue as SocketOperation;
      return sentBy(answerOnce(context, limits), send);
    },
    subscribe: async ({ contextValue }) => {
      const { context, send } = contextValue as SocketOperation;
      return sentBy(await answerSubscription(context), send);
    },
    onComplete: ({ extra }, id) => {
      sockets.ended(extra.channel, id);
      if (extra.underWay === 0) return;
      extra.underWay--;
      clients.end(extra.client as string);
    },
  });
}

/** The library keeps a message until its operation ends. What was sent is not needed any more; texts for the log are the context's. */
function letGo(payload: object): void {
  for (const name of Object.keys(payload)) Reflect.deleteProperty(payload, name);
}

function refusalOf({ code, message, details }: GatewayError): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...details } });
}

/** @param actual operations, the refused one included. */
function tooMany(actual: number): GraphQLError {
  const message = `expected at most ${MAX_OPERATIONS} operations at a time on one socket, received ${actual}: end one, or open another socket`;
  return refusalOf(new GatewayError('OPERATION_TOO_COMPLEX', message, { limit: 'operations', allowed: MAX_OPERATIONS, actual }));
}

/** A close frame holds 123 bytes of reason (RFC 6455, section 5.5); a character that is cut in two is left out. */
function reasonOf(message: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(message).subarray(0, 120)).replace(/\ufffd$/, '');
}
