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

/** Makes of an HTTP request what operations and interactions need to know of it. */
export class OperationContexts {
  readonly #engine: Engine;
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #readViewer: (authorization: string | undefined) => Promise<Viewer>;
  readonly #sessions = new WeakMap<FastifyRequest, CaptureSession>();
  readonly #known = new WeakMap<FastifyRequest, Promise<CapturableRequest>>();

  constructor(engine: Engine, readViewer: (authorization: string | undefined) => Promise<Viewer>) {
    this.#engine = engine;
    this.#sources = engine.sources;
    this.#readViewer = readViewer;
  }

  get touchpoints(): Touchpoints {
    return this.#engine.touchpoints;
  }

  /**
   * Who asks, and from where; found out once.
   * @throws GatewayError for a touchpoint that is none, or not for this viewer.
   */
  capturable(request: FastifyRequest): Promise<CapturableRequest> {
    let capturable = this.#known.get(request);
    if (capturable === undefined) {
      capturable = this.capturableWith(request, {});
      this.#known.set(request, capturable);
    }
    return capturable;
  }

  /** The same, with what a WebSocket's client says in place of headers, which it can't send. */
  async capturableWith(request: FastifyRequest, headers: Readonly<Record<string, string>>): Promise<CapturableRequest> {
    const viewer = await this.#readViewer(headers.authorization ?? request.headers.authorization);
    return toCapturable(request, viewer, this.touchpoints, headers);
  }

  /** For one operation. @param captured what is read of its request, by all operations that come with it. */
  open({ id: requestId }: FastifyRequest, captured: CaptureSession): RequestContext {
    const openProfile = () => ({ sources: new SourceReader(this.#sources, captured.request.headers), usage: new SourceUsage() });
    return new RequestContext({ requestId, engine: this.#engine, openProfile, captured });
  }

  /** For one operation of an HTTP request, whose back ends need not answer any more once its client has gone. */
  async openFor(request: FastifyRequest, reply: FastifyReply): Promise<RequestContext> {
    const context = this.open(request, await this.openSession(request, reply));
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) context.profile.sources.abandon();
    });
    return context;
  }

  /** What is read off an HTTP request. @throws GatewayError as above. */
  async openSession(request: FastifyRequest, reply: FastifyReply, restrictions: Restrictions = {}): Promise<CaptureSession> {
    const capturable = { ...(await this.capturable(request)), ...restrictions };
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
