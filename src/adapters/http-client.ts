import { Pool, request } from 'undici';
import { onCancel } from '../batching/cancellation.ts';
import { AdapterFailure } from './adapter-failure.ts';
import { CONTENT_CODINGS } from './answer-bytes.ts';
import { AnswerReader, DUMP_LIMIT, type JsonAnswer } from './answer-reader.ts';
import type { LoadContext } from './data-adapter.ts';

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  /** All headers, with those that `headersWith` adds. */
  readonly headers: Record<string, string>;
  readonly body?: string;
}

const ACCEPT_JSON = { accept: 'application/json', 'accept-encoding': CONTENT_CODINGS };

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
/** @throws AdapterFailure for a status that is no success. */
export function expectSuccess({ status, body }: JsonAnswer): unknown {
  if (status < 300) return body;
  const refused = status < 500 && !TRANSIENT.has(status);
  throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered status ${status}`, undefined, {
    refused,
    tooLarge: TOO_LARGE.has(status) || undefined,
  });
}
