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
import type { Viewer } from '../model/viewer.ts';
import { SourceUsage } from '../profile/source-usage.ts';
import { SourceReader } from '../sources/source-reader.ts';
import { type SaidInstead, toCapturable } from './capturable-request.ts';
import type { Forwarding } from './forwarding.ts';

const SESSION = Symbol('the capture session of a request');

/** A request keeps its session itself: a map from requests to sessions would have to be cleaned up with them. */
type WithSession = IncomingMessage & { [SESSION]?: CaptureSession };

export interface OperationContextsOptions {
  readonly engine: Engine;
  readonly forwarding: Forwarding;
  readonly log: AnswerLog;
  /** Verifies a token; at once where there is none. */
  readViewer(authorization: string | undefined): Viewer | Promise<Viewer>;
}

/** Makes of a request what operations and interactions need to know of it: recognise, then open a session, then a context. */
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
      acceptHandoff: (read) => acceptHandoff(engine, read),
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
   * Finds out who asks, and from where; at once, unless there is a token to be verified.
   * @param said what the client of a WebSocket says in place of headers, which it can't send.
   * @throws GatewayError for a touchpoint that is none, or not for this viewer.
   */
  recognize(request: IncomingMessage, said?: SaidInstead): CapturableRequest | Promise<CapturableRequest> {
    const viewer = this.#options.readViewer(said?.headers.authorization ?? request.headers.authorization);
    return viewer instanceof Promise
      ? viewer.then((known) => toCapturable(request, known, this, said))
      : toCapturable(request, viewer, this, said);
  }

  /** What is read off a recognised request, once for all operations and interactions that come with it. */
  openSession(request: IncomingMessage, capturable: CapturableRequest, setCookie: (header: string) => void): CaptureSession {
    const { capture, pageParameters } = this.#options.engine;
    const session = new CaptureSession(capturable, capture, pageParameters, { ...this.#effects, setCookie });
    (request as WithSession)[SESSION] = session;
    return session;
  }

  /**
   * For one operation.
   * @param response of HTTP, where there is one: back ends need not answer any more once its client has gone.
   */
  open(requestId: string, captured: CaptureSession, operation: ReadyOperation, response?: ServerResponse): RequestContext {
    const { engine, log } = this.#options;
    const { sources, cursorSecret } = engine;
    const openProfile = () => ({ sources: new SourceReader(sources, captured.request.headers), usage: new SourceUsage(), cursorSecret });
    const context = new RequestContext({ requestId, operation, engine, log, openProfile, captured });
    response?.on('close', () => {
      if (!response.writableFinished) context.profile.sources.abandon();
    });
    return context;
  }

  /** Ends a connection that stays open when a cookie it was opened with is replaced. @returns what takes that back. */
  watchCookies(session: CaptureSession, cookies: readonly Evidence[], end: () => void): Promise<() => void> {
    return watchCookies(this.#options.engine, session, cookies, end);
  }

  /** Identifiers that were read off a request, for keeping them out of the log. */
  seenValues(request: IncomingMessage): readonly string[] {
    return (request as WithSession)[SESSION]?.seenValues ?? [];
  }
}

/** What of a request is not read, where a foreign page can have made a browser send it. */
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
