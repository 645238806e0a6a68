import { SignJWT } from 'jose';
import { Secrets } from '../../src/capture/secrets.ts';

export const SECRET = 'a-secret-for-tests-only-0123456789';

/**
 * A token as the `token` command makes it; its options can spoil it. Without `iat`, because a gateway whose clock a test
 * set back takes no token out of its future.
 */
export function signToken({
  role,
  subject,
  expires = '1h',
  secret = SECRET,
}: {
  role: 'CUSTOMER' | 'AGENT' | 'SERVICE' | 'ADMIN';
  subject: string;
  expires?: string | number;
  secret?: string;
}): Promise<string> {
  const claims = role === 'CUSTOMER' ? {} : { scope: role.toLowerCase() };
  const key = new Secrets([secret]).keys('development-token')[0];
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setSubject(subject).setExpirationTime(expires).sign(key);
}
