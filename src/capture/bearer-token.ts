import { createLocalJWKSet, createRemoteJWKSet, errors, importJWK, type JWK, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { ANONYMOUS_VIEWER, VIEWER_ROLES, type Viewer, type ViewerRole } from '../model/viewer.ts';
import { exactClaims } from './exact-claims.ts';
import type { Secrets } from './secrets.ts';

/** Whom to believe about viewers. */
export interface ViewerSettings {
  readonly issuer?: string;
  readonly audience?: string;
  /** A JWKS URL (RFC 7517), or keys inline; inline ones may be symmetric (`oct`). */
  readonly jwks?: string | readonly JWK[];
  /** The claim that holds `agent`, `service` or `admin`: a space-separated string or a list. */
  readonly roleClaim: string;
}

export const DEVELOPMENT_TOKEN_ALGORITHM = 'HS256';
/** Asymmetric only: a public key must never be usable as an HMAC secret (RFC 8725, section 2.1). */
const ASYMMETRIC = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];
const SYMMETRIC = ['HS256', 'HS384', 'HS512'];

interface Verifier {
  readonly getKey: JWTVerifyGetKey;
  readonly algorithms: string[];
}

/** Turns an `authorization` header into a viewer. */
export class BearerTokens {
  readonly #settings: ViewerSettings;
  readonly #verifiers: Verifier[];
  readonly #now: () => Date;

  /** @param developmentSecrets given outside production only: tokens made by the `token` command are believed then. */
  constructor(settings: ViewerSettings, developmentSecrets: Secrets | null, now: () => Date) {
    this.#settings = settings;
    this.#now = now;
    this.#verifiers = [
      ...verifiersOf(settings.jwks),
      ...(developmentSecrets?.keys('development-token') ?? []).map((key) => ({
        getKey: async () => key,
        algorithms: [DEVELOPMENT_TOKEN_ALGORITHM],
      })),
    ];
  }

  /** @returns the viewer, or null when the token is forged, expired or malformed. Rejects only when the keys can't be fetched. */
  async read(authorization: string | undefined): Promise<Viewer | null> {
    if (authorization === undefined) return ANONYMOUS_VIEWER;
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return null;
    for (const { getKey, algorithms } of this.#verifiers) {
      try {
        const { payload } = await jwtVerify(token, getKey, {
          algorithms,
          issuer: this.#settings.issuer,
          audience: this.#settings.audience,
          currentDate: this.#now(),
          requiredClaims: ['exp'],
        });
        return { role: roleOf(payload, this.#settings.roleClaim), authenticated: true, claims: exactClaims(token, payload) };
      } catch (error) {
        if (!(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout) throw error;
      }
    }
    return null;
  }
}

function verifiersOf(jwks: ViewerSettings['jwks']): Verifier[] {
  if (jwks === undefined) return [];
  if (typeof jwks === 'string') return [{ getKey: createRemoteJWKSet(new URL(jwks)), algorithms: ASYMMETRIC }];
  const keys = [...jwks];
  const asymmetric = keys.filter((key) => key.kty !== 'oct');
  return [
    ...(asymmetric.length > 0 ? [{ getKey: createLocalJWKSet({ keys: asymmetric }), algorithms: ASYMMETRIC }] : []),
    ...keys
      .filter((key) => key.kty === 'oct')
      .map((key) => ({ getKey: () => importJWK(key, key.alg ?? 'HS256'), algorithms: key.alg === undefined ? SYMMETRIC : [key.alg] })),
  ];
}

/** The first role that the claim names. */
function roleOf(payload: JWTPayload, roleClaim: string): ViewerRole {
  const claim = payload[roleClaim];
  const words = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim.map(String) : [];
  return words.map((word) => word.toUpperCase()).find(isPrivilegedRole) ?? 'CUSTOMER';
}

function isPrivilegedRole(word: string): word is ViewerRole {
  return word !== 'CUSTOMER' && (VIEWER_ROLES as readonly string[]).includes(word);
}
