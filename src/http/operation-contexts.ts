import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Source } from '../adapters/source.ts';
import { SourceReader } from '../adapters/source-reader.ts';
import type { CapturableRequest } from '../capture/capture-request.ts';
import { CaptureSession } from '../capture/capture-session.ts';
import type { Touchpoints } from '../capture/touchpoints.ts';
import type { Engine } from '../graphql/engine.ts';
import { RequestContext } from '../graphql/request-context.ts';
import { acceptHandoff } from '../journey/accept-handoff.ts';
import type { Viewer } from '../model/viewer.ts';
import { SourceUsage } from '../profile/source-usage.ts';
import { toCapturable } from './capturable-request.ts';

const NOTHING_SAID: Readonly<Record<string, string>> = {};

/** Makes of an HTTP request what operations and interactions need to know of it. */
export class OperationContexts {
  readonly #engine: Engine;
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #readViewer: (authorization: string | undefined) => Viewer | Promise<Viewer>;
  readonly #sessions = new WeakMap<FastifyRequest, CaptureSession>();
  readonly #known = new WeakMap<FastifyRequest, CapturableRequest>();

  constructor(engine: Engine, readViewer: (authorization: string | undefined) => Viewer | Promise<Viewer>) {
    this.#engine = engine;
    this.#sources = engine.sources;
    this.#readViewer = readViewer;
  }

  get touchpoints(): Touchpoints {
    return this.#engine.touchpoints;
  }

  /**
   * Finds out who asks, and from where; at once, unless there is a token to be verified.
   * @throws GatewayError for a touchpoint that is none, or not for this viewer.
   */
  recognize(request: FastifyRequest): CapturableRequest | Promise<CapturableRequest> {
    const known = this.#known.get(request);
    if (known !== undefined) return known;
    const keep = (capturable: CapturableRequest) => {
      this.#known.set(request, capturable);
      return capturable;
    };
    const capturable = this.capturableWith(request, NOTHING_SAID);
    return capturable instanceof Promise ? capturable.then(keep) : keep(capturable);
  }

  /** The same, with what a WebSocket's client says in place of headers, which it can't send. */
  capturableWith(request: FastifyRequest, headers: Readonly<Record<string, string>>): CapturableRequest | Promise<CapturableRequest> {
    const viewer = this.#readViewer(headers.authorization ?? request.headers.authorization);
    const capturable = (known: Viewer) => toCapturable(request, known, this.touchpoints, headers);
    return viewer instanceof Promise ? viewer.then(capturable) : capturable(viewer);
  }

  /** For one operation. @param captured what is read of its request, by all operations that come with it. */
  open({ id: requestId }: FastifyRequest, captured: CaptureSession): RequestContext {
    const openProfile = () => ({ sources: new SourceReader(this.#sources, captured.request.headers), usage: new SourceUsage() });
    return new RequestContext({ requestId, engine: this.#engine, openProfile, captured });
  }

  /**
   * For one operation of an HTTP request, whose back ends need not answer any more once its client has gone. The request
   * must have been recognized.
   */
  openFor(request: FastifyRequest, reply: FastifyReply): RequestContext {
    const context = this.open(request, this.#sessionFor(request, reply, this.#known.get(request) as CapturableRequest));
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) context.profile.sources.abandon();
    });
    return context;
  }

  /** What is read off an HTTP request. @throws GatewayError as above. */
  async openSession(request: FastifyRequest, reply: FastifyReply, restrictions: Restrictions = {}): Promise<CaptureSession> {
    return this.#sessionFor(request, reply, { ...(await this.recognize(request)), ...restrictions });
  }

  #sessionFor(request: FastifyRequest, reply: FastifyReply, capturable: CapturableRequest): CaptureSession {
    return this.sessionOf(request, capturable, (header) => void reply.header('set-cookie', header));
  }

  /** What is read off a request, once for all that comes with it. */
  sessionOf(request: FastifyRequest, capturable: CapturableRequest, setCookie: (header: string) => void): CaptureSession {
    const { capture, pageParameters, onCaptureRefused } = this.#engine;
    const session = new CaptureSession(capturable, capture, pageParameters, {
      setCookie,
      onRefused: onCaptureRefused,
      acceptHandoff: (read) => acceptHandoff(this.#engine, read),
    });
    this.#sessions.set(request, session);
    return session;
  }

  /** Identifiers that came with a request, for keeping them out of the log. */
  seenValues(request: FastifyRequest): readonly string[] {
    return this.#sessions.get(request)?.seenValues ?? [];
  }
}

/** What of a request is not read, where a foreign page can have made a browser send it. */
export type Restrictions = Partial<Pick<CapturableRequest, 'headers' | 'startsVisitors' | 'redeemsHandoffs'>>;
