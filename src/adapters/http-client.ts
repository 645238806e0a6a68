import { Agent, type Dispatcher, request } from 'undici';
import { AdapterFailure } from './adapter-failure.ts';
import type { LoadContext } from './data-adapter.ts';
import { decodeUtf8 } from './decode-utf8.ts';

export interface JsonAnswer {
  readonly status: number;
  /** Undefined for a status of 400 and more: such a body is read by nobody. */
  readonly body: unknown;
}

/** JSON over HTTP to one back end, on kept connections, as many as its source's policy lets it make calls. Redirects are not followed: a redirected call would carry credentials elsewhere. */
export class JsonClient {
  readonly #agent = new Agent({ keepAliveTimeout: 30_000 });

  /**
   * @throws AdapterFailure SOURCE_UNAVAILABLE when nobody answers, SOURCE_INVALID for an answer that is too
   * large or not JSON. Its message never holds the URL, in which the keys stand.
   */
  async send(
    url: string,
    { method = 'GET', headers, body }: { method?: 'GET' | 'POST'; headers: Readonly<Record<string, string>>; body?: string },
    { signal, maxAnswerBytes }: Pick<LoadContext, 'signal' | 'maxAnswerBytes'>,
  ): Promise<JsonAnswer> {
    let response: Dispatcher.ResponseData;
    try {
      response = await request(url, { dispatcher: this.#agent, method, headers: { accept: 'application/json', ...headers }, body, signal });
    } catch (error) {
      throw new AdapterFailure('SOURCE_UNAVAILABLE', `no connection (${codeOf(error)})`, error);
    }
    if (response.statusCode >= 300) {
      await response.body.dump({ limit: 64 * 1024 }).catch(() => {});
      return { status: response.statusCode, body: undefined };
    }
    return { status: response.statusCode, body: parseJson(await readUpTo(response.body, maxAnswerBytes)) };
  }

  /** Resolves when the server answers anything but a server error. */
  async probe(url: string, signal: AbortSignal): Promise<void> {
    const { statusCode, body } = await request(url, { dispatcher: this.#agent, signal });
    await body.dump({ limit: 64 * 1024 }).catch(() => {});
    if (statusCode >= 500) throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered status ${statusCode}`);
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }
}

/** Statuses under 500 that say "not now" and not "no": request timeout, too early, too many requests (RFC 9110, 8470, 6585). */
const TRANSIENT = new Set([408, 425, 429]);

/** @throws AdapterFailure for a status that is no success. */
export function expectSuccess({ status, body }: JsonAnswer): unknown {
  if (status < 300) return body;
  const refused = status < 500 && !TRANSIENT.has(status);
  throw new AdapterFailure('SOURCE_UNAVAILABLE', `answered status ${status}`, undefined, { refused });
}

async function readUpTo(body: Dispatcher.ResponseData['body'], limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) throw new AdapterFailure('SOURCE_INVALID', `the answer is larger than ${limit} bytes (policy.maxAnswerBytes)`);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AdapterFailure) throw error;
    throw new AdapterFailure('SOURCE_UNAVAILABLE', `the answer broke off (${codeOf(error)})`, error);
  }
  return decodeUtf8(Buffer.concat(chunks));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AdapterFailure('SOURCE_INVALID', 'the answer is not JSON', error);
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? (error as Error).name);
}
