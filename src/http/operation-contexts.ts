import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CapturableRequest } from '../capture/capture.ts';
import { type CaptureEffects, CaptureSession } from '../capture/capture-session.ts';
import type { Touchpoints } from '../capture/touchpoints.ts';
import type { Engine } from '../graphql/engine.ts';
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

/** What is known of a request, kept on it: a map from requests to it would have to be cleaned up with them. */
interface Known {
  /** Verified once, also where the request is refused for something else. */
  viewer: Viewer | Promise<Viewer> | undefined;
  capturable: CapturableRequest | undefined;
  session: CaptureSession | undefined;
  context: RequestContext | undefined;
}

const KNOWN = Symbol('what is known of a request');

/** Cookies that go out with an answer, on whichever way it is given. */
export class AnswerCookies {
  readonly #set: string[] = [];
  #reply: FastifyReply | undefined;

  get set(): readonly string[] {
    return this.#set;
  }

  add(header: string): void {
    if (this.#reply) this.#reply.header('set-cookie', header);
    else this.#set.push(header);
  }

  /** From now on, and what there was until now. */
  sendWith(reply: FastifyReply): void {
    this.#reply = reply;
    for (const header of this.#set.splice(0)) reply.header('set-cookie', header);
  }
}

/** Makes of an HTTP request what operations and interactions need to know of it. */
export class OperationContexts {
  readonly #engine: Engine;
  readonly #readViewer: (authorization: string | undefined) => Viewer | Promise<Viewer>;
  readonly #effects: Pick<CaptureEffects, 'acceptHandoff' | 'settleCookies' | 'resetCookie'>;
  readonly forwarding: Forwarding;

  constructor(engine: Engine, forwarding: Forwarding, readViewer: (authorization: string | undefined) => Viewer | Promise<Viewer>) {
    this.#engine = engine;
    this.forwarding = forwarding;
    this.#readViewer = readViewer;
    this.#effects = {
      acceptHandoff: (read) => acceptHandoff(engine, read),
      settleCookies: (read, issuer) => settleCookies(engine, read, issuer),
      resetCookie: (cookie, successor) => resetCookie(engine, cookie, successor),
    };
  }

  /** Counts a header, token or cookie that proves nothing. */
  get onCaptureRefused(): (rule: string) => void {
    return this.#engine.onCaptureRefused;
  }

  get touchpoints(): Touchpoints {
    return this.#engine.touchpoints;
  }

  /**
   * Finds out who asks, and from where; at once, unless there is a token to be verified.
   * @throws GatewayError for a touchpoint that is none, or not for this viewer.
   */
  recognize(request: IncomingMessage): CapturableRequest | Promise<CapturableRequest> {
    const known = knownOf(request);
    if (known.capturable !== undefined) return known.capturable;
    const keep = (capturable: CapturableRequest) => {
      known.capturable = capturable;
      return capturable;
    };
    known.viewer ??= this.#readViewer(request.headers.authorization);
    const capturable = this.#capturableOf(request, known.viewer);
    return capturable instanceof Promise ? capturable.then(keep) : keep(capturable);
  }

  /** The same, with what a WebSocket's client says in place of headers, which it can't send. */
  capturableWith(request: IncomingMessage, said: SaidInstead): CapturableRequest | Promise<CapturableRequest> {
    return this.#capturableOf(request, this.#readViewer(said.headers.authorization ?? request.headers.authorization), said);
  }

  #capturableOf(
    request: IncomingMessage,
    viewer: Viewer | Promise<Viewer>,
    said?: SaidInstead,
  ): CapturableRequest | Promise<CapturableRequest> {
    if (viewer instanceof Promise) return viewer.then((known) => toCapturable(request, known, this, said));
    return toCapturable(request, viewer, this, said);
  }

  /** For one operation. @param captured what is read of its request, by all operations that come with it. */
  open(requestId: string, captured: CaptureSession): RequestContext {
    const { sources, cursorSecret } = this.#engine;
    const openProfile = () => ({ sources: new SourceReader(sources, captured.request.headers), usage: new SourceUsage(), cursorSecret });
    return new RequestContext({ requestId, engine: this.#engine, openProfile, captured });
  }

  /**
   * For the operation of an HTTP request that was recognized, whose back ends need not answer any more once its client
   * has gone.
   */
  openFor(request: IncomingMessage, response: ServerResponse, cookies: AnswerCookies): RequestContext {
    const known = knownOf(request);
    const context = this.open('', this.#sessionFor(request, known.capturable as CapturableRequest, cookies));
    known.context = context;
    response.on('close', () => {
      if (!response.writableFinished) context.profile.sources.abandon();
    });
    return context;
  }

  /** The same for one that the framework answers; what was found out before is still known. */
  openWith(request: FastifyRequest, reply: FastifyReply, cookies = new AnswerCookies()): RequestContext {
    cookies.sendWith(reply);
    const context = knownOf(request.raw).context ?? this.openFor(request.raw, reply.raw, cookies);
    context.requestId = request.id;
    return context;
  }

  /** What is read off an HTTP request. @throws GatewayError as above. */
  async openSession(request: FastifyRequest, reply: FastifyReply, restrictions: Restrictions = {}): Promise<CaptureSession> {
    const cookies = new AnswerCookies();
    cookies.sendWith(reply);
    return this.#sessionFor(request.raw, { ...(await this.recognize(request.raw)), ...restrictions }, cookies);
  }

  #sessionFor(request: IncomingMessage, capturable: CapturableRequest, cookies: AnswerCookies): CaptureSession {
    return this.sessionOf(request, capturable, (header) => cookies.add(header));
  }

  /** What is read off a request, once for all that comes with it. */
  sessionOf(request: IncomingMessage, capturable: CapturableRequest, setCookie: (header: string) => void): CaptureSession {
    const { capture, pageParameters, onCaptureRefused } = this.#engine;
    const { acceptHandoff, settleCookies, resetCookie } = this.#effects;
    const effects = { setCookie, onRefused: onCaptureRefused, acceptHandoff, settleCookies, resetCookie };
    const session = new CaptureSession(capturable, capture, pageParameters, effects);
    knownOf(request).session = session;
    return session;
  }

  /** Ends a connection that stays open when a cookie it was opened with is replaced. @returns what takes that back. */
  watchCookies(session: CaptureSession, cookies: readonly Evidence[], end: () => void): Promise<() => void> {
    return watchCookies(this.#engine, session, cookies, end);
  }

  /** Identifiers that came with a request, for keeping them out of the log. */
  seenValues(request: IncomingMessage): readonly string[] {
    return knownOf(request).session?.seenValues ?? [];
  }
}

function knownOf(request: IncomingMessage & { [KNOWN]?: Known }): Known {
  let known = request[KNOWN];
  if (known === undefined) {
    known = { viewer: undefined, capturable: undefined, session: undefined, context: undefined };
    request[KNOWN] = known;
  }
  return known;
}

/** What of a request is not read, where a foreign page can have made a browser send it. */
export type Restrictions = Partial<Pick<CapturableRequest, 'headers' | 'startsVisitors' | 'redeemsHandoffs'>>;
