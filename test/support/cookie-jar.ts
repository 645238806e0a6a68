import type { AskOptions, TestGateway } from './gateway.ts';
import { signToken } from './tokens.ts';

/** What a request of a browser is answered with. */
export interface BrowserAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly data: any;
  readonly codes: readonly unknown[];
  /** `name=value` of each `Set-Cookie`. */
  readonly set: readonly string[];
}

export type BrowserRequest = Pick<AskOptions, 'variables' | 'path' | 'headers' | 'role' | 'subject'> & {
  /** Is sent in place of what the jar has; null sends none. */
  readonly cookie?: string | null;
  /** The answer's cookies are not kept: it is lost, or comes later than another. */
  readonly isLost?: boolean;
};

/** A browser as far as the gateway knows it: keeps the cookies that it is given, and sends them. */
export class CookieJar {
  readonly #cookies = new Map<string, string>();
  readonly #gateway: TestGateway['gateway'];

  /** @param cookie that somebody put into it. */
  constructor({ gateway }: Pick<TestGateway, 'gateway'>, cookie?: string) {
    this.#gateway = gateway;
    if (cookie !== undefined) this.keep([cookie]);
  }

  /** As it stands in the `cookie` header; undefined while there is none. */
  get cookie(): string | undefined {
    return this.#cookies.size === 0 ? undefined : [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  keep(cookies: readonly string[]): void {
    for (const cookie of cookies) this.#cookies.set(cookie.slice(0, cookie.indexOf('=')), cookie.slice(cookie.indexOf('=') + 1));
  }

  ask(query: string, { variables, ...request }: BrowserRequest = {}): Promise<BrowserAnswer> {
    return this.#send('/graphql', JSON.stringify({ query, variables }), 'application/json', request);
  }

  /** As `sendBeacon` does. */
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
