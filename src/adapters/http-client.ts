import { type Dispatcher, Pool, request } from 'undici';
import { onCancel } from '../batching/cancellation.ts';
import { parseExactJson } from '../model/exact-json.ts';
import { AdapterFailure, oversize } from './adapter-failure.ts';
import { CONTENT_CODINGS, codingsOf, decodeUtf8, decompress } from './answer-bytes.ts';
import type { LoadContext } from './data-adapter.ts';

export interface JsonAnswer {
  readonly status: number;
  /** Undefined for a status of 300 and more, whose body is not read, and for a status without a body. */
  readonly body: unknown;
}

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  /** All headers, with those that `headersWith` adds. */
  readonly headers: Record<string, string>;
  readonly body?: string;
}

const NO_CODINGS: readonly string[] = [];
const ACCEPT_JSON = { accept: 'application/json', 'accept-encoding': CONTENT_CODINGS };

/** Bytes of a body that is not read, up to which it is received so that its connection can be kept. */
const DUMP_LIMIT = 64 * 1024;
/** A path that is sent as it is. Any other is normalised first, as WHATWG's URL does. */
const PLAIN_PATH = /^(?!.*\/\.)[!-"$-[\]-~]*$/;

/** JSON over HTTP to one back end, on kept connections: as many as the source's policy allows calls. Redirects are not followed, because a redirected call would carry credentials elsewhere. */
export class JsonClient {
  /** The header with the user and password of the base's URL (`https://user:pass@host`): basic authentication (RFC 7617). */
  readonly credentials: Readonly<Record<string, string>>;
  // Without time-outs of its own: every call is cancelled at its deadline.
  readonly #pool: Pool;
  readonly #origin: string;
  readonly #prefix: string;

  /** @param base the beginning of every call's URL. */
  constructor(base: string) {
    const { origin, pathname, search, username, password } = new URL(base);
    this.credentials = credentialsOf(username, password);
    this.#origin = origin;
    this.#pool = new Pool(origin, { keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 });
    this.#prefix = `${base.replace(/[?#].*$/, '').endsWith('/') ? pathname : pathname.replace(/\/$/, '')}${search}`;
  }

  /**
   * @param target is appended to the base.
   * @throws AdapterFailure SOURCE_UNAVAILABLE without an answer, SOURCE_INVALID for an answer that is too large or not JSON.
   * Its message never holds the URL, because the URL holds keys.
   */
  send(
    target: string,
    { method = 'GET', headers, body }: JsonRequest,
    context: Pick<LoadContext, 'signal' | 'maxAnswerBytes'>,
  ): Promise<JsonAnswer> {
    return new Promise((resolve, reject) => {
      const reader = new AnswerReader(context.maxAnswerBytes, resolve, reject);
      reader.stop = onCancel(context, () => reader.abort());
      this.#pool.dispatch({ path: this.#pathOf(target), method, headers, body }, reader);
    });
  }

  #pathOf(target: string): string {
    const path = this.#prefix + target;
    if (PLAIN_PATH.test(path) && path !== '') return path;
    const { pathname, search } = new URL(this.#origin + path);
    return pathname + search;
  }

  /** Resolves when the server answers anything but a server error. */
  async probe(target: string, signal: AbortSignal): Promise<void> {
    const url = this.#origin + this.#pathOf(target);
    const { statusCode, body } = await request(url, { dispatcher: this.#pool, headers: this.credentials, signal });
    await body.dump({ limit: DUMP_LIMIT }).catch(() => {});
    if (statusCode >= 500) throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered status ${statusCode}`);
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** User and password as a URL has them: percent-encoded. */
function credentialsOf(username: string, password: string): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** The headers of every call: the client's, and the owner's, which win where both name one. */
export function headersWith(client: JsonClient, own: Readonly<Record<string, string>>): Record<string, string> {
  const lower = Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value]));
  return { ...ACCEPT_JSON, ...client.credentials, ...lower };
}

/** Statuses under 500 that say "not now" and not "no": request timeout, too early, too many requests (RFC 9110, 8470, 6585). */
const TRANSIENT = new Set([408, 425, 429]);
/** Content, URL or header fields too large: fewer keys may do (RFC 9110, sections 15.5.14 and 15.5.15; RFC 6585, section 5). */
const TOO_LARGE = new Set([413, 414, 431]);
/** No Content and Reset Content: there is no body (RFC 9110, sections 15.3.5 and 15.3.6). */
const WITHOUT_BODY = new Set([204, 205]);

/** @throws AdapterFailure for a status that is no success. */
export function expectSuccess({ status, body }: JsonAnswer): unknown {
  if (status < 300) return body;
  const refused = status < 500 && !TRANSIENT.has(status);
  throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered status ${status}`, undefined, {
    refused,
    tooLarge: TOO_LARGE.has(status) || undefined,
  });
}

/** Errors of undici about a request, before it is sent. https://undici.nodejs.org/#/docs/api/Errors */
const UNSENT = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

/** Reads one answer through undici's handler interface, which costs less than the stream of `request`. */
class AnswerReader implements Dispatcher.DispatchHandler {
  /** Removes the listener of the cancellation. */
  stop: () => void = () => {};
  readonly #limit: number;
  readonly #resolve: (answer: JsonAnswer) => void;
  readonly #reject: (error: AdapterFailure) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #isAborted = false;
  #status = 0;
  #size = 0;
  #codings = NO_CODINGS;

  constructor(limit: number, resolve: (answer: JsonAnswer) => void, reject: (error: AdapterFailure) => void) {
    this.#limit = limit;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort(new Error('cancelled'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isAborted) controller.abort(new Error('cancelled'));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    const encoding = headers['content-encoding'];
    this.#codings = encoding === undefined ? NO_CODINGS : codingsOf(String(encoding));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (!this.#isRead) {
      if (this.#size > DUMP_LIMIT) this.#end(controller);
      return;
    }
    this.#chunks.push(chunk);
    if (this.#size <= this.#limit) return;
    this.#fail(oversize('answer', this.#limit));
    controller.abort(new Error('too large'));
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // The request was not sent, because it is wrong: this says nothing about the back end.
    if (UNSENT.has(codeOf(error))) {
      this.#fail(new AdapterFailure('SOURCE_INVALID', `the request can't be made (${codeOf(error)})`, error));
      return;
    }
    // With a status, the answer had begun.
    const what = this.#status === 0 ? 'no connection' : 'the answer broke off';
    this.#fail(new AdapterFailure('SOURCE_UNAVAILABLE', `${what} (${codeOf(error)})`, error));
  }

  /** Whether the body is read. That of a redirect or an error is not. */
  get #isRead(): boolean {
    return this.#status < 300 && !WITHOUT_BODY.has(this.#status);
  }

  #end(controller?: Dispatcher.DispatchController): void {
    this.stop();
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
    if (this.#codings.length === 0 || bytes.length === 0) this.#answer(bytes);
    else {
      decompress(bytes, this.#codings, this.#limit).then(
        (plain) => this.#answer(plain),
        (error: AdapterFailure) => this.#reject(error),
      );
    }
    controller?.abort(new Error('the rest is not read'));
  }

  #answer(bytes: Buffer): void {
    try {
      this.#resolve({ status: this.#status, body: this.#isRead ? parseJson(decodeUtf8(bytes)) : undefined });
    } catch (error) {
      this.#reject(error as AdapterFailure);
    }
  }

  #fail(error: AdapterFailure): void {
    this.stop();
    this.#reject(error);
  }
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new AdapterFailure('SOURCE_INVALID', 'the answer is not JSON', error);
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? (error as Error).name);
}
