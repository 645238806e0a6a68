import { createHmac, randomUUID } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import { uuidOf } from '../model/customer.ts';
import { isSignedByOneOf, type Secrets, sign } from './secrets.ts';

/** Chromium caps cookies at 400 days (draft-ietf-httpbis-rfc6265bis, section 5.5), and DESIGN follows. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;
/** A random UUID, and a signature of 32 bytes. */
const COOKIE = /^([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.([\w-]{43})$/;
/** Browsers accept a cookie with this prefix only from a secure page of the same host (rfc6265bis, section 4.1.3.2). */
const HOST_PREFIX = '__Host-';

/** How a cookie is set on one request. */
export interface CookieScope {
  /** The name of the rule. */
  readonly name: string;
  /** The domain of the rule: the cookie is for its subdomains, too. */
  readonly domain?: string | undefined;
  /** False only for a page on localhost, which has no certificate. */
  readonly secure: boolean;
  readonly isPlainLocalhost: boolean;
}

/** Issues and reads the cookie that recognises a visitor: `<random UUID>.<signature>`. */
export class VisitorCookie {
  readonly #keys: [Buffer, ...Buffer[]];
  readonly #successorKeys: readonly Buffer[];
  readonly #isPrefixed: boolean;

  /** @param production true to add the prefix `__Host-` to names, unless the rule has a domain. */
  constructor(secrets: Secrets, production = false) {
    this.#keys = secrets.keys('issued-cookie');
    this.#successorKeys = secrets.keys('cookie-successor');
    this.#isPrefixed = production;
  }

  /** The name of the cookie in the browser. */
  nameIn({ name, domain, isPlainLocalhost }: CookieScope): string {
    return this.#isPrefixed && !isPlainLocalhost && domain === undefined ? HOST_PREFIX + name : name;
  }

  /** @returns the visitor's id, or null for a cookie that this gateway did not sign under this name. */
  read(name: string, cookie: string): string | null {
    const [, visitorId = '', signature = ''] = COOKIE.exec(cookie) ?? [];
    return visitorId !== '' && isSignedByOneOf(`${name}=${visitorId}`, signature, this.#keys) ? visitorId : null;
  }

  /**
   * @param visitorId left out for a new visitor.
   * @returns the id, and the `Set-Cookie` header for it.
   */
  issue(scope: CookieScope, visitorId: string = randomUUID()): { visitorId: string; setCookie: string } {
    const name = this.nameIn(scope);
    const value = `${visitorId}.${sign(`${name}=${visitorId}`, this.#keys[0])}`;
    const { domain, secure } = scope;
    const attributes = { maxAge: MAX_AGE_SECONDS, path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
    return { visitorId, setCookie: stringifySetCookie({ name, value, ...attributes, ...(domain !== undefined && { domain }) }) };
  }

  /**
   * Ids for the successor of a cookie: the same on every replica, so that parallel requests set the same cookie. They cannot
   * be guessed, not even by a person who knows the old cookie.
   * @param generation 0 for the first successor with this proof.
   * @returns one id for each of the gateway's secrets, the present secret's first.
   */
  successorIds(cookie: string, proof: string, generation: number): string[] {
    const text = generation === 0 ? `${proof} ${cookie}` : `${proof} ${generation} ${cookie}`;
    return this.#successorKeys.map((key) => uuidOf(createHmac('sha256', key).update(text).digest()));
  }
}
