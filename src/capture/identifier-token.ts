import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import type { Identifier } from '../model/identifier.ts';

const ENCRYPTION = { alg: 'dir', enc: 'A256GCM' } as const;

export interface IdentifierToken {
  readonly identifiers: readonly Identifier[];
  /** The only audience for which it is good. */
  readonly audience: string;
  /** Seconds. */
  readonly lifetime: number;
  /** Its number, for a token that may be used once; or what it is for. */
  readonly id?: string;
}

/**
 * Identifiers in a text that stands in a URL. It is encrypted (JWE, RFC 7516), not only signed: a URL is logged, shared
 * and kept in histories.
 */
export async function sealIdentifiers(
  { identifiers, audience, lifetime, id }: IdentifierToken,
  key: Uint8Array,
  now: Date,
): Promise<{ token: string; expiresAt: Date }> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  const token = new EncryptJWT({ identifiers: identifiers.map(({ type, value }) => ({ type, value })) })
    .setProtectedHeader(ENCRYPTION)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetime);
  if (id !== undefined) token.setJti(id);
  return { token: await token.encrypt(key), expiresAt: new Date((issuedAt + lifetime) * 1000) };
}

/** @returns what a token says, or null when it is forged, expired, or for another audience. */
export async function openIdentifiers(
  token: string,
  { audience, lifetime }: Pick<IdentifierToken, 'audience' | 'lifetime'>,
  keys: readonly Uint8Array[],
  now: Date,
): Promise<(JWTPayload & { readonly identifiers: Identifier[] }) | null> {
  for (const key of keys) {
    try {
      const { payload } = await jwtDecrypt<{ identifiers: Identifier[] }>(token, key, {
        audience,
        currentDate: now,
        maxTokenAge: lifetime,
        keyManagementAlgorithms: [ENCRYPTION.alg],
        contentEncryptionAlgorithms: [ENCRYPTION.enc],
        requiredClaims: ['exp'],
      });
      return payload;
    } catch (error) {
      // Anything that jose says of the token means "not ours".
      if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J'))) throw error;
    }
  }
  return null;
}
