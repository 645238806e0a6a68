import { type Dispatcher, Pool, request } from 'undici';
import { parseExactJson } from '../model/exact-json.ts';
import { AdapterFailure } from './adapter-failure.ts';
import type { LoadContext } from './data-adapter.ts';
import { decodeUtf8 } from './decode-utf8.ts';
import { CONTENT_CODINGS, codingsOf, decompress, tooLarge } from './inflate.ts';

export interface JsonAnswer {
  readonly status: number;
  /** Undefined where nobody reads a body: for a status of 300 and more, and for one that has none. */
  readonly body: unknown;
}

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  /** All of them, what `headersWith` adds among them. */
  readonly headers: Record<string, string>;
  readonly body?: string;
}

const NO_CODINGS: readonly string[] = [];
const ACCEPT_JSON = { accept: 'application/json', 'accept-encoding': CONTENT_CODINGS };

/** Bytes of an answer that nobody reads, up to which it is let come so that its connection can be kept. */
const DUMP_LIMIT = 64 * 1024;
/** A path that goes out as it is. Any other has to be put in order first, as WHATWG's URL does. */
const PLAIN_PATH = /^(?!.*\/\.)[!-"$-[\]-~]*$/;

/** JSON over HTTP to one back end, on kept connections, as many as its source's policy lets it make calls. Redirects are not followed: a redirected call would carry credentials elsewhere. */
export class JsonClient {
  /** The header with the user and password of the base's URL (`https://user:pass@host`): basic authentication (RFC 7617). */
  readonly credentials: Readonly<Record<string, string>>;
  // Every call has a deadline of its own, by which it is cancelled.
  readonly #pool: Pool;
  readonly #origin: string;
  readonly #prefix: string;

  /** @param base what every call's URL begins with. */
  constructor(base: string) {
    const { origin, pathname, search, username, password } = new URL(base);
    this.credentials = credentialsOf(username, password);
    this.#origin = origin;
    this.#pool = new Pool(origin, { keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 });
    this.#prefix = `${base.replace(/[?#].*$/, '').endsWith('/') ? pathname : pathname.replace(/\/$/, '')}${search}`;
  }

  /**
   * @param target is put behind the base.
   * @throws AdapterFailure SOURCE_UNAVAILABLE when nobody answers, SOURCE_INVALID for an answer that is too
   * large or not JSON. Its message never holds the URL, in which the keys stand.
   */
  send(target: string, { method = 'GET', headers, body }: JsonRequest, context: CallContext): Promise<JsonAnswer> {
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

/** The headers of every call: what the client sends by itself, and the owner's, which come first where both name one. */
export function headersWith(client: JsonClient, own: Readonly<Record<string, string>>): Record<string, string> {
  const lower = Object.fromEntries(Object.entries(own).map(([name, value]) => [name.toLowerCase(), value]));
  return { ...ACCEPT_JSON, ...client.credentials, ...lower };
}

/** Statuses under 500 that say "not now" and not "no": request timeout, too early, too many requests (RFC 9110, 8470, 6585). */
const TRANSIENT = new Set([408, 425, 429]);
/** Content, URL or header fields too large: fewer keys may do (RFC 9110, sections 15.5.14 and 15.5.15; RFC 6585, section 5). */
const TOO_LARGE = new Set([413, 414, 431]);
/** No Content and Reset Content: nothing is there to be read (RFC 9110, sections 15.3.5 and 15.3.6). */
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

type CallContext = Pick<LoadContext, 'signal' | 'onCancel' | 'maxAnswerBytes'>;

function onCancel(context: CallContext, listener: () => void): () => void {
  if (context.onCancel !== undefined) return context.onCancel(listener);
  const { signal } = context;
  if (signal.aborted) listener();
  signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

/** Takes one answer off the connection: undici's handler interface, which costs less than the stream that `request` makes of it. */
class AnswerReader implements Dispatcher.DispatchHandler {
  /** What ends the listening for a cancellation. */
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
    this.#fail(tooLarge(this.#limit));
    controller.abort(new Error('too large'));
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    // The request itself is wrong, so that it was not sent: this says nothing about the back end.
    if (UNSENT.has(codeOf(error))) {
      this.#fail(new AdapterFailure('SOURCE_INVALID', `the request can't be made (${codeOf(error)})`, error));
      return;
    }
    // 1xx and 0 aside, a status says that an answer had begun.
    const what = this.#status === 0 ? 'no connection' : 'the answer broke off';
    this.#fail(new AdapterFailure('SOURCE_UNAVAILABLE', `${what} (${codeOf(error)})`, error));
  }

  /** Whether somebody reads the body: what comes with a redirect or an error, nobody does. */
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
    controller?.abort(new Error('nobody reads the rest'));
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
