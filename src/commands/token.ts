import { SignJWT } from 'jose';
import { DEVELOPMENT_TOKEN_ALGORITHM } from '../capture/bearer-token.ts';
import type { Secrets } from '../capture/secrets.ts';
import { readEnvironment } from '../config/environment.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { loadProject } from '../config/load-project.ts';
import { locateStore } from '../store/open-store.ts';
import { compileProject } from '../wiring/compile-project.ts';

export interface TokenOptions {
  readonly config: string;
  readonly role: string;
  readonly subject: string;
  /** As jose understands it: `8h`. */
  readonly expires: string;
}

/**
 * Prints a bearer token that this project's gateway accepts outside production.
 * @throws Error for an empty subject, and in production, where tokens come from the issuer in `viewers`.
 */
export async function token({ config, role, subject, expires }: TokenOptions): Promise<void> {
  // From a shell variable that is not set.
  if (subject.trim() === '') throw new Error('--subject: expected a text, received an empty one');
  const project = await compileProject(await loadProject(config));
  const { production, secrets } = readEnvironment(process.env, locateStore(project.config.store, project.directory).folder);
  if (production) throw new Error('token: development tokens are not made, nor believed, when NODE_ENV=production');
  process.stdout.write(`${await signDevelopmentToken(project.config.viewers, secrets, { role, subject, expires })}\n`);
}

/** Makes a token that a gateway with these settings and secrets accepts outside production. @throws Error for no duration. */
export async function signDevelopmentToken(
  { issuer, audience, roleClaim }: GatewayConfig['viewers'],
  secrets: Secrets,
  { role, subject, expires }: Omit<TokenOptions, 'config'>,
): Promise<string> {
  const claims = role === 'CUSTOMER' ? {} : { [roleClaim]: role.toLowerCase() };
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: DEVELOPMENT_TOKEN_ALGORITHM }).setSubject(subject).setIssuedAt();
  try {
    jwt.setExpirationTime(expires);
  } catch {
    throw new Error(`--expires: expected a duration such as 8h, received ${JSON.stringify(expires)}`);
  }
  if (issuer !== undefined) jwt.setIssuer(issuer);
  if (audience !== undefined) jwt.setAudience(audience);
  return jwt.sign(secrets.keys('development-token')[0]);
}
