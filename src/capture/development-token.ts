import { SignJWT } from 'jose';
import { DEVELOPMENT_TOKEN_ALGORITHM, type ViewerSettings } from './bearer-token.ts';
import type { Secrets } from './secrets.ts';

export interface DevelopmentToken {
  /** The claim `sub`. */
  readonly subject: string;
  /** In lower case, as the role claim has them. None for a customer. */
  readonly roles: readonly string[];
  /** The claim `iat`. Default: now. */
  readonly issuedAt?: Date;
  /** A time, or a duration as jose understands it: `8h`. */
  readonly expires: Date | string;
}

/**
 * Makes a token that this project's gateway accepts outside production.
 * @throws TypeError for a duration that is none.
 */
export function signDevelopmentToken(
  { subject, roles, issuedAt, expires }: DevelopmentToken,
  { issuer, audience, roleClaim }: ViewerSettings,
  secrets: Secrets,
): Promise<string> {
  const claims = roles.length === 0 ? {} : { [roleClaim]: roles.join(' ') };
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: DEVELOPMENT_TOKEN_ALGORITHM }).setSubject(subject).setIssuedAt(issuedAt);
  jwt.setExpirationTime(expires);
  if (issuer !== undefined) jwt.setIssuer(issuer);
  if (audience !== undefined) jwt.setAudience(audience);
  return jwt.sign(secrets.keys('development-token')[0]);
}
