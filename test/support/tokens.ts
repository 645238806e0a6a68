import { SignJWT } from 'jose';
import { Secrets } from '../../src/capture/secrets.ts';
import type { ViewerRole } from '../../src/model/viewer.ts';

export const SECRET = 'a-secret-for-tests-only-0123456789';

/**
 * A token as the `token` command makes it; the options can make it invalid. It has no `iat`, because a gateway refuses tokens
 * from the future, and some tests set its clock back.
 */
export function signToken({
  role,
  subject,
  expires = '1h',
  secret = SECRET,
}: {
  /** One role, or several. */
  role: ViewerRole | readonly ViewerRole[];
  subject: string;
  expires?: string | number;
  secret?: string;
}): Promise<string> {
  const roles = [role].flat().filter((each) => each !== 'CUSTOMER');
  const claims = roles.length === 0 ? {} : { scope: roles.join(' ').toLowerCase() };
  const key = new Secrets([secret]).keys('development-token')[0];
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setSubject(subject).setExpirationTime(expires).sign(key);
}
