import { createLocalJWKSet, errors, importJWK, type JWK, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { isWholeText } from '../model/check-text.ts';
import {
  ANONYMOUS_VIEWER,
  CLOCK_TOLERANCE,
  hasRole,
  UNVERIFIABLE_VIEWER,
  VIEWER_ROLES,
  type Viewer,
  type ViewerRole,
} from '../model/viewer.ts';
import { exactClaims } from './exact-claims.ts';
import { IssuerKeys, KeysUnavailable } from './issuer-keys.ts';
import type { Secrets } from './secrets.ts';
import { refusalOf } from './token-refusal.ts';

/** The issuers of tokens that are accepted. */
export interface ViewerSettings {
  readonly issuer?: string;
  /** The API that a token must be for (`aud`); of one without `aud`, the program that it was made for (`client_id`). */
  readonly audience?: string;
  /** A JWKS URL (RFC 7517), or keys inline; inline ones may be symmetric (`oct`). */
  readonly jwks?: string | readonly JWK[];
  /**
   * The claim that holds `agent`, `service` or `admin`: a space-separated string or a list. A claim of just this name
   * counts; else it is a path with dots, such as `realm_access.roles`.
   */
  readonly roleClaim: string;
  /** Whether an agent must confirm who a customer is before the customer is VERIFIED for this agent. */
  readonly agentsConfirm: boolean;
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
  readonly #onKeysFailure: (error: unknown) => void;

  /**
   * @param developmentSecrets outside production only: then tokens of the `token` command are accepted.
   * @param onKeysFailure called each time that the issuer's keys cannot be fetched or used.
   */
  constructor(settings: ViewerSettings, developmentSecrets: Secrets | null, now: () => Date, onKeysFailure: (error: unknown) => void) {
    this.#settings = settings;
    this.#now = now;
    this.#onKeysFailure = onKeysFailure;
    this.#verifiers = [
      ...verifiersOf(settings.jwks, now, onKeysFailure),
      ...(developmentSecrets?.keys('development-token') ?? []).map((key) => ({
        getKey: async () => key,
        algorithms: [DEVELOPMENT_TOKEN_ALGORITHM],
      })),
    ];
  }

  /** @returns the viewer; UNVERIFIABLE_VIEWER when the keys can't be fetched or used; with `refusal` for a token that is not taken. */
  async read(authorization: string | undefined): Promise<Viewer> {
    if (authorization === undefined) return ANONYMOUS_VIEWER;
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return refused('the header "authorization" is not "Bearer TOKEN"');
    let isUnverifiable = false;
    let refusal: unknown;
    for (const verifier of this.#verifiers) {
      try {
        const claims = exactClaims(token, await this.#verify(token, verifier));
        return this.#viewerOf(claims);
      } catch (error) {
        if (error instanceof errors.JOSEError) {
          // A token of the issuer is none of the `token` command, and the other way round: its own verifier knows more.
          if (refusal === undefined || refusal instanceof errors.JOSEAlgNotAllowed) refusal = error;
          continue;
        }
        isUnverifiable = true;
        // A key that can't be used, such as a short RSA key, is a fault of the issuer, not of this token.
        if (!(error instanceof KeysUnavailable)) this.#onKeysFailure(error);
      }
    }
    if (isUnverifiable) return UNVERIFIABLE_VIEWER;
    return refused(refusal === undefined ? 'viewers.jwks is not set, so no token is taken' : refusalOf(refusal));
  }

  /** @throws JWTClaimValidationFailed for a subject that can't be stored with what the viewer changes. */
  #viewerOf(claims: JWTPayload): Viewer {
    const { sub } = claims;
    if (typeof sub === 'string' && !isWholeText(sub))
      throw new errors.JWTClaimValidationFailed('unusable "sub"', claims, 'sub', 'check_failed');
    const { roleClaim, agentsConfirm } = this.#settings;
    const viewer: Viewer = { roles: rolesOf(claims, roleClaim), authenticated: true, claims };
    // A program that is also an agent has the rights of both.
    const mustConfirm = agentsConfirm && hasRole(viewer, ['AGENT']) && !hasRole(viewer, ['SERVICE']);
    return mustConfirm ? { ...viewer, mustConfirm } : viewer;
  }

  /** A token need not name its key (RFC 7515, section 4.1.4). When the issuer has several keys, each is tried. */
  async #verify(token: string, { getKey, algorithms }: Verifier): Promise<JWTPayload> {
    try {
      return await this.#verifyWith(token, getKey, algorithms);
    } catch (several) {
      if (!(several instanceof errors.JWKSMultipleMatchingKeys)) throw several;
      for await (const key of several) {
        try {
          return await this.#verifyWith(token, async () => key, algorithms);
        } catch (error) {
          if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  }

  async #verifyWith(token: string, getKey: JWTVerifyGetKey, algorithms: string[]): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, getKey, {
      algorithms,
      issuer: this.#settings.issuer,
      currentDate: this.#now(),
      clockTolerance: CLOCK_TOLERANCE,
      requiredClaims: ['exp'],
    });
    const { audience } = this.#settings;
    if (audience !== undefined && !isFor(payload, audience))
      throw new errors.JWTClaimValidationFailed('unexpected "aud"', payload, 'aud', payload.aud === undefined ? 'missing' : 'check_failed');
    // jose checks `iat` only together with a maximal age.
    const { iat } = payload;
    if (iat !== undefined && iat > Math.floor(this.#now().getTime() / 1_000) + CLOCK_TOLERANCE) {
      throw new errors.JWTClaimValidationFailed('expected "iat" in the past', payload, 'iat', 'check_failed');
    }
    return payload;
  }
}

function verifiersOf(jwks: ViewerSettings['jwks'], now: () => Date, onFailure: (error: unknown) => void): Verifier[] {
  if (jwks === undefined) return [];
  if (typeof jwks === 'string') return [{ getKey: new IssuerKeys(new URL(jwks), { now, onFailure }).find, algorithms: ASYMMETRIC }];
  const keys = [...jwks];
  const asymmetric = keys.filter((key) => key.kty !== 'oct');
  return [
    ...(asymmetric.length > 0 ? [{ getKey: createLocalJWKSet({ keys: asymmetric }), algorithms: ASYMMETRIC }] : []),
    ...keys
      .filter((key) => key.kty === 'oct')
      .map((key) => ({ getKey: () => importJWK(key, key.alg ?? 'HS256'), algorithms: key.alg === undefined ? SYMMETRIC : [key.alg] })),
  ];
}

const refused = (refusal: string): Viewer => ({ ...ANONYMOUS_VIEWER, refusal });

/** Access tokens of Amazon Cognito have no `aud`, but a `client_id`. */
function isFor({ aud, client_id: client }: JWTPayload, audience: string): boolean {
  return aud === undefined ? client === audience : [aud].flat().includes(audience);
}

/** All roles that the claim names. */
function rolesOf(claims: JWTPayload, roleClaim: string): readonly ViewerRole[] {
  const claim = Object.hasOwn(claims, roleClaim) ? claims[roleClaim] : roleClaim.split('.').reduce(property, claims);
  const words = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
  const named = new Set(words.map((word) => (typeof word === 'string' ? word.toUpperCase() : null)));
  const roles = VIEWER_ROLES.filter((role) => role !== 'CUSTOMER' && named.has(role));
  return roles.length === 0 ? ANONYMOUS_VIEWER.roles : roles;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
