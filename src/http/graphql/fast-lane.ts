import type { IncomingMessage, RequestListener } from 'node:http';
import { LRUCache } from 'lru-cache';
import { type AnswerType, acceptedTypes, EVENT_STREAM } from '../media-type.ts';
import { REQUEST_ID, requestIdOf } from '../request-id.ts';
import { CONTENT_TYPE_OPTIONS, NOSNIFF } from '../security-headers.ts';
import { FastExchange, type FastExchangeOptions } from './fast-exchange.ts';

/** Media types that a foreign page can't make a browser send without a CORS preflight. */
const SENT = new Set<string | undefined>([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
  'application/json;charset=UTF-8',
]);
/** Characters of an `accept`; one that is longer is left to the framework. */
const MAX_ACCEPT = 300;
/** Values of `accept` that are kept in parsed form: clients send few different ones. */
const MAX_ACCEPTS = 100;

export interface FastLaneOptions extends FastExchangeOptions {
  /** Web origins that may call with cookies. */
  readonly origins: readonly string[];
}

/**
 * Answers the usual request to `/graphql` in front of the framework, because the framework costs more than everything else
 * that a frequent query needs. The usual request is a POST of plain JSON, of known length, for a client that takes JSON. The
 * headers alone decide. A request that is taken is answered here, with success or error, by the functions that the
 * framework's route uses as well (docs/adr/0017).
 */
export class FastLane {
  readonly #options: FastLaneOptions;
  readonly #origins: ReadonlySet<string>;
  readonly #accepted = new LRUCache<string, readonly AnswerType[]>({ max: MAX_ACCEPTS });
  #isOpen = true;

  constructor(options: FastLaneOptions) {
    this.#options = options;
    this.#origins = new Set(options.origins);
  }

  /** From now on every request goes through the framework, which closes connections. */
  close(): void {
    this.#isOpen = false;
  }

  /** @returns a listener that answers what it takes, and leaves the rest to the framework. */
  inFrontOf(framework: RequestListener): RequestListener {
    return (request, response) => {
      const types = this.#typesFor(request);
      if (types === undefined) framework(request, response);
      else {
        const exchange = new FastExchange(this.#options, request, response, { types, headers: this.#headersFor(request) });
        const refusal = this.#options.limits.onArrival('graphql', request);
        if (refusal === undefined) exchange.begin();
        else exchange.beginUnless(refusal);
      }
    };
  }

  /** The media types that the client takes, the preferred one first; undefined for a request that is not taken. */
  #typesFor({ method, url, headers }: IncomingMessage): readonly AnswerType[] | undefined {
    if (method !== 'POST' || !this.#isOpen || !(url === '/graphql' || url?.startsWith('/graphql?'))) return undefined;
    if (!SENT.has(headers['content-type']) || headers['content-encoding'] !== undefined) return undefined;
    const length = Number(headers['content-length']);
    if (!(length > 0 && length <= this.#options.bodyLimit)) return undefined;
    const types = this.#acceptedBy(headers.accept ?? '');
    return types[0] === EVENT_STREAM || types.length === 0 ? undefined : types;
  }

  #acceptedBy(accept: string): readonly AnswerType[] {
    if (accept.length > MAX_ACCEPT) return [];
    let types = this.#accepted.get(accept);
    if (types === undefined) {
      types = acceptedTypes(accept);
      this.#accepted.set(accept, types);
    }
    return types;
  }

  /** In the order of the framework and its CORS plugin. */
  #headersFor(request: IncomingMessage): string[] {
    const { origin } = request.headers;
    const headers = [REQUEST_ID, requestIdOf(request), CONTENT_TYPE_OPTIONS, NOSNIFF, 'vary', 'Origin'];
    if (origin !== undefined && this.#origins.has(origin)) headers.push('access-control-allow-origin', origin);
    headers.push('access-control-allow-credentials', 'true');
    // Only browsers use it, and they send an origin; most requests come from servers and apps.
    if (origin !== undefined) headers.push('access-control-expose-headers', REQUEST_ID);
    headers.push('cache-control', 'private, no-store');
    return headers;
  }
}
