import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose';
import type { Identifier } from '../model/identifier.ts';

const ENCRYPTION = { alg: 'dir', enc: 'A256GCM' } as const;

export interface IdentifierToken {
  readonly identifiers: readonly Identifier[];
  /** The only audience for which it is valid. */
  readonly audience: string;
  /** Seconds. */
  readonly lifetime: number;
  /** The claim `jti`: a random id for a token that is valid once, or the type of interaction. */
  readonly id?: string;
}

/** Puts identifiers in a token for a URL. It is encrypted (JWE, RFC 7516) and not only signed, because URLs get into logs and histories. */
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

/** @returns the claims of a token; null when it is forged, expired, or for another audience. */
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
      // Every error of jose about the token means that it is not valid.
      if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J'))) throw error;
    }
  }
  return null;
}
