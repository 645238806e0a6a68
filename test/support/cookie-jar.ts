import type { AskOptions, TestGateway } from './gateway.ts';
import { signToken } from './tokens.ts';

/** The answer to a request of a browser. */
export interface BrowserAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly codes: readonly unknown[];
  /** `name=value` of each `Set-Cookie`. */
  readonly set: readonly string[];
}

export type BrowserRequest = Pick<AskOptions, 'variables' | 'path' | 'headers' | 'role' | 'subject'> & {
  /** Sent instead of the jar's cookies; null sends none. */
  readonly cookie?: string | null;
  /** True: the answer's cookies are not kept, as when the answer is lost, or received after another. */
  readonly isLost?: boolean;
};

/** A client with the cookies of a browser: keeps the cookies of answers, and sends them. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();
  readonly #gateway: TestGateway['gateway'];

  /** @param cookie that the jar holds at first. */
  constructor({ gateway }: Pick<TestGateway, 'gateway'>, cookie?: string) {
    this.#gateway = gateway;
    if (cookie !== undefined) this.keep([cookie]);
  }

  /** The value of the `cookie` header; undefined without cookies. */
  get cookie(): string | undefined {
    return this.#cookies.size === 0 ? undefined : [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  keep(cookies: readonly string[]): void {
    for (const cookie of cookies) this.#cookies.set(cookie.slice(0, cookie.indexOf('=')), cookie.slice(cookie.indexOf('=') + 1));
  }

  ask(query: string, { variables, ...request }: BrowserRequest = {}): Promise<BrowserAnswer> {
    return this.#send('/graphql', JSON.stringify({ query, variables }), 'application/json', request);
  }

  /** Sends interactions as `sendBeacon` does. */
  beacon(records: readonly unknown[], request: BrowserRequest = {}): Promise<BrowserAnswer> {
    return this.#send('/interactions', JSON.stringify(records), 'text/plain', request);
  }

  async #send(
    path: string,
    payload: string,
    type: string,
    { path: url = path, headers, role, subject = 'somebody', cookie = this.cookie, isLost }: BrowserRequest,
  ): Promise<BrowserAnswer> {
    const token = role && (await signToken({ role, subject }));
    const sent = { 'content-type': type, ...(token && { authorization: `Bearer ${token}` }), ...(cookie && { cookie }), ...headers };
    const response = await this.#gateway.app.inject({ method: 'POST', url, headers: sent, payload });
    const set = [response.headers['set-cookie'] ?? []].flat().map((header) => header.split(';')[0] as string);
    if (!isLost) this.keep(set);
    const body = response.json();
    const errors: { extensions: { code: unknown } }[] = body.errors ?? [];
    return { status: response.statusCode, data: body.data ?? body, codes: errors.map(({ extensions }) => extensions.code), set };
  }
}
