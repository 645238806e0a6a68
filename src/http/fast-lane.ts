import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { CapturableRequest } from '../capture/capture.ts';
import type { CompiledOperations, ReadyOperation } from '../graphql/execution/compiled-operations.ts';
import { runPlan } from '../graphql/execution/run-plan.ts';
import { isJsonObject, mayHoldLongNumber } from '../model/exact-json.ts';
import type { Draining } from './draining.ts';
import { SUSPICIOUS, withoutMark } from './json-body.ts';
import { type AnswerType, acceptedTypes, EVENT_STREAM } from './media-type.ts';
import { AnswerCookies, type OperationContexts } from './operation-contexts.ts';
import { REQUEST_ID, requestIdOf } from './request-id.ts';

/** A foreign page can't make a browser send these without asking first. */
const SENT = new Set<string | undefined>([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
  'application/json;charset=UTF-8',
]);
/** Characters of an `accept` that is looked at here. */
const MAX_ACCEPT = 300;

export interface FastLaneOptions {
  readonly operations: CompiledOperations;
  readonly contexts: OperationContexts;
  /** Bytes that a body may have. */
  readonly bodyLimit: number;
  /** Web origins that may call with cookies. */
  readonly origins: readonly string[];
  readonly draining: Draining;
  /** Called with each answer. @param seconds since its request arrived. */
  onAnswered(request: IncomingMessage, status: number, seconds: number): void;
}

/** What the full way finds of a request that was begun here. */
interface Begun {
  /** What was read of the body: all of it. */
  readonly body: Buffer;
  readonly cookies: AnswerCookies;
}

const BEGUN = Symbol('begun on the fast lane');

/**
 * Answers hot queries from request to text, by what was worked out once for their document, in front of the framework.
 * It knows success only: what it does not know, and everything that is an error in GraphQL, goes the full way, through
 * Fastify and Apollo Server, on which no back end is asked again. So there is nothing about errors, limits or unusual
 * requests to be kept equal here. (docs/adr/0013)
 */
export class FastLane {
  readonly #options: FastLaneOptions;
  readonly #origins: ReadonlySet<string>;
  /** By `accept`: clients send a handful of different ones. */
  readonly #accepted = new LRUCache<string, AnswerType | 'none'>({ max: 100 });
  #isOpen = true;
  #answered = 0;

  constructor(options: FastLaneOptions) {
    this.#options = options;
    this.#origins = new Set(options.origins);
  }

  /** From now on everything goes the full way, where connections are closed as they should be. */
  close(): void {
    this.#isOpen = false;
  }

  /** How many requests it has answered. */
  get answered(): number {
    return this.#answered;
  }

  /** @returns a listener that takes what it can answer, and leaves the rest to the full way. */
  inFrontOf(fullWay: RequestListener): RequestListener {
    const onAnswered = () => {
      this.#answered++;
    };
    return (request, response) => {
      const mediaType = this.#mediaTypeFor(request);
      if (mediaType === undefined) fullWay(request, response);
      else new Answering(this.#options, request, response, { mediaType, headers: this.#headersFor(request), fullWay, onAnswered }).begin();
    };
  }

  /** Undefined for a request that goes the full way. */
  #mediaTypeFor({ method, url, headers }: IncomingMessage): string | undefined {
    if (method !== 'POST' || !this.#isOpen || !(url === '/graphql' || url?.startsWith('/graphql?'))) return undefined;
    if (!SENT.has(headers['content-type']) || headers['content-encoding'] !== undefined) return undefined;
    const length = Number(headers['content-length']);
    return length > 0 && length <= this.#options.bodyLimit ? this.#preferredType(headers.accept) : undefined;
  }

  /** Undefined for one who would rather have an event stream, or nothing that there is. */
  #preferredType(accept = ''): AnswerType | undefined {
    if (accept.length > MAX_ACCEPT) return undefined;
    let preferred = this.#accepted.get(accept);
    if (preferred === undefined) {
      preferred = acceptedTypes(accept)[0] ?? 'none';
      this.#accepted.set(accept, preferred);
    }
    return preferred === 'none' || preferred === EVENT_STREAM ? undefined : preferred;
  }

  /** In the order of the framework and its CORS plugin. */
  #headersFor(request: IncomingMessage): string[] {
    const { origin } = request.headers;
    const headers = [REQUEST_ID, requestIdOf(request), 'vary', 'Origin'];
    if (origin !== undefined && this.#origins.has(origin)) headers.push('access-control-allow-origin', origin);
    headers.push('access-control-allow-credentials', 'true');
    // Of no use to others, and most requests come from servers and apps, without an origin.
    if (origin !== undefined) headers.push('access-control-expose-headers', REQUEST_ID);
    headers.push('cache-control', 'private, no-store');
    return headers;
  }
}

