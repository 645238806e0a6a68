import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** The use of a derived key. Each has its own key, so that a token of one kind is never valid as another. */
export type KeyPurpose =
  | 'issued-cookie'
  | 'cookie-successor'
  | 'cookie-rotation'
  | 'handoff'
  | 'recipient'
  | 'development-token'
  | 'fingerprint'
  | 'identifier-hash'
  | 'shared-cache'
  | 'live-events'
  | 'rate-limits'
  | 'list-cursor'
  | 'offer-token';

/** The gateway's secrets. The first one signs, and all verify, so that secrets can be changed. */
export class Secrets {
  readonly #secrets: readonly string[];

  /** @param secrets at least one, newest first. */
  constructor(secrets: readonly string[]) {
    if (secrets.length === 0 || secrets.some((secret) => secret.length < 16)) {
      throw new TypeError('expected one or more secrets of at least 16 characters, separated by commas, newest first');
    }
    this.#secrets = secrets;
  }

  /** One key of 32 bytes for each secret (HKDF-SHA256, RFC 5869); the first one signs. */
  keys(purpose: KeyPurpose): [Buffer, ...Buffer[]] {
    const derive = (secret: string) => Buffer.from(hkdfSync('sha256', secret, '', `customer-profile-gateway/${purpose}`, 32));
    return this.#secrets.map(derive) as [Buffer, ...Buffer[]];
  }
}

export function sign(text: string, key: Buffer): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

export function isSignedByOneOf(text: string, signature: string, keys: readonly Buffer[]): boolean {
  const given = Buffer.from(signature, 'base64url');
  return keys.some((key) => {
    const expected = createHmac('sha256', key).update(text).digest();
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
