import type { Dispatcher } from 'undici';
import { parseExactJson } from '../model/exact-json.ts';
import { AdapterFailure, oversize } from './adapter-failure.ts';
import { codingsOf, decodeUtf8, decompress } from './answer-bytes.ts';

/** An answer of a back end that speaks JSON. */
export interface JsonAnswer {
  readonly status: number;
  /** Undefined for a status of 300 and more, whose body is not read, and for a status without a body. */
  readonly body: unknown;
}

const NO_CODINGS: readonly string[] = [];
/** Bytes of a body that is not read, up to which it is received so that its connection can be kept. */
export const DUMP_LIMIT = 64 * 1024;
/** No Content and Reset Content: there is no body (RFC 9110, sections 15.3.5 and 15.3.6). */
const WITHOUT_BODY = new Set([204, 205]);

/** Errors of undici about a request, before it is sent. https://undici.nodejs.org/#/docs/api/Errors */
const UNSENT = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);

/** Reads one answer through undici's handler interface, which costs less than the stream of `request`. */
export class AnswerReader implements Dispatcher.DispatchHandler {
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

  /** @param limit bytes of an answer, compressed and decompressed. */
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