/** What the fast lane read of a request before it left it to the full way. */
export function begunOn(request: IncomingMessage): Begun | undefined {
  return (request as { [BEGUN]?: Begun })[BEGUN];
}

/** The body that was read on the fast lane, for whoever reads it again. */
export function bodyAgain({ body }: Begun): Readable {
  return Readable.from([body], { objectMode: false });
}

interface AnswerFrame {
  readonly mediaType: string;
  readonly headers: string[];
  readonly fullWay: RequestListener;
  onAnswered(): void;
}

/** One request on the fast lane. */
class Answering {
  readonly #options: FastLaneOptions;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #frame: AnswerFrame;
  readonly #started = performance.now();
  readonly #cookies = new AnswerCookies();
  #body: Buffer | undefined;

  constructor(options: FastLaneOptions, request: IncomingMessage, response: ServerResponse, frame: AnswerFrame) {
    this.#options = options;
    this.#request = request;
    this.#response = response;
    this.#frame = frame;
  }

  begin(): void {
    let rest: Buffer[] | undefined;
    this.#request.on('data', (chunk: Buffer) => {
      if (this.#body === undefined) this.#body = chunk;
      else {
        rest ??= [this.#body];
        rest.push(chunk);
      }
    });
    this.#request.on('end', () => {
      if (rest !== undefined) this.#body = Buffer.concat(rest);
      this.#proceed();
    });
  }

  #proceed(): void {
    const operation = this.#operation();
    const recognized = operation === null ? null : this.#recognized();
    if (operation === null || recognized === null) this.#leave();
    else if (recognized instanceof Promise) {
      recognized.then(
        () => this.#run(operation),
        () => this.#leave(),
      );
    } else this.#run(operation);
  }

  /** Null where something is wrong with the request: the full way says what. */
  #recognized(): CapturableRequest | Promise<CapturableRequest> | null {
    try {
      return this.#options.contexts.recognize(this.#request);
    } catch {
      return null;
    }
  }

  #run({ compiled, variables }: ReadyOperation): void {
    const context = this.#options.contexts.openFor(this.#request, this.#response, this.#cookies);
    // Where each value came from is noted on the full way.
    if (context.provenance !== undefined) this.#leave();
    else runPlan(compiled, context, variables, (data) => (data === null ? this.#leave() : this.#answer(data)));
  }

  /** Null for what is to go the full way, and so is whatever a strange document brings about. */
  #operation(): ReadyOperation | null {
    const text = this.#body?.toString() ?? '';
    // Looked at more closely on the full way.
    if (SUSPICIOUS.test(text) || mayHoldLongNumber(text)) return null;
    try {
      return this.#find(JSON.parse(withoutMark(text)));
    } catch {
      return null;
    }
  }

  #find(body: unknown): ReadyOperation | null {
    if (!isJsonObject(body)) return null;
    const { query, operationName, variables, extensions } = body;
    if (typeof query !== 'string' || query === '') return null;
    if (operationName != null && (typeof operationName !== 'string' || operationName === '')) return null;
    if (variables != null && !isJsonObject(variables)) return null;
    if (extensions != null && (!isJsonObject(extensions) || extensions.persistedQuery !== undefined)) return null;
    return this.#options.operations.find(query, operationName ?? null, variables ?? NO_VARIABLES);
  }

  /** As Apollo Server and the framework write it. */
  #answer(data: Readonly<Record<string, unknown>>): void {
    let text: string;
    try {
      text = `{"data":${JSON.stringify(data)}}\n`;
    } catch {
      this.#leave();
      return;
    }
    const { headers, mediaType } = this.#frame;
    for (const cookie of this.#cookies.set) headers.push('set-cookie', cookie);
    const length = Buffer.byteLength(text);
    headers.push('content-type', mediaType, 'content-length', String(length));
    if (this.#options.draining.endsConnections) this.#response.shouldKeepAlive = false;
    this.#response.writeHead(200, headers);
    // Of ASCII only, as most are, it need not be encoded.
    this.#response.end(text, length === text.length ? 'latin1' : 'utf8');
    this.#frame.onAnswered();
    this.#options.onAnswered(this.#request, 200, (performance.now() - this.#started) / 1_000);
  }

  #leave(): void {
    // The client has gone, which is why nothing was answered: nobody is to be answered on the full way.
    if (this.#response.destroyed) return;
    const begun: Begun = { body: this.#body ?? Buffer.alloc(0), cookies: this.#cookies };
    (this.#request as { [BEGUN]?: Begun })[BEGUN] = begun;
    this.#frame.fullWay(this.#request, this.#response);
  }
}

const NO_VARIABLES: Readonly<Record<string, unknown>> = {};
