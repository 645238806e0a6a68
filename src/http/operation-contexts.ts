import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CapturableRequest } from '../capture/capture.ts';
import { type CaptureEffects, CaptureSession } from '../capture/capture-session.ts';
import type { Touchpoints } from '../capture/touchpoints.ts';
import type { Engine } from '../graphql/engine.ts';
import type { AnswerLog } from '../graphql/execution/answer.ts';
import type { ReadyOperation } from '../graphql/execution/operations.ts';
import { RequestContext } from '../graphql/request-context.ts';
import { acceptHandoff } from '../journey/accept-handoff.ts';
import { resetCookie, settleCookies } from '../journey/settle-cookies.ts';
import { watchCookies } from '../journey/watch-cookies.ts';
import type { Evidence } from '../model/evidence.ts';
import { type Viewer, viewerKey } from '../model/viewer.ts';
import type { ProfileReader } from '../profile/read-field.ts';
import { SourceUsage } from '../profile/source-usage.ts';
import type { OperationBudget } from '../sources/operation-budget.ts';
import { SourceReader } from '../sources/source-reader.ts';
import { toCapturable } from './capturable-request.ts';
import type { Forwarding } from './forwarding.ts';
import { addressKey } from './limits/client-keys.ts';
import type { SocketHeaders } from './sockets/socket-headers.ts';

const SESSION = Symbol('the capture session of a request');

/** The session is a property of the request: a map with requests as keys made garbage collection expensive. */
type WithSession = IncomingMessage & { [SESSION]?: CaptureSession };

export interface OperationContextsOptions {
  readonly engine: Engine;
  readonly forwarding: Forwarding;
  readonly log: AnswerLog;
  /** Verifies a token; synchronous where there is none. */
  readViewer(authorization: string | undefined): Viewer | Promise<Viewer>;
}

/** Makes a request's context in three steps: recognise the request, open its capture session, open a context for an operation. */
export class OperationContexts {
  readonly forwarding: Forwarding;
  readonly #options: OperationContextsOptions;
  readonly #effects: Omit<CaptureEffects, 'setCookie'>;

  constructor(options: OperationContextsOptions) {
    const { engine, forwarding } = options;
    this.#options = options;
    this.forwarding = forwarding;
    this.#effects = {
      onRefused: engine.onCaptureRefused,
      acceptHandoff: (read, viewer) => acceptHandoff(engine, read, viewer),
      settleCookies: (read, issuer) => settleCookies(engine, read, issuer),
      resetCookie: (cookie, successor) => resetCookie(engine, cookie, successor),
    };
  }

  /** Counts a header, token or cookie that proves nothing. */
  get onCaptureRefused(): (rule: string) => void {
    return this.#options.engine.onCaptureRefused;
  }

  get touchpoints(): Touchpoints {
    return this.#options.engine.touchpoints;
  }

  /**
   * Reads the viewer and the touchpoint of a request; synchronously, unless there is a token to verify.
   * @param sent what the client of a WebSocket sent in place of headers.
   * @throws GatewayError for a touchpoint that is unknown, or not for this viewer.
   */
  recognize(request: IncomingMessage, sent?: SocketHeaders): CapturableRequest | Promise<CapturableRequest> {
    const viewer = this.#options.readViewer(sent?.authorization ?? request.headers.authorization);
    return viewer instanceof Promise
      ? viewer.then((known) => toCapturable(request, known, this, sent))
      : toCapturable(request, viewer, this, sent);
  }

  /** Opens what is read off a recognised request, once for all its operations and interactions. */
  openSession(request: IncomingMessage, capturable: CapturableRequest, setCookie: (header: string) => void): CaptureSession {
    const { capture, pageParameters } = this.#options.engine;
    const { onRefused, acceptHandoff, settleCookies, resetCookie } = this.#effects;
    // Not a spread of `#effects`, which takes longer, and each request pays for it.
    const effects = { setCookie, onRefused, acceptHandoff, settleCookies, resetCookie };
    const session = new CaptureSession(capturable, capture, pageParameters, effects);
    (request as WithSession)[SESSION] = session;
    return session;
  }

  /**
   * Opens the context of one operation.
   * @param response of HTTP, where there is one: when it closes early, the operation's calls to sources are given up.
   * @param batch what the operations of its batch may use together, where it is one of several.
   */
  open(
    requestId: string,
    captured: CaptureSession,
    operation: ReadyOperation,
    response?: ServerResponse,
    batch?: OperationBudget,
  ): RequestContext {
    const { engine, log } = this.#options;
    const openProfile = () => this.openProfile(captured.request, batch);
    const context = new RequestContext({ requestId, operation, engine, log, openProfile, captured });
    response?.on('close', () => {
      if (!response.writableFinished) context.profile.sources.abandon();
    });
    return context;
  }

  /** What reads fields of customers on one request, with or without an operation. @param batch as for `open`. */
  openProfile({ headers, viewer }: CapturableRequest, batch?: OperationBudget): ProfileReader {
    const { sources, cursorSecret, bounds } = this.#options.engine;
    return { sources: new SourceReader(sources, headers, batch?.part() ?? bounds.open(viewer)), usage: new SourceUsage(), cursorSecret };
  }

  /** The budget of operations that come in one request. */
  openBatch(viewer: Viewer): OperationBudget {
    return this.#options.engine.bounds.open(viewer);
  }

  /** The text under which a request's client is counted: its viewer, or without a token its address. */
  clientOf(request: IncomingMessage, viewer: Viewer): string {
    return viewerKey(viewer) ?? addressKey(this.forwarding.addressOf(request) ?? '');
  }

  /** Calls `end` when a cookie with which a connection was opened is replaced. @returns a function that stops watching. */
  watchCookies(session: CaptureSession, cookies: readonly Evidence[], end: () => void): Promise<() => void> {
    return watchCookies(this.#options.engine, session, cookies, end);
  }

  /** Identifiers that were read off a request, to be hidden in the log. */
  seenValues(request: IncomingMessage): readonly string[] {
    return (request as WithSession)[SESSION]?.seenValues ?? [];
  }
}

/** What is changed or not read of a request that a foreign page may have made a browser send. */
export type Restrictions = Partial<Pick<CapturableRequest, 'headers' | 'startsVisitors' | 'redeemsHandoffs'>>;

/** Recognises a request that the framework answers, and opens its session. @throws GatewayError as `recognize`. */
export async function openSession(
  contexts: OperationContexts,
  request: FastifyRequest,
  reply: FastifyReply,
  restrictions: Restrictions = {},
): Promise<CaptureSession> {
  const capturable = { ...(await contexts.recognize(request.raw)), ...restrictions };
  return contexts.openSession(request.raw, capturable, (header) => reply.header('set-cookie', header));
}
