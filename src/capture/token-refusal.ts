import { errors } from 'jose';

/** What each claim is compared with. Others are of time, and their clocks. */
const EXPECTED: Readonly<Record<string, string>> = { iss: 'viewers.issuer', aud: 'viewers.audience' };

/**
 * Why a token is refused, for the client that sent it: the check that failed, and nothing of the token. Claims are looked at after the
 * signature, so who can't get a token of the issuer learns nothing of the settings by trying.
 */
export function refusalOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it is over (its claim "exp")';
  if (error instanceof errors.JWTClaimValidationFailed) {
    const expected = EXPECTED[error.claim];
    if (error.reason === 'missing') return `it has no claim "${error.claim}"${expected ? `, which is compared with ${expected}` : ''}`;
    return expected ? `its claim "${error.claim}" is not ${expected}` : `its claim "${error.claim}" can't be used`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it is signed in a way that no key of viewers.jwks allows';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed)
    return 'no key of viewers.jwks has signed it';
  return 'it is no signed JWT; an issuer may give one only for an API that it knows';
}
