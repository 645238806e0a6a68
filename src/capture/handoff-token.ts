import { randomUUID } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import type { Identifier } from '../model/identifier.ts';
import type { SingleUseStore } from '../model/ports.ts';
import type { Secrets } from './secrets.ts';

const MAX_AGE_SECONDS = 5 * 60;
const ENCRYPTION = { alg: 'dir', enc: 'A256GCM' } as const;

/**
 * Carries a customer's identifiers from one touchpoint to another in a link. The token is encrypted (JWE,
 * RFC 7516), not only signed: it stands in a URL, and a URL is logged, shared and kept in histories.
 */
export class HandoffTokens {
  readonly #keys: [Buffer, ...Buffer[]];
  readonly #used: SingleUseStore;
  readonly #now: () => Date;

  constructor(secrets: Secrets, used: SingleUseStore, now: () => Date) {
    this.#keys = secrets.keys('handoff');
    this.#used = used;
    this.#now = now;
  }

  /** @param audience the touchpoint that may honour it. */
  async create(identifiers: readonly Identifier[], audience: string): Promise<{ token: string; expiresAt: Date }> {
    const issuedAt = Math.floor(this.#now().getTime() / 1000);
    const expiresAt = issuedAt + MAX_AGE_SECONDS;
    const token = await new EncryptJWT({ identifiers: identifiers.map(({ type, value }) => ({ type, value })) })
      .setProtectedHeader(ENCRYPTION)
      .setAudience(audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .setJti(randomUUID())
      .encrypt(this.#keys[0]);
    return { token, expiresAt: new Date(expiresAt * 1000) };
  }

  /**
   * Uses a token up.
   * @returns what it carries, or null when it is forged, expired, used before, or for another touchpoint.
   */
  async redeem(token: string, touchpoint: string | null): Promise<Identifier[] | null> {
    if (touchpoint === null) return null;
    for (const key of this.#keys) {
      try {
        const { payload } = await jwtDecrypt(token, key, {
          audience: touchpoint,
          currentDate: this.#now(),
          maxTokenAge: MAX_AGE_SECONDS,
          keyManagementAlgorithms: [ENCRYPTION.alg],
          contentEncryptionAlgorithms: [ENCRYPTION.enc],
          requiredClaims: ['jti', 'exp'],
        });
        const firstUse = await this.#used.claim(`handoff:${payload.jti}`, new Date((payload.exp as number) * 1000));
        return firstUse ? (payload.identifiers as Identifier[]) : null;
      } catch (error) {
        // Anything that jose says of the token means "not ours"; a store that fails is another matter.
        if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J'))) throw error;
      }
    }
    return null;
  }
}
