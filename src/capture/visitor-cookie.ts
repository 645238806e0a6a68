import { createHmac, randomUUID } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import { isSignedByOneOf, type Secrets, sign } from './secrets.ts';

/** Chromium caps cookies at 400 days (draft-ietf-httpbis-rfc6265bis, section 5.5), and DESIGN follows. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;
/** A random UUID and a signature of 32 bytes, and nothing after it. */
const COOKIE = /^([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.([\w-]{43})$/;
/** Browsers take a cookie of such a name from a secure page of this very host only (rfc6265bis, section 4.1.3.2). */
const HOST_PREFIX = '__Host-';

/** How a cookie is to be set on one request. */
export interface CookieScope {
  /** As the rule has it. */
  readonly name: string;
  /** The rule's domain: the cookie is for its subdomains, too. */
  readonly domain?: string | undefined;
  /** False only where the page is on localhost, which has no certificate. */
  readonly secure: boolean;
  readonly isPlainLocalhost: boolean;
}

/** Issues and reads the cookie that recognises a visitor: `<random UUID>.<signature>`. */
export class VisitorCookie {
  readonly #keys: [Buffer, ...Buffer[]];
  readonly #successorKeys: readonly Buffer[];
  readonly #isPrefixed: boolean;

  /** @param production there, the name gets the prefix `__Host-` unless the rule has a domain. */
  constructor(secrets: Secrets, production = false) {
    this.#keys = secrets.keys('issued-cookie');
    this.#successorKeys = secrets.keys('cookie-successor');
    this.#isPrefixed = production;
  }

  /** The name that the browser has the cookie under. */
  nameIn({ name, domain, isPlainLocalhost }: CookieScope): string {
    return this.#isPrefixed && !isPlainLocalhost && domain === undefined ? HOST_PREFIX + name : name;
  }

  /** @returns the visitor's id, or null for a cookie that this gateway did not sign under this name. */
  read(name: string, cookie: string): string | null {
    const [, visitorId = '', signature = ''] = COOKIE.exec(cookie) ?? [];
    return visitorId !== '' && isSignedByOneOf(`${name}=${visitorId}`, signature, this.#keys) ? visitorId : null;
  }

  /**
   * A new visitor, or one whose id is given.
   * @returns the id, and the `Set-Cookie` header that makes the browser keep it.
   */
  issue(scope: CookieScope, visitorId: string = randomUUID()): { visitorId: string; setCookie: string } {
    const name = this.nameIn(scope);
    const value = `${visitorId}.${sign(`${name}=${visitorId}`, this.#keys[0])}`;
    const { domain, secure } = scope;
    const attributes = { maxAge: MAX_AGE_SECONDS, path: '/', httpOnly: true, sameSite: 'lax', secure } as const;
    return { visitorId, setCookie: stringifySetCookie({ name, value, ...attributes, ...(domain !== undefined && { domain }) }) };
  }

  /**
   * Ids for the cookie that replaces another: the same on every replica, so that parallel requests set the same one. Like
   * a random UUID they can't be guessed, not even by who knows the old cookie.
   * @param generation 0 for the first successor for that proof.
   * @returns one for each of the gateway's secrets, the present one first.
   */
  successorIds(cookie: string, proof: string, generation: number): string[] {
    const text = generation === 0 ? `${proof} ${cookie}` : `${proof} ${generation} ${cookie}`;
    return this.#successorKeys.map((key) => keyedUuid(key, text));
  }
}

/** In the form of a random UUID (version 4, RFC 9562). */
function keyedUuid(key: Buffer, text: string): string {
  const bytes = createHmac('sha256', key).update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
