import { randomUUID } from 'node:crypto';
import { stringifySetCookie } from 'cookie';
import { isSignedByOneOf, type Secrets, sign } from './secrets.ts';

/** Chromium caps cookies at 400 days (draft-ietf-httpbis-rfc6265bis, section 5.5), and DESIGN follows. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;
/** A random UUID and a signature of 32 bytes, and nothing after it. */
const COOKIE = /^([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\.([\w-]{43})$/;

/** Issues and reads the cookie that recognises a visitor: `<random UUID>.<signature>`. */
export class VisitorCookie {
  readonly #keys: [Buffer, ...Buffer[]];

  constructor(secrets: Secrets) {
    this.#keys = secrets.keys('issued-cookie');
  }

  /** @returns the visitor's id, or null for a cookie that this gateway did not sign under this name. */
  read(name: string, cookie: string): string | null {
    const [, visitorId = '', signature = ''] = COOKIE.exec(cookie) ?? [];
    return visitorId !== '' && isSignedByOneOf(`${name}=${visitorId}`, signature, this.#keys) ? visitorId : null;
  }

  /**
   * A new visitor.
   * @param secure false only where the page is on localhost, which has no certificate.
   * @returns the id, and the `Set-Cookie` header that makes the browser keep it.
   */
  issue(name: string, secure: boolean): { visitorId: string; setCookie: string } {
    const visitorId = randomUUID();
    const value = `${visitorId}.${sign(`${name}=${visitorId}`, this.#keys[0])}`;
    const setCookie = stringifySetCookie({ name, value, maxAge: MAX_AGE_SECONDS, path: '/', httpOnly: true, sameSite: 'lax', secure });
    return { visitorId, setCookie };
  }
}
